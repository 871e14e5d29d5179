// SPDX-License-Identifier: GPL-2.0-only
/*
 * load.c - small workers for the mixed load, and the ping-pong of the bench. The tests
 * build it statically; chrt, nice and cgroups set the policies.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_THREADS 64

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void busy_us(long us)
{
	long long end = now_ns() + us * 1000LL;

	while (now_ns() < end)
		;
}

static void sleep_us(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

static void start(void *(*fn)(void *), void *arg)
{
	pthread_t thread;
	int ret = pthread_create(&thread, NULL, fn, arg);

	if (ret) {
		fprintf(stderr, "load: pthread_create: %s\n", strerror(ret));
		exit(1);
	}
	pthread_detach(thread);
}

/* periodic BUSY_US SLEEP_US: behave like a real-time task */
static void periodic(long busy, long sleep)
{
	for (;;) {
		busy_us(busy);
		sleep_us(sleep);
	}
}

static void spin(long unused, long unused2)
{
	(void)unused, (void)unused2;
	for (;;)
		busy_us(1000);
}

static void *sleeper(void *arg)
{
	unsigned int seed = (unsigned long)arg;

	for (;;)
		sleep_us(1000 + rand_r(&seed) % 20000);
	return NULL;
}

static void sleepers(long threads, long unused)
{
	(void)unused;
	for (long i = 0; i < threads; i++)
		start(sleeper, (void *)i);
	for (;;)
		pause();
}

/* futex THREADS: a contended lock with priority inheritance and a condition */
static pthread_mutex_t pi_lock, cond_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *locker(void *arg)
{
	unsigned int seed = (unsigned long)arg;

	for (;;) {
		pthread_mutex_lock(&pi_lock);
		busy_us(20);
		if (rand_r(&seed) % 4 == 0)
			sleep_us(100);
		pthread_mutex_unlock(&pi_lock);
		pthread_mutex_lock(&cond_lock);
		if (rand_r(&seed) % 2)
			pthread_cond_broadcast(&cond);
		else {
			struct timespec t;

			clock_gettime(CLOCK_REALTIME, &t);
			t.tv_nsec += 5000000;
			if (t.tv_nsec >= 1000000000) {
				t.tv_nsec -= 1000000000;
				t.tv_sec++;
			}
			pthread_cond_timedwait(&cond, &cond_lock, &t);
		}
		pthread_mutex_unlock(&cond_lock);
		sleep_us(200);
	}
	return NULL;
}

static void futex(long threads, long unused)
{
	pthread_mutexattr_t attr;

	(void)unused;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&pi_lock, &attr);
	for (long i = 0; i < threads; i++)
		start(locker, (void *)i);
	for (;;)
		pause();
}

/* mutate THREADS: workers whose policy, nice level and affinity keep changing */
static struct worker {
	volatile pid_t tid; /* 0 until it runs and when it has ended */
	bool deadline;
	volatile bool was_deadline;
} workers[MAX_THREADS];

/*
 * A worker that has left SCHED_DEADLINE runs on for a while and ends; start_workers()
 * replaces it.
 */
static void *worker(void *arg)
{
	struct worker *self = arg;

	self->tid = syscall(SYS_gettid);
	for (int left = 20; left; left -= self->was_deadline) {
		busy_us(150);
		sleep_us(1500);
	}
	self->tid = 0;
	return NULL;
}

static void start_workers(long threads)
{
	static bool started[MAX_THREADS];

	for (long i = 0; i < threads; i++) {
		if (started[i] && (workers[i].tid || !workers[i].was_deadline))
			continue;
		started[i] = true;
		workers[i].was_deadline = false;
		start(worker, &workers[i]);
	}
}

static void mutate_one(pid_t tid, int cpus)
{
	static const int policies[] = {
		SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO, SCHED_RR,
	};
	int policy = policies[rand() % ARRAY_SIZE(policies)];
	struct sched_param param = { 0 };
	cpu_set_t set;

	switch (rand() % 3) {
	case 0:
		CPU_ZERO(&set);
		CPU_SET(rand() % cpus, &set);
		CPU_SET(rand() % cpus, &set);
		/* fails while all of them are offline: as good a test */
		sched_setaffinity(tid, sizeof(set), &set);
		break;
	case 1:
		if (policy == SCHED_FIFO || policy == SCHED_RR)
			param.sched_priority = 1 + rand() % 20;
		sched_setscheduler(tid, policy, &param);
		break;
	default: setpriority(PRIO_PROCESS, tid, rand() % 40 - 20);
	}
}

static void mutate(long threads, long unused)
{
	int cpus = sysconf(_SC_NPROCESSORS_CONF);

	(void)unused;
	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	start_workers(threads);
	for (;;) {
		pid_t tid = workers[rand() % threads].tid;

		if (tid)
			mutate_one(tid, cpus);
		sleep_us(3000);
	}
}

/*
 * attributes THREADS DEADLINE_MS: workers whose attributes all change continuously; one
 * worker's policy changes to or from deadline every DEADLINE_MS. If the kernel refuses a
 * change, that is as good a test.
 *
 * No worker becomes a deadline task twice. If a task leaves SCHED_DEADLINE while it is
 * throttled, dl_task_timer() does nothing for it, so it remains marked as throttled,
 * without a timer. When it comes back, enqueue_task_dl() does not enqueue it until that
 * timer fires: the task is runnable for ever and never runs, so it cannot even be killed.
 * Seen on stock kernels, 6.1 and 6.18.
 */
struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

static void change_attributes(struct worker *worker, bool deadline)
{
	static const int policies[] = {
		SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO, SCHED_RR, SCHED_DEADLINE,
	};
	enum { RESET_ON_FORK = 1, RECLAIM = 2, UTIL_CLAMP = 0x60 };
	struct attributes a = {
		.size = sizeof(a),
		.policy = deadline && !worker->deadline && !worker->was_deadline ?
				  SCHED_DEADLINE :
				  policies[rand() % (ARRAY_SIZE(policies) - !worker->deadline)],
		.flags = rand() % 4 ? 0 : RESET_ON_FORK,
		.util_max = 1024,
	};
	pid_t tid = worker->tid;

	/* 0 would mean the caller */
	if (!tid || (worker->deadline && !deadline))
		return;
	switch (a.policy) {
	case SCHED_FIFO:
	case SCHED_RR: a.priority = 1 + rand() % 20; break;
	case SCHED_DEADLINE:
		a.runtime = (100 + rand() % 100) * 1000;
		a.deadline = (5 + rand() % 5) * 1000000;
		a.period = a.deadline + rand() % 2 * 10000000;
		a.flags |= rand() % 2 ? RECLAIM : 0;
		break;
	default:
		a.nice = rand() % 40 - 20;
		if (rand() % 4 == 0) {
			a.flags |= UTIL_CLAMP;
			a.util_min = rand() % 512;
			a.util_max = 512 + rand() % 513;
		}
	}
	if (syscall(SYS_sched_setattr, tid, &a, 0))
		return;
	worker->was_deadline |= worker->deadline && a.policy != SCHED_DEADLINE;
	worker->deadline = a.policy == SCHED_DEADLINE;
}

static void attributes(long threads, long deadline_ms)
{
	long long next = 0;

	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	for (;;) {
		start_workers(threads);
		for (int i = 0; i < 8; i++)
			change_attributes(&workers[rand() % threads], false);
		if (now_ns() >= next) {
			change_attributes(&workers[rand() % threads], true);
			next = now_ns() + deadline_ms * 1000000;
		}
		sleep_us(2000);
	}
}

/* forks SLEEP_US: children that come, yield and go */
static void forks(long sleep, long unused)
{
	(void)unused;
	for (;;) {
		pid_t pid = fork();

		if (!pid) {
			sched_yield();
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
		sleep_us(sleep);
	}
}

/* births PROCESSES: they sleep, and now and then create a thread that sleeps */
static void *sleep_once(void *unused)
{
	sleep_us(300000);
	return unused;
}

static void births(long processes, long unused)
{
	(void)unused;
	for (long i = 0; i < processes; i++) {
		if (fork())
			continue;
		srand(getpid());
		for (;;) {
			sleep_us(100000 + rand() % 100000);
			start(sleep_once, NULL);
		}
	}
	pause();
}

/* policy: get its own policy all the time */
static void policy(long unused, long unused2)
{
	(void)unused, (void)unused2;
	for (;;)
		sched_getscheduler(0);
}

/* deadlock: asleep on a futex for ever; poll: asleep in poll() */
static void deadlock(long unused, long unused2)
{
	static int word;

	(void)unused, (void)unused2;
	for (;;)
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void poll_nothing(long unused, long unused2)
{
	(void)unused, (void)unused2;
	for (;;)
		poll(NULL, 0, -1);
}

/* A page that is missing until userfaultfd provides it: a task that touches it waits. */
struct absent_page {
	struct uffdio_range range;
	int fd;
};

static struct absent_page absent_page(void)
{
	size_t size = sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register range = {
		.range = { .start = (unsigned long)page, .len = size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (page == MAP_FAILED || fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range)) {
		perror("load: userfaultfd");
		exit(1);
	}
	return (struct absent_page){ .range = range.range, .fd = fd };
}

/* stuck: stay in sched_setattr() for ever, at an argument whose page is never provided */
static void stuck(long unused, long unused2)
{
	struct absent_page page = absent_page();

	(void)unused, (void)unused2;
	syscall(SYS_sched_setattr, 0, page.range.start, 0);
}

/* The page is provided after this time. */
static long slow_us;

static void *give_slowly(void *arg)
{
	const struct absent_page *page = arg;
	struct uffdio_zeropage zero = { .range = page->range };
	struct uffd_msg fault;

	while (read(page->fd, &fault, sizeof(fault)) == sizeof(fault)) {
		sleep_us(slow_us);
		ioctl(page->fd, UFFDIO_ZEROPAGE, &zero);
	}
	return NULL;
}

/* slow MS: call sched_setattr() again and again; each call takes that long */
static void slow(long ms, long unused)
{
	struct absent_page page = absent_page();

	(void)unused;
	slow_us = ms * 1000;
	start(give_slowly, &page);
	for (;;) {
		madvise((void *)page.range.start, page.range.len, MADV_DONTNEED);
		syscall(SYS_sched_setattr, 0, page.range.start, 0);
	}
}

/*
 * pi: two chains of locks with priority inheritance, held until SIGUSR1.
 *
 *	pi-high (FIFO 50) -> pi-mid -> pi-low	and	pi-deadline -> pi-lent
 *
 * All but the first of each chain are ordinary threads, which are boosted while the first
 * one waits. A thread that has got its lock is renamed to pi-done.
 */
static pthread_mutex_t chain[3];
static sem_t ready[3];
static volatile sig_atomic_t released;

static void release(int sig)
{
	(void)sig;
	released = 1;
}

static void set_policy(int policy, unsigned int priority, long long runtime, long long period)
{
	struct {
		unsigned int size, policy;
		unsigned long long flags;
		int nice;
		unsigned int priority;
		unsigned long long runtime, deadline, period;
	} attr = { .size = sizeof(attr),
		   .policy = policy,
		   .priority = priority,
		   .runtime = runtime,
		   .deadline = period,
		   .period = period };

	if (syscall(SYS_sched_setattr, 0, &attr, 0)) {
		perror("load: sched_setattr");
		exit(1);
	}
}

/* Lock the one called @own, then the one that it waits for, if any. */
static void *pi_thread(void *arg)
{
	static const struct {
		const char *name;
		int own, other, policy;
	} roles[] = {
		{ "pi-low", 0, -1, SCHED_OTHER },
		{ "pi-mid", 1, 0, SCHED_OTHER },
		{ "pi-high", -1, 1, SCHED_FIFO },
		{ "pi-lent", 2, -1, SCHED_OTHER },
		{ "pi-deadline", -1, 2, 6 /* SCHED_DEADLINE */ },
	};
	const __typeof__(roles[0]) *role = &roles[(long)arg];

	prctl(PR_SET_NAME, role->name);
	if (role->own >= 0) {
		pthread_mutex_lock(&chain[role->own]);
		sem_post(&ready[role->own]);
	}
	if (role->other >= 0) {
		sem_wait(&ready[role->other]);
		sem_post(&ready[role->other]);
	}
	if (role->policy == SCHED_FIFO)
		set_policy(role->policy, 50, 0, 0);
	else if (role->policy != SCHED_OTHER)
		set_policy(role->policy, 0, 2000000, 50000000);
	if (role->other >= 0) {
		pthread_mutex_lock(&chain[role->other]);
		prctl(PR_SET_NAME, "pi-done");
		pthread_mutex_unlock(&chain[role->other]);
	} else {
		/* queued at one switch, sleeping at the other */
		while (!released) {
			busy_us(1500);
			sleep_us(4000);
		}
	}
	if (role->own >= 0)
		pthread_mutex_unlock(&chain[role->own]);
	for (;;)
		pause();
	return NULL;
}

static void pi(long unused, long unused2)
{
	pthread_mutexattr_t attr;

	(void)unused, (void)unused2;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	for (unsigned int i = 0; i < ARRAY_SIZE(chain); i++) {
		pthread_mutex_init(&chain[i], &attr);
		sem_init(&ready[i], 0, 0);
	}
	signal(SIGUSR1, release);
	for (long i = 0; i < 5; i++)
		start(pi_thread, (void *)i);
	for (;;)
		pause();
}

/* pingpong ROUNDS: prints nanoseconds per round trip through two pipes */
static void pingpong(long rounds, long unused)
{
	long long begin = 0;
	int to[2], from[2];
	char c = 0;
	pid_t pid;

	(void)unused;
	if (pipe(to) || pipe(from) || (pid = fork()) < 0) {
		perror("load: pingpong");
		exit(1);
	}
	if (!pid) {
		close(to[1]);
		while (read(to[0], &c, 1) == 1 && write(from[1], &c, 1) == 1)
			;
		_exit(0);
	}
	/* the first rounds fill caches and page tables */
	for (long i = -100; i < rounds; i++) {
		if (i == 0)
			begin = now_ns();
		if (write(to[1], &c, 1) != 1 || read(from[0], &c, 1) != 1) {
			perror("load: pingpong");
			exit(1);
		}
	}
	printf("%lld\n", (now_ns() - begin) / rounds);
	close(to[1]);
	waitpid(pid, NULL, 0);
}

/* asleep THREADS: threads that sleep for ever, each at one of the places where threads
 * sleep; prints a line when all of them exist */
static void *idler(void *arg)
{
	static int word;
	int nobody_writes[2];
	char c;

	switch ((long)arg % 4) {
	case 0:
		for (;;)
			syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
	case 1:
		for (;;)
			poll(NULL, 0, -1);
	case 2:
		if (pipe(nobody_writes))
			exit(1);
		while (read(nobody_writes[0], &c, 1) < 2)
			;
		/* fall through */
	default:
		for (;;)
			pause();
	}
}

static void asleep(long threads, long unused)
{
	(void)unused;
	for (long i = 1; i < threads; i++)
		start(idler, (void *)i);
	puts("asleep");
	fclose(stdout);
	idler(0);
}

static const struct {
	const char *name;
	void (*fn)(long a, long b);
} modes[] = {
	{ "periodic", periodic }, { "spin", spin },
	{ "sleepers", sleepers }, { "futex", futex },
	{ "mutate", mutate },	  { "attributes", attributes },
	{ "births", births },	  { "policy", policy },
	{ "forks", forks },	  { "asleep", asleep },
	{ "deadlock", deadlock }, { "poll", poll_nothing },
	{ "stuck", stuck },	  { "slow", slow },
	{ "pingpong", pingpong }, { "pi", pi },
};

int main(int argc, char **argv)
{
	for (unsigned int i = 0; argc > 1 && i < ARRAY_SIZE(modes); i++)
		if (!strcmp(argv[1], modes[i].name)) {
			modes[i].fn(argc > 2 ? atol(argv[2]) : 1, argc > 3 ? atol(argv[3]) : 0);
			return 0;
		}
	fprintf(stderr, "usage: load MODE [NUMBER [NUMBER]]\n");
	return 2;
}

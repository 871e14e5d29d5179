# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# TIMEOUT: 240
#
# The state of tasks and groups survives a switch and the rollback: throttling (of fair
# groups with a quota, of real-time and deadline tasks) and its end, boosts through chains
# of locks, admission of deadline tasks, idle CPUs that wake and stop their tick again.
# Run queues are checked at every switch.
. "$GUEST_DIR/lib.sh"

GROUP=/sys/fs/cgroup/invariants
RT_RUNTIME=/proc/sys/kernel/sched_rt_runtime_us
rt_runtime=$(cat $RT_RUNTIME)

cleanup()
{
	group_remove $GROUP
	echo "$rt_runtime" >$RT_RUNTIME
}
trap cleanup EXIT

# run COMMAND...: run it in $GROUP or, with IN, below it; its process is $pid.
run()
{
	sh -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' run "$GROUP/$IN" "$@" &
	pid=$!
	disown
}

# ran PID: its CPU time so far, in ms.
ran() { local ns rest; read -r ns rest <"/proc/$1/schedstat"; echo $((ns / 1000000)); }
ran_more() { [ "$(ran "$1")" -gt "$2" ]; }
slept_more() { [ "$(slept "$1")" -gt "$2" ]; }
# now: the time on the clock that throttling uses, in ms.
now() { local up rest; read -r up rest </proc/uptime; echo $((10#${up/./} * 10)); }

# stays_throttled WHAT PERMILLE SLICE PID...: during many quick switches the tasks get
# little more than that part of the time. After a switch in either direction they go on:
# the timer that they wait for has fired.
stays_throttled()
{
	local what=$1 permille=$2 slice=$3 begin before=0 after=0 limit pid
	shift 3
	for pid; do before=$((before + $(ran $pid))); done
	begin=$(now)
	for round in 1 2 3 4; do
		check "$what, switch $round" switch_to "$(other)"
		sleep 0.1
	done
	for pid; do after=$((after + $(ran $pid))); done
	# If the host stops a vCPU for a while, the task on it is charged.
	limit=$((($(now) - begin) * permille * 3 / 1000 + 10 * slice))
	say "$what: $((after - before)) ms in $(($(now) - begin)) ms, at most $limit"
	[ $((after - before)) -le $limit ] || fail "$what: not throttled any more"
	for direction in to back; do
		check "$what, once more" switch_to "$(other)"
		for pid; do
			check "$what goes on" eventually ran_more $pid "$(ran $pid)"
		done
	done
}

mkdir -p $GROUP/a/b
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
echo +cpu >$GROUP/cgroup.subtree_control
echo +cpu >$GROUP/a/cgroup.subtree_control
taskset -p -c 0 $$ >/dev/null
check "load modules" modules_load

# --- quotas: b has its own, and is also throttled with a
say "quotas"
echo "40000 1000000" >$GROUP/a/cpu.max
echo "15000 500000" >$GROUP/a/b/cpu.max
IN=a/b run taskset -c 1 "$LOAD" spin
b1=$pid
IN=a/b run taskset -c 0 "$LOAD" spin
b2=$pid
throttled() { [ "$(sed -n 's/^nr_throttled //p' $GROUP/$1/cpu.stat)" -ge 2 ]; }
check "b is throttled" eventually throttled a/b
stays_throttled "quota of b" 30 15 $b1 $b2
echo "20000 1000000" >$GROUP/a/cpu.max
check "a is throttled" eventually throttled a
stays_throttled "quota of a" 20 20 $b1 $b2
echo max >$GROUP/a/cpu.max
echo max >$GROUP/a/b/cpu.max
check "without quotas" eventually ran_more $b1 $(($(ran $b1) + 200))
kill $b1 $b2

# --- real-time: ten percent of a second
say "real-time"
echo 100000 >$RT_RUNTIME
run taskset -c 1 chrt -f 20 "$LOAD" spin
fifo=$pid
run taskset -c 1 "$LOAD" spin
fair=$pid
check "it has had its share" eventually ran_more $fifo 150
stays_throttled "a real-time task" 100 100 $fifo
before=$(ran $fair)
check "a fair one runs beside it" eventually ran_more $fair $((before + 100))
kill $fifo $fair
echo "$rt_runtime" >$RT_RUNTIME

# --- deadline: throttled, and no more tasks admitted than before
say "deadline"
deadline() { local runtime=$1; shift; chrt -d --sched-runtime $runtime --sched-deadline 100000000 --sched-period 100000000 0 "$@"; }
taskset -p -c 0-1 $$ >/dev/null
run chrt -d --sched-runtime 5000000 --sched-deadline 100000000 --sched-period 100000000 0 "$LOAD" spin
spinner=$pid
sleep 0.5
# Sleeping tasks keep their bandwidth, 30 % each, until one more is refused.
for n in $(seq 20); do
	deadline 30000000 true 2>/dev/null || break
	# Wait until its bandwidth is given back, for a period at most.
	sleep 0.2
	run chrt -d --sched-runtime 30000000 --sched-deadline 100000000 \
		--sched-period 100000000 0 "$LOAD" poll
	check "deadline task $n" eventually grep -q "^policy *: *6" /proc/$pid/sched
done
say "$((n - 1)) of 30 %"
[ $n -ge 3 ] && [ $n -lt 20 ] || fail "$n deadline tasks were admitted"
admission()
{
	refuse "$1: one too many" deadline 30000000 true
	# The bandwidth is free again when the last task's period is over.
	check "$1: a small one" eventually deadline 2000000 true
}
admission before
stays_throttled "a deadline task" 50 5 $spinner
for direction in to back; do
	check "switch" switch_to "$(other)"
	admission "$(cat $SYSFS/active)"
done
echo 1 >$GROUP/cgroup.kill

# --- boosts
say "boosts"
run "$LOAD" pi
pi=$pid
# role NAME: "TID PRIORITY" of that thread. The priority is as in /proc/PID/stat: 20, or
# -1 - static for real-time threads.
role()
{
	local task name line
	for task in /proc/$pi/task/*; do
		read -r name <$task/comm
		[ "$name" = "$1" ] || continue
		read -r line <$task/stat
		set -- ${line##*) }
		echo "${task##*/} ${16}"
		return
	done
}
has_priority() { set -- "$2" $(role "$1"); [ "$3" = "$1" ]; }
boosted()
{
	for name in pi-low pi-mid pi-high; do
		has_priority $name -51 || return 1
	done
	has_priority pi-lent -101 && has_priority pi-deadline -101
}
check "boosts" eventually boosted
ordinary=$(role load)
ordinary=${ordinary#* }
for round in $(seq 8); do
	check "switch" switch_to "$(other)"
	boosted || fail "round $round: $(for n in low mid high lent deadline; do echo pi-$n: $(role pi-$n); done)"
	sleep 0.0$round
done
kill -USR1 $pi
all_done() { [ "$(cat /proc/$pi/task/*/comm | grep -c pi-done)" = 3 ]; }
check "the waiting threads go on" eventually all_done
check "no boost stays" eventually has_priority pi-low $ordinary
check "no boost stays" eventually has_priority pi-lent $ordinary
kill $pi

# --- idle CPUs
say "idle CPUs"
taskset -p -c 0 $$ >/dev/null
run taskset -c 0 "$LOAD" spin
busy=$pid
run taskset -c 1 "$LOAD" periodic 50 4000
timed=$pid
run taskset -c 0 "$LOAD" pingpong 100000000
ping=$pid
pong() { pgrep -P $ping; }
check "it has a partner" eventually pong >/dev/null
pong=$(pong)
taskset -p -c 1 $pong >/dev/null
for round in $(seq 6); do
	check "switch" switch_to "$(other)"
	for pid in $timed $pong; do
		check "CPU wakes, round $round" eventually slept_more $pid $(($(slept $pid) + 10))
	done
done
kill $timed $ping $pong
# ticks CPU: timer interrupts.
ticks() { awk -v n=$(($1 + 2)) '$1 == "LOC:" { print $n }' /proc/interrupts; }
for direction in to back; do
	check "switch" switch_to "$(other)"
	idle=$(ticks 1) running=$(ticks 0)
	sleep 2
	idle=$(($(ticks 1) - idle)) running=$(($(ticks 0) - running))
	say "ticks: $idle on an idle CPU, $running on a busy one"
	[ $idle -lt $((running / 2)) ] || fail "the idle CPU's tick does not stop"
done
kill $busy

is_active vmlinux || check "roll back" switch_to vmlinux
check "unload" modules_unload

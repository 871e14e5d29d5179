# SPDX-License-Identifier: GPL-2.0-only
#
# load.sh - mixed load for the guest: load_start, load_stop.
#
# Everything runs in cgroups below $LOAD_GROUP and ends with cgroup.kill, so that
# nothing is left. $LOAD is the worker (load.c).

LOAD_GROUP=/sys/fs/cgroup/load

# load_in GROUP COMMAND...: run COMMAND in the background, in that cgroup.
load_in()
{
	group=$LOAD_GROUP/$1
	shift
	# The outer shell ends at once, so the worker is no job of a shell. The process
	# enters its cgroup before it executes the worker.
	( sh -c 'renice 0 $$; echo 0 >"$1/cgroup.procs" && shift && exec "$@"' \
		load "$group" "$@" >/dev/null 2>&1 & )
}

load_forever()
{
	load_in "$1" sh -c 'shift; while :; do "$@" || sleep 0.2; done' load "$@"
}

# load_start [CPUS]: the size suits emulated CPUs: they are busy, but not overloaded.
load_start()
{
	cpus=${1:-$(nproc)}

	mkdir -p $LOAD_GROUP
	echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
	echo +cpu >$LOAD_GROUP/cgroup.subtree_control
	for group in free quota1 quota2 moved; do
		mkdir -p $LOAD_GROUP/$group
	done
	echo "10000 50000" >$LOAD_GROUP/quota1/cpu.max
	echo "5000 20000" >$LOAD_GROUP/quota2/cpu.max
	echo 300 >$LOAD_GROUP/quota2/cpu.weight

	load_forever free hackbench -p -g 1 -f 2 -l 200 -s 64
	load_forever free hackbench -T -g 1 -f 2 -l 200 -s 64
	load_in free "$LOAD" futex 4
	load_in free "$LOAD" sleepers 12
	load_in free "$LOAD" mutate $((cpus + 2))
	load_in free "$LOAD" forks 4000
	load_in free stress-ng --quiet --futex 1 --timeout 0
	load_in free chrt -f 12 "$LOAD" periodic 200 5000
	load_in free chrt -r 8 "$LOAD" periodic 300 9000
	load_in free chrt -d --sched-runtime 2000000 --sched-deadline 10000000 \
		--sched-period 20000000 0 "$LOAD" periodic 400 15000
	load_in free chrt -b 0 "$LOAD" periodic 2000 6000
	load_in free nice -n 19 "$LOAD" spin
	load_in free nice -n -5 "$LOAD" periodic 500 4000
	for i in 1 2; do
		load_in quota1 "$LOAD" spin
		load_in quota2 "$LOAD" spin
	done
	load_in moved "$LOAD" periodic 800 1500
	# Moves tasks between cgroups and to other CPUs, and turns quotas on and off.
	load_in free sh -c '
		group=$1 cpus=$2 i=0
		while :; do
			i=$((i + 1))
			for pid in $(cat $group/moved/cgroup.procs); do
				echo $pid >$group/quota1/cgroup.procs
				taskset -p -c $((i % cpus)) $pid
				sleep 0.1
				echo $pid >$group/moved/cgroup.procs
				taskset -p -c 0-$((cpus - 1)) $pid
			done
			echo "max 50000" >$group/moved/cpu.max
			sleep 0.1
			echo "20000 50000" >$group/moved/cpu.max
			echo $((50 + i % 5 * 100)) >$group/moved/cpu.weight
		done' load $LOAD_GROUP "$cpus"
}

# load_running: how many processes of the load exist.
load_running()
{
	cat $LOAD_GROUP/*/cgroup.procs 2>/dev/null | wc -l
}

load_stop()
{
	[ -d $LOAD_GROUP ] || return 0
	if [ -e $LOAD_GROUP/cgroup.kill ]; then
		echo 1 >$LOAD_GROUP/cgroup.kill
	fi
	for try in $(seq 200); do
		grep -q "populated 0" $LOAD_GROUP/cgroup.events && break
		kill -9 $(cat $LOAD_GROUP/*/cgroup.procs) 2>/dev/null
		sleep 0.05
	done
	grep -q "populated 0" $LOAD_GROUP/cgroup.events || {
		echo "load: these would not die:"
		for pid in $(cat $LOAD_GROUP/*/cgroup.procs); do
			echo "$pid $(cat /proc/$pid/comm /proc/$pid/stack 2>&1)"
		done
		return 1
	}
	# A process that was about to enter its group may enter it only now.
	for try in $(seq 100); do
		rmdir $LOAD_GROUP/*/ $LOAD_GROUP 2>/dev/null
		[ -d $LOAD_GROUP ] || return 0
		kill -9 $(cat $LOAD_GROUP/*/cgroup.procs) 2>/dev/null
		sleep 0.1
	done
	echo "load: $LOAD_GROUP cannot be removed"
	return 1
}

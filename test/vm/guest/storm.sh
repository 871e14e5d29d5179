# SPDX-License-Identifier: GPL-2.0-only
#
# storm.sh - all that a scheduler has to do with changes at once, for guests:
# storm_start [FORKS], storm_stop. On top of lib.sh; $PROBE is a module to load.
# Each storm runs in the background until the file $STORM is gone. $STORM_PAUSE:
# seconds, most of the time that CPUs and scheduling domains stay as they are.

STORM=/tmp/storm
STORM_GROUP=/sys/fs/cgroup/storm

storming() { [ -e $STORM ]; }

storm_hotplug()
{
	local cpu
	while storming; do
		cpu=/sys/devices/system/cpu/cpu$((1 + RANDOM % (GUEST_CPUS - 1)))/online
		echo 0 >$cpu
		sleep $((RANDOM % ${STORM_PAUSE:-1})).$((RANDOM % 3))
		echo 1 >$cpu
		sleep $((RANDOM % ${STORM_PAUSE:-1})).$((RANDOM % 3))
	done 2>/dev/null
}

# Groups come, get tasks, a quota and a weight, and go.
storm_groups()
{
	local group i=0
	while storming; do
		i=$((i + 1))
		group=$STORM_GROUP/$i
		mkdir $group $group/a $group/b
		echo +cpu >$group/cgroup.subtree_control
		"$LOAD" periodic 300 700 &
		echo $! >$group/a/cgroup.procs
		echo "$((1000 + RANDOM % 20000)) 20000" >$group/cpu.max
		echo $((1 + RANDOM % 1000)) >$group/a/cpu.weight
		sleep 0.$((RANDOM % 4))
		echo $! >$group/b/cgroup.procs
		echo 2000 >$group/b/cpu.max
		sleep 0.$((RANDOM % 3))
		kill -9 $!
		wait $!
		rmdir $group/a $group/b $group
	done 2>/dev/null
}

# Scheduling domains are rebuilt, root domains come and go. Only a child of a
# partition can be one.
storm_partitions()
{
	local group=$STORM_GROUP-part state made=0
	mkdir $group
	while storming; do
		echo $((RANDOM % GUEST_CPUS)) >$group/cpuset.cpus
		echo root >$group/cpuset.cpus.partition
		# The CPU may be offline.
		read -r state <$group/cpuset.cpus.partition
		[ "$state" != root ] || made=$((made + 1))
		sleep $((RANDOM % ${STORM_PAUSE:-1})).$((RANDOM % 5))
		echo member >$group/cpuset.cpus.partition
		sleep $((RANDOM % ${STORM_PAUSE:-1})).$((RANDOM % 5))
	done 2>/dev/null
	echo $made >$STORM.partitions
	rmdir $group
}

storm_modules()
{
	while storming; do
		insmod "$PROBE"
		sleep 0.$((RANDOM % 3))
		rmmod schedcut_probe
	done 2>/dev/null
}

# Modules that are in use, in any order.
storm_removals()
{
	while storming; do
		rmmod schedcut
		rmmod $PROVIDER
		sleep 0.$((RANDOM % 10))
	done 2>/dev/null
}

storm_jobs=()
# storm_start [FORKS]: so many workers that do nothing but fork.
storm_start()
{
	local storm
	: >$STORM
	echo "+cpu +cpuset" >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p $STORM_GROUP
	echo "+cpu +cpuset" >$STORM_GROUP/cgroup.subtree_control
	for storm in hotplug groups partitions modules removals; do
		storm_$storm &
		storm_jobs+=($!)
	done
	load_start
	load_in free stress-ng --quiet -f "${1:-100}" --timeout 0
	# Who changes a policy to deadline waits for cpusets, in the scheduler, and these
	# wait behind each hotplug for the memory maps of all processes: for seconds,
	# where there are many and CPUs are emulated. So not all the time, if it is to
	# be paused, and not also for a CPU.
	load_in free nice -n -15 "$LOAD" attributes 6 $((2000 + 3000000 * ${STORM_PAUSE:-0}))
	load_in free stress-ng --quiet --exec 1 --timeout 0
	load_in free stress-ng --quiet --pthread 1 --timeout 0
}

storm_stop()
{
	local cpu
	rm -f $STORM
	check "load stops" load_stop
	wait "${storm_jobs[@]}"
	storm_jobs=()
	say "$(cat $STORM.partitions) partitions"
	[ "$(cat $STORM.partitions)" -gt 0 ] || fail "no scheduling domain was made"
	rmdir $STORM_GROUP/[0-9]*/[ab] $STORM_GROUP/[0-9]* $STORM_GROUP 2>/dev/null
	for cpu in $(seq $((GUEST_CPUS - 1))); do
		echo 1 >/sys/devices/system/cpu/cpu$cpu/online 2>/dev/null
	done
	! loaded schedcut_probe || rmmod schedcut_probe
}

# SPDX-License-Identifier: GPL-2.0-only
#
# storm.sh - for guests: everything that concerns a scheduler changes at the same time.
# storm_start [FORKS], storm_stop. Needs lib.sh; $PROBE is a module to load. Each storm
# runs in the background until the file $STORM is removed, and counts what it does.
# $STORM_PAUSE: for at most so many seconds CPUs and scheduling domains do not change.
# $STORM_LIVEPATCH: a function that is livepatched now and then although a scheduler
# replaces it; switches fail meanwhile.

STORM=/tmp/storm
STORM_GROUP=/sys/fs/cgroup/storm

STORMS="hotplug groups partitions modules probes livepatches removals"

storming() { [ -e $STORM ]; }
# count N: write the count of the storm that calls it.
count() { echo "$1" >$STORM.${FUNCNAME[1]#storm_}; }
storm_pause() { sleep $((RANDOM % ${STORM_PAUSE:-1})).$((RANDOM % 5)); }

storm_hotplug()
{
	local cpu off=0
	while storming; do
		cpu=/sys/devices/system/cpu/cpu$((1 + RANDOM % (GUEST_CPUS - 1)))/online
		! echo 0 >$cpu || off=$((off + 1))
		storm_pause
		echo 1 >$cpu
		storm_pause
	done 2>/dev/null
	count $off
}

# Groups are created, get tasks, a quota and a weight, and are removed.
storm_groups()
{
	local group i=0 moved=0
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
		! echo $! >$group/b/cgroup.procs || moved=$((moved + 1))
		echo 2000 >$group/b/cpu.max
		sleep 0.$((RANDOM % 3))
		kill -9 $!
		wait $!
		rmdir $group/a $group/b $group
	done 2>/dev/null
	count $moved
}

# Scheduling domains are rebuilt, root domains come and go. Only a child of a partition
# can be a partition. It has CPU 0, which is always online: update_prstate() rebuilds the
# domains before it marks the new partition, so nothing checks whether its CPU has just
# gone offline, and build_sched_domains() crashes on that.
storm_partitions()
{
	local group=$STORM_GROUP-part state made=0
	mkdir $group
	echo 0 >$group/cpuset.cpus
	while storming; do
		echo root >$group/cpuset.cpus.partition
		read -r state <$group/cpuset.cpus.partition
		[ "$state" != root ] || made=$((made + 1))
		storm_pause
		echo member >$group/cpuset.cpus.partition
		storm_pause
	done 2>/dev/null
	count $made
	rmdir $group
}

storm_modules()
{
	local removed=0
	while storming; do
		insmod "$PROBE"
		sleep 0.$((RANDOM % 3))
		! rmmod schedcut_probe || removed=$((removed + 1))
	done 2>/dev/null
	count $removed
}

# Even without a scheduler module the kernel warns if it checks the stack of a task that
# was just woken inside a kretprobe, as it does for a livepatch. So there is only one of
# the two at a time.
alone() { (flock 9 && "$@") 9>$STORM.lock; }
# storm_probe GROUP KIND FUNCTION
storm_probe()
{
	[ "$2" != r ] || ! loaded schedcut_livepatch || return
	probes_set "$1" "$2 $3"
}
storm_livepatch()
{
	! grep -q " r " /sys/kernel/debug/kprobes/list &&
		insmod "$KMOD/schedcut_livepatch.ko" function="$1"
}

# Probes on functions that are replaced, and where tasks that are in them sleep.
storm_probes()
{
	local functions=(set_user_nice __sched_setscheduler sched_setaffinity schedule_timeout)
	local kinds=(p p r) hit=0
	while storming; do
		alone storm_probe storm ${kinds[RANDOM % 3]} ${functions[RANDOM % 4]}
		sleep 0.$((RANDOM % 10))
		! [ "$(probes_hit storm)" -gt 0 ] || hit=$((hit + 1))
		probes_clear storm
		storm_pause
	done 2>/dev/null
	count $hit
}

storm_livepatches()
{
	local function enabled=/sys/kernel/livepatch/schedcut_livepatch/enabled done=0
	while storming; do
		function=cmdline_proc_show
		[ $((RANDOM % 4)) -ne 0 ] || function=${STORM_LIVEPATCH:-$function}
		if alone storm_livepatch $function; then
			sleep 0.$((RANDOM % 10))
			# This is refused while the livepatch is in transition.
			until ! loaded schedcut_livepatch || rmmod schedcut_livepatch; do
				echo 0 >$enabled
				sleep 0.2
			done
			done=$((done + 1))
		fi
		storm_pause
	done 2>/dev/null
	count $done
}

# Loads and removes modules in any order, also those in use.
storm_removals()
{
	local refused=0
	while storming; do
		rmmod schedcut || refused=$((refused + 1))
		rmmod $PROVIDER
		sleep 0.$((RANDOM % 10))
	done 2>/dev/null
	count $refused
}

# storm_blows FORKS: the workers that fork exist. They are found by name, because reading
# command lines waits for memory maps, as forks do.
storm_blows()
{
	[ "$(sed 's,.*,/proc/&/comm,' $LOAD_GROUP/free/cgroup.procs |
		xargs grep -hs ^stress-ng-fork | wc -l)" -ge "$1" ]
}

# storm_forks FORKS: start the load, and so many workers that only fork.
storm_forks()
{
	load_start
	load_in free stress-ng --quiet -f "$1" --timeout 0
	check "the load is there" within 60 storm_blows "$1"
}

storm_jobs=()
# storm_start [FORKS]: start all storms, with so many workers that only fork.
storm_start()
{
	local storm
	: >$STORM
	echo "+cpu +cpuset" >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p $STORM_GROUP
	echo "+cpu +cpuset" >$STORM_GROUP/cgroup.subtree_control
	# The kernel has bugs of its own with deadline tasks of CPUs that go away, and with
	# workers that are created while a partition changes: see WANTED in lib/vm.
	echo "schedcut-test: storm begin" >/dev/kmsg
	# Start the load first: while CPUs come and go that would take many minutes.
	storm_forks "${1:-100}"
	for storm in $STORMS; do
		storm_$storm &
		storm_jobs+=($!)
	done
	# A change of a policy to deadline waits for cpusets, in the scheduler. After each
	# hotplug, these wait for the memory maps of all processes: for seconds, if there
	# are many and CPUs are emulated. So that storm pauses, and does not wait for a CPU
	# in addition.
	load_in free nice -n -15 "$LOAD" attributes 6 3000
	load_in free stress-ng --quiet --exec 1 --timeout 0
	load_in free stress-ng --quiet --pthread 1 --timeout 0
}

storm_stop()
{
	local cpu storm
	rm -f $STORM
	check "load stops" load_stop
	wait "${storm_jobs[@]}"
	storm_jobs=()
	echo "schedcut-test: storm end" >/dev/kmsg
	say "$(for storm in $STORMS; do echo "$storm: $(cat $STORM.$storm)"; done | paste -sd,)"
	for storm in $STORMS; do
		[ "$(cat $STORM.$storm)" -gt 0 ] || fail "storm of $storm did nothing"
	done
	rmdir $STORM_GROUP/[0-9]*/[ab] $STORM_GROUP/[0-9]* $STORM_GROUP 2>/dev/null
	for cpu in $(seq $((GUEST_CPUS - 1))); do
		echo 1 >/sys/devices/system/cpu/cpu$cpu/online 2>/dev/null
	done
	! loaded schedcut_probe || rmmod schedcut_probe
}

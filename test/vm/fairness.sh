# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# TIMEOUT: 180
#
# Two groups of weight 100 and 300 compete for a CPU; one has a task of nice 19. Across
# many switches, all shares are what they are without a switch: no lead is lost. How much
# shares vary without a switch is measured.
. "$GUEST_DIR/lib.sh"

GROUP=/sys/fs/cgroup/fairness
WINDOW=600	# ms of CPU time that all three get together

trap 'group_remove $GROUP' EXIT

# run GROUP: start a spinner on CPU 1; its process is $pid.
run()
{
	sh -c 'echo 0 >"$1/cgroup.procs" && renice 0 $$ && exec taskset -c 1 "$2" spin' \
		run $GROUP/$1 "$LOAD" >/dev/null &
	pid=$!
	disown
}

# times: set t1, t2, t3, in microseconds of CPU time. Does not fork.
times()
{
	local rest
	read -r t1 rest </proc/$one/schedstat
	read -r t2 rest </proc/$three/schedstat
	read -r t3 rest </proc/$nice/schedstat
	t1=$((t1 / 1000)) t2=$((t2 / 1000)) t3=$((t3 / 1000))
}

# window SWITCHES: add a line "share of the smaller group, share of the nice task",
# in permille of all.
window()
{
	local a b c all=0 switches=$1
	times
	a=$t1 b=$t2 c=$t3
	while [ $all -lt $((WINDOW * 1000)) ]; do
		[ -e /proc/$one ] && [ -e /proc/$three ] && [ -e /proc/$nice ] ||
			fail "one of the three has ended"
		if [ "$switches" = yes ]; then
			switch_to "$NAME" && switch_to vmlinux || fail "no switch"
			count=$((count + 2))
		fi
		times
		all=$((t1 + t2 + t3 - a - b - c))
	done
	set -- $(((t1 - a) * 1000 / all)) $(((t3 - c) * 1000 / all))
	say "$switches: $*"
	group_shares="$group_shares $1"
	nice_time=$((nice_time + t3 - c)) all_time=$((all_time + all))
}

# windows SWITCHES N: set $group to the median of the group's shares, in permille, and
# $nice_share to 100 times the task's share of all windows together, in permille: it gets
# only a slice or two in each.
windows()
{
	group_shares= nice_time=0 all_time=0 count=0
	for n in $(seq "$2"); do
		window "$1"
	done
	group=$(median $group_shares)
	nice_share=$((nice_time * 100000 / all_time))
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }
# spread N...: the largest minus the smallest.
spread() { printf '%s\n' "$@" | sort -n | awk 'NR == 1 { first = $1 } END { print $1 - first }'; }
# near A B TOLERANCE
near() { [ $(($1 - $2)) -le "$3" ] && [ $(($2 - $1)) -le "$3" ]; }

mkdir -p $GROUP/one $GROUP/three
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
echo +cpu >$GROUP/cgroup.subtree_control
echo 100 >$GROUP/one/cpu.weight
echo 300 >$GROUP/three/cpu.weight
taskset -p -c 0 $$ >/dev/null
check "load modules" modules_load
run one
one=$pid
run three
three=$pid
run three
nice=$pid
for pid in $one $three $nice; do
	check "they run" eventually grep -qx load /proc/$pid/comm
done
renice -n 19 -p $nice >/dev/null
# A new group's weight follows the average of its load.
for try in $(seq 20); do
	windows no 1
	near $group 250 40 && break
done

measure()
{
	windows no 5
	group_before=$group nice_before=$nice_share quiet=$group_shares
	windows yes 6
	group_across=$group nice_across=$nice_share
	say "$count switches"
	windows no 5
	# At least one tick, but not so much that no jump would be found.
	noise=$(($(spread $quiet $group_shares) + 4000 / WINDOW))
	[ $noise -le 60 ] || noise=60
	nice_quiet=$(((nice_before + nice_share) / 2))
	say "share of the group: $group_before, across switches $group_across, then $group permille," \
		"noise $noise"
	say "of the task of nice 19: $nice_before, across switches $nice_across," \
		"then $nice_share / 100 permille"
}

are_as_without()
{
	near $group_before 250 60 &&
		near $group_across $(((group_before + group) / 2)) $noise &&
		[ $nice_across -gt $((nice_quiet * 4 / 10)) ] &&
		[ $nice_across -lt $((nice_quiet * 25 / 10)) ]
}

# While the host stops a vCPU, time is charged to the task on it. For the task of nice 19
# that may exceed its share. A real jump appears each time.
for try in 1 2 3; do
	measure
	! are_as_without || break
done
check "shares are across switches what they are without" are_as_without
check "unload" modules_unload

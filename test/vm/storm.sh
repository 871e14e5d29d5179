# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 4
# NEEDS: modules guest feature
# TIMEOUT: 600
#
# Switch and roll back beside a hundred workers that only fork. Then two writers switch
# to and fro at the same time, and are killed half-way, while CPUs, groups, scheduling
# domains, modules, probes, livepatches, processes and another scheduler come and go.
# Nothing is lost, and everything can be unloaded afterwards.
# Then all tasks are frozen and thawed while a scheduler is active.
. "$GUEST_DIR/lib.sh"
. "$GUEST_DIR/storm.sh"

# A writer that does not know of the other one.
writer()
{
	while storming; do
		echo "$1" >$SYSFS/active
		sleep 0.$((RANDOM % 4))
	done 2>/dev/null
}

# Another scheduler is loaded, with or without activate=1, and is removed unless it is
# active.
comer()
{
	local came=0
	while [ -e /tmp/coming ]; do
		insmod "$FEATURE" activate=$((RANDOM % 2))
		sleep 0.$((RANDOM % 5))
		! rmmod feature || came=$((came + 1))
		echo $came >/tmp/came
		sleep 0.$((RANDOM % 3))
	done 2>/dev/null
}

is_known() { is_active vmlinux || is_active "$NAME" || is_active feature; }

# freeze: freeze all tasks, as for suspend to idle. Then this guest's virtiofs refuses to
# suspend, and everything goes on.
freeze() { ! echo freeze >/sys/power/state; }

check "load modules" modules_load
FEATURE=$(second ko feature)
check "symbols of the other scheduler" insmod "$(second ko feature_vmlinux)"
storm_forks 100
for round in $(seq 10); do
	check "switch" switch_to "$NAME"
	check "roll back" switch_to vmlinux
done
check "a hundred fork still" storm_blows 100
check "load stops" load_stop

switches=$(dmesg | grep -c "total time")
STORM_LIVEPATCH=set_user_nice
# With more workers each hotplug takes minutes, see storm_start().
storm_start 24
: >/tmp/coming
comer &
comer=$!
for round in $(seq 8); do
	writer "$NAME" &
	one=$!
	writer vmlinux &
	other=$!
	before=$(context_switches)
	sleep 3
	kill -9 $one $other
	wait $one $other 2>/dev/null
	check "one of the two is active" is_known
	[ "$(context_switches)" -gt "$before" ] || fail "round $round: nothing runs"
	check "round $round: the load lives" storm_blows 24
done
# Else it may be loaded again between the rollback and the check of what is active.
rm /tmp/coming
wait $comer
check "roll back" switch_to vmlinux
storm_stop
check "remove the other scheduler" module_remove feature
check "and its symbols" module_remove feature_vmlinux
say "the other scheduler came and went $(cat /tmp/came) times"
[ "$(cat /tmp/came)" -gt 0 ] || fail "it never did"
switches=$(($(dmesg | grep -c "total time") - switches))
say "$switches switches"
[ "$switches" -ge 8 ] || fail "too few switches"
after=$(stat_of entries)
check "switch" switch_to "$NAME"
load_start
log_mark
for try in 1 2 3; do
	check "freeze" freeze 2>/dev/null
done
! log_since | grep "refusing to freeze" || fail "some task did not freeze"
check "all tasks were frozen" log_has "Freezing user space processes.*completed"
load_stop
check "roll back" switch_to vmlinux
[ "$(stat_of entries)" -gt "$after" ] || fail "the module was not used"
grep -qx "extras 0" $SYSFS/stats || fail "storage is left: $(grep extras $SYSFS/stats)"
! grep -q '\[schedcut\].*vmap' /proc/vmallocinfo || fail "a mapping is left"
[ -z "$(cat /sys/kernel/debug/kprobes/list)" ] ||
	fail "kprobes are left: $(cat /sys/kernel/debug/kprobes/list)"
check "unload" modules_unload

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 4
# TIMEOUT: 600
#
# Two writers switch to and fro at the same time, and are killed half-way, while
# CPUs, groups, scheduling domains, modules and processes come and go. Nothing is
# lost, and everything can be unloaded afterwards.
. "$GUEST_DIR/lib.sh"
. "$GUEST_DIR/storm.sh"

# A writer that knows nothing of the other one.
writer()
{
	while storming; do
		echo "$1" >$SYSFS/active
		sleep 0.$((RANDOM % 4))
	done 2>/dev/null
}

is_known() { is_active vmlinux || is_active "$NAME"; }

check "load modules" modules_load
switches=$(dmesg | grep -c "total time")
storm_start 100
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
	[ "$(load_running)" -gt 15 ] || fail "round $round: the load died"
done
check "roll back" switch_to vmlinux
storm_stop
switches=$(($(dmesg | grep -c "total time") - switches))
say "$switches switches"
[ "$switches" -ge 8 ] || fail "too few switches"
after=$(stat_of entries)
check "switch" switch_to "$NAME"
check "roll back" switch_to vmlinux
[ "$(stat_of entries)" -gt "$after" ] || fail "the module was not used"
grep -qx "extras 0" $SYSFS/stats || fail "storage is left: $(grep extras $SYSFS/stats)"
! grep -q '\[schedcut\].*vmap' /proc/vmallocinfo || fail "a mapping is left"
check "unload" modules_unload

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# Every allocation of a switch fails once, the 1st, the 2nd, ... until there are
# no more: each time the switch is refused and the machine is as before.
. "$GUEST_DIR/lib.sh"

FAIL_AT=/sys/module/schedcut/parameters/fail_at

# each_step FROM TO: returns with TO active.
each_step()
{
	snapshot_save
	for step in $(seq 200); do
		echo "$step" >$FAIL_AT
		if echo "$2" 2>/tmp/error >$SYSFS/active; then
			echo 0 >$FAIL_AT
			is_active "$2" || fail "no error, but active is $(active)"
			say "$1 -> $2: $((step - 1)) steps failed as they should"
			steps=$((step - 1))
			return
		fi
		echo 0 >$FAIL_AT
		is_active "$1" || fail "step $step: active is $(active)"
		check "step $step: nothing changed" snapshot_same
		[ "$(counter __schedule)" -gt 0 ] || [ "$1" = vmlinux ] ||
			fail "step $step: the counters are gone"
		check "step $step: both CPUs run" taskset -c $((step % 2)) true
	done
	fail "$1 -> $2 still fails after $step steps: $(cat /tmp/error)"
}

check "load modules" modules_load
[ -e $FAIL_AT ] || fail "no $FAIL_AT"
each_step vmlinux "$NAME"
[ "$steps" -gt 0 ] || fail "no allocation could be made to fail"
each_step "$NAME" vmlinux
# And with nothing failing, as ever.
check "switch" switch_to "$NAME"
check "roll back" switch_to vmlinux
check "unload" modules_unload

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2 8
# TIMEOUT: 400
#
# Switch and roll back 20 times under a load of all scheduling policies. The load makes
# progress all the time, and the modules can be unloaded at the end.
. "$GUEST_DIR/lib.sh"

load_start
sleep 2
check "load modules" modules_load
check "trace switches" sh -c "echo 1 >$TRACING/events/schedcut/enable"
for round in $(seq 20); do
	check "switch, round $round" switch_to "$NAME"
	before=$(context_switches)
	sleep 0.5
	[ "$(context_switches)" -gt $((before + 20)) ] || fail "round $round: nothing runs"
	check "roll back, round $round" switch_to vmlinux
	before=$(context_switches)
	sleep 0.3
	[ "$(context_switches)" -gt $((before + 20)) ] ||
		fail "round $round: nothing runs after rollback"
done
say "$(load_running) processes of load, busy answers: ${switch_busy:-0}"
[ "$(load_running)" -gt 15 ] || fail "the load died"
sed 's/^/    /' $SYSFS/stats
# The trace has a switch, its phases with durations, and its end, in this order.
traced()
{
	grep -o 'schedcut_switch_.*' $TRACING/trace | grep -v _busy | tail -9 >/tmp/trace
	sed 's/^/    /' /tmp/trace
	tr '\n' ' ' </tmp/trace | grep -qE "^schedcut_switch_begin: $NAME -> vmlinux schedcut_switch_phase: precheck took [0-9]+ ns .*stack_check took [1-9][0-9]* ns .* schedcut_switch_phase: rebuild took [1-9][0-9]* ns .* schedcut_switch_end: $NAME -> vmlinux: result 0 after [1-9][0-9]* ns $" &&
	[ "$(grep -c 'schedcut_switch_end: .* result 0 ' $TRACING/trace)" -ge 40 ]
}
grep 'schedcut_switch_busy' $TRACING/trace | head -3
check "tracepoints" traced
echo 0 >$TRACING/events/schedcut/enable
check "unload under load" modules_unload
check "load stops" load_stop

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2 8
# TIMEOUT: 400
#
# Switch and roll back 20 times while everything that a scheduler schedules is
# running; the load makes progress throughout and the modules go at the end.
. "$GUEST_DIR/lib.sh"

load_start
sleep 2
check "load modules" modules_load
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
check "unload under load" modules_unload
check "load stops" load_stop

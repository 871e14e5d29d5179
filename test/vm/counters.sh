# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# While the module is active, every context switch goes through it; before and after,
# none does.
. "$GUEST_DIR/lib.sh"

check "load modules" modules_load
before=$(counters __schedule pick_next_task)
sleep 0.5
[ "$(counters __schedule pick_next_task)" = "$before" ] || fail "entered before it is active"
load_start
sleep 1
check "switch" switch_to "$NAME"

# The two counters are read in one go. Their interval of __schedule(), [first read, last
# read], includes that of ctxt.
read -r schedule pick <<<"$(counters __schedule pick_next_task)"
switches=$(context_switches)
sleep 8
switches=$(($(context_switches) - switches))
read -r schedule_now pick_now <<<"$(counters __schedule pick_next_task)"
schedule=$((schedule_now - schedule))
pick=$((pick_now - pick))
say "__schedule $schedule, pick_next_task $pick, context switches $switches"
[ "$switches" -gt 500 ] || fail "the load hardly runs"
[ "$schedule" -ge "$switches" ] || fail "context switches that the module did not make"
difference=$((pick > schedule ? pick - schedule : schedule - pick))
[ $((difference * 100)) -le $((schedule * 4)) ] || fail "__schedule and pick_next_task disagree"

check "roll back" switch_to vmlinux
sleep 0.5
still=$(counters __schedule pick_next_task)
sleep 2
now=$(counters __schedule pick_next_task)
[ "$now" = "$still" ] || fail "entered after rollback: $still, now $now"

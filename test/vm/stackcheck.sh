# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 4
# NEEDS: modules guest broken
# TIMEOUT: 400
#
# In the stop it is enough to check the stacks that have changed since the check before
# it. While processes and threads come, go and run, the runtime proves that in every stop.
# Few stacks have changed. Tasks that were checked are freed when they die. If a scheduler
# does not count context switches, all stacks are checked; if it counts those of some
# tasks only, the proof fails.
. "$GUEST_DIR/lib.sh"

task_structs() { awk '$1 == "task_struct" { print $2 }' /proc/slabinfo; }
are_freed() { [ "$(task_structs)" -lt $((before + 500)) ]; }

before=$(task_structs)
check "load modules" modules_load
[ "$(cat $PARAMETERS/stackcheck)" = changed ] || fail "not the default"
refuse "an unknown kind of check" sh -c "echo some >$PARAMETERS/stackcheck"
load_start
for kind in fork pthread clone exec; do
	load_in free stress-ng --quiet --$kind 1 --timeout 0
done
# The stack of a task that sleeps inside a probed function is walked, but not that of a
# task that was just woken there.
check "probes" probes_set stackcheck "r do_nanosleep" "r schedule_timeout" "r futex_wait"
echo verify >$PARAMETERS/stackcheck
looked=0
for round in $(seq 10); do
	for to in "$NAME" vmlinux; do
		check "switch" switch_to "$to"
		[ "$(stat_of missed)" = 0 ] || fail "$(stat_of missed) tasks missed"
		[ "$(stat_of stackcheck)" = changed ] || fail "all were looked at"
		looked=$((looked + $(stat_of looked)))
	done
done
say "$looked tasks looked at in 20 stops, of $(stat_of threads) in the last"
# At least what ran on each CPU before its stopper, and the idle tasks.
[ "$looked" -ge $((20 * 8)) ] || fail "too few"
check "load stops" load_stop
probes_clear stackcheck

# Most of the time is between listing tasks and checking a task. So some processes create
# a thread and sleep again in between.
mkdir -p $LOAD_GROUP/free
for process in $(seq 15); do
	load_in free "$LOAD" asleep 100
done
load_in free "$LOAD" births 40
sleep 2
for round in $(seq 15); do
	for to in "$NAME" vmlinux; do
		check "switch" switch_to "$to"
		[ "$(stat_of missed)" = 0 ] || fail "$(stat_of missed) new tasks missed"
	done
done
echo changed >$PARAMETERS/stackcheck
for to in "$NAME" vmlinux; do
	check "switch" switch_to "$to"
	say "to $to: $(stat_of looked) of $(stat_of threads) threads looked at in the stop"
	[ "$(stat_of threads)" -gt 1500 ] || fail "too few threads"
	[ "$(stat_of looked)" -lt $(($(stat_of threads) / 4)) ] || fail "too many were looked at"
done
[ "$(task_structs)" -gt $((before + 1500)) ] || fail "slabinfo does not tell how many tasks there are"
check "load stops" load_stop
check "tasks are freed" eventually are_freed

echo full >$PARAMETERS/stackcheck
check "switch" switch_to "$NAME"
[ "$(stat_of stackcheck)" = full ] || fail "not all were looked at"
[ "$(stat_of looked)" -ge $(($(stat_of threads) - 4)) ] || fail "only $(stat_of looked)"
check "roll back" switch_to vmlinux
check "unload" modules_unload

TREE=$(dirname "$TREE")/broken
# rule_broken HOW: activate the broken scheduler, and break it only then.
rule_broken()
{
	be_broken 0
	check "switch to the broken one" switch_to "$NAME"
	be_broken "$1"
}

check "load the broken scheduler" modules_load
echo changed >$PARAMETERS/stackcheck
rule_broken 5
check "roll back" switch_to vmlinux
[ "$(stat_of stackcheck)" = full ] || fail "it trusts context switches that are not counted"
[ "$(stat_of looked)" -ge $(($(stat_of threads) - 4)) ] || fail "only $(stat_of looked)"
echo verify >$PARAMETERS/stackcheck
mkdir -p $LOAD_GROUP/free
for task in $(seq 8); do
	load_in free chrt -b 0 "$LOAD" periodic 20000 20000
done
echo "schedcut-test: complaints begin" >/dev/kmsg
missed=0
for round in $(seq 5); do
	rule_broken 6
	check "roll back" switch_to vmlinux
	[ "$(stat_of stackcheck)" = changed ] || fail "all were looked at"
	missed=$((missed + $(stat_of missed)))
done
echo "schedcut-test: complaints end" >/dev/kmsg
say "$missed uncounted tasks missed"
[ $missed -gt 0 ] || fail "the proof finds nothing"
rule_broken 0
check "roll back" switch_to vmlinux
[ "$(stat_of missed)" = 0 ] || fail "$(stat_of missed) tasks missed"
check "load stops" load_stop
check "unload" modules_unload

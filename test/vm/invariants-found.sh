# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# TIMEOUT: 240
# NEEDS: modules guest storage
#
# The check of run queues finds each kind of wrong value that a test makes during the
# check, in run queues, groups and tasks of all classes, and a switch that loses leads.
# Else it finds nothing, and it does not run unless it is told to. What a miscounted run
# queue leads to is tested, too.
. "$GUEST_DIR/lib.sh"

TREE=$(dirname "$TREE")/storage
OWN=/sys/module/$NAME/parameters
CHECK=$PARAMETERS/check_invariants
KINDS=54
GROUP=/sys/fs/cgroup/found

cleanup()
{
	kill $(jobs -p)
	wait
	rmdir $GROUP
} 2>/dev/null
trap cleanup EXIT

switch() { check "switch" switch_to "$(other)"; }

check "load modules" modules_load
echo 1 >$CHECK
for nice in 0 19 19; do
	nice -n $nice taskset -c 1 "$LOAD" spin &
done
mkdir -p $GROUP
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
# Tasks in a group, real-time and deadline tasks; all of them always want to run.
sh -c 'echo 0 >"$1/cgroup.procs" && exec taskset -c 1 "$2" spin' group $GROUP "$LOAD" &
taskset -c 1 chrt -f 5 "$LOAD" spin &
chrt -d --sched-runtime 2000000 --sched-deadline 20000000 --sched-period 20000000 0 "$LOAD" spin &
sleep 0.5
for round in 1 2; do
	switch
	[ "$(stat_of violations)" = 0 ] || fail "$(stat_of violations) violations of nothing"
done

echo "schedcut-test: findings begin" >/dev/kmsg
log_mark
for kind in $(seq $KINDS); do
	echo $kind >$OWN/spoil
	# Some values are not compared at every moment.
	for try in 1 2 3 4 5; do
		switch
		[ "$(stat_of violations)" = 0 ] || break
	done
	[ "$(stat_of violations)" -gt 0 ] || fail "kind $kind: nothing is found"
done
echo 0 >$OWN/spoil
check "the log" log_has "run queue of CPU [0-9]+ after the switch: group root: load.weight is [0-9]+, should be [0-9]+$"
check "the log" log_has "run queue of CPU [0-9]+ after the switch: all: this_bw is [0-9]+, was [0-9]+$"
refuse "it was so before" sh -c "dmesg | grep -q 'before the switch: .* should be'"

log_mark
echo 1 >$OWN/advance
# For the first task of a queue the finding names the queue, not the task.
lost="run queue of CPU [0-9]+ after the switch: load/[0-9]+: vruntime is [0-9]+, was [0-9]+$"
for try in $(seq 20); do
	switch
	! log_has "$lost" >/dev/null || break
	sleep 0.1
done
say "leads are lost: switch $try"
check "the log" log_has "$lost"

echo 0 >$CHECK
switch
[ "$(stat_of violations)" = 0 ] || fail "it looks without being told to"
echo 0 >$OWN/advance
echo 1 >$CHECK
echo "schedcut-test: findings end" >/dev/kmsg

for round in 1 2; do
	switch
	[ "$(stat_of violations)" = 0 ] || fail "$(stat_of violations) violations are left"
done

# A run queue that is being emptied counts tasks that it does not have. No other
# scheduler becomes active then, except vmlinux's, because there is nothing better.
is_active vmlinux || switch
echo "schedcut-test: complaints begin" >/dev/kmsg
echo 1 >$OWN/miscount
log_mark
refuse "switch with a wrong count" sh -c "echo $NAME >$SYSFS/active"
is_active vmlinux && [ "$(stat_of result)" = -117 ] || fail "result $(stat_of result)"
check "the log" log_has "$NAME refused: run queues count tasks that they do not have"
echo 0 >$OWN/miscount
switch
echo 1 >$OWN/miscount
log_mark
switch
echo "schedcut-test: complaints end" >/dev/kmsg
check "the log" log_has "[0-9]+ run queues counted tasks that they did not have"
echo 0 >$OWN/miscount
for round in 1 2; do
	switch
	[ "$(stat_of violations)" = 0 ] || fail "$(stat_of violations) violations after it"
done
is_active vmlinux || switch
check "unload" modules_unload

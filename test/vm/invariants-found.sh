# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# NEEDS: modules guest storage
#
# The check of run queues finds what is wrong: values that a test spoils while
# it looks, each of another kind, and a switch that takes leads away. It finds
# nothing without that, and does not look unless it is told to.
. "$GUEST_DIR/lib.sh"

TREE=$(dirname "$TREE")/storage
OWN=/sys/module/$NAME/parameters
CHECK=$PARAMETERS/check_invariants
KINDS=19

switch() { check "switch" switch_to "$(is_active vmlinux && echo "$NAME" || echo vmlinux)"; }

check "load modules" modules_load
echo 1 >$CHECK
for nice in 0 19 19; do
	nice -n $nice taskset -c 1 "$LOAD" spin &
done
sleep 0.5
for round in 1 2; do
	switch
	[ "$(stat_of violations)" = 0 ] || fail "$(stat_of violations) violations of nothing"
done

echo "schedcut-test: findings begin" >/dev/kmsg
log_mark
for kind in $(seq $KINDS); do
	echo $kind >$OWN/spoil
	switch
	[ "$(stat_of violations)" -gt 0 ] || fail "kind $kind: nothing is found"
done
echo 0 >$OWN/spoil
check "the log" log_has "run queue of CPU [0-9]+ after the switch: group root: load.weight is [0-9]+, should be [0-9]+$"
check "the log" log_has "run queue of CPU [0-9]+ after the switch: all: this_bw is [0-9]+, was [0-9]+$"
refuse "it was so before" sh -c "dmesg | grep -q 'before the switch: .* should be'"

log_mark
echo 1 >$OWN/advance
for try in $(seq 20); do
	switch
	[ "$(stat_of violations)" = 0 ] || break
	sleep 0.1
done
say "leads are lost: switch $try"
check "the log" log_has "run queue of CPU [0-9]+ after the switch: load/[0-9]+: vruntime is [0-9]+, was [0-9]+$"

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
is_active vmlinux || switch
check "unload" modules_unload

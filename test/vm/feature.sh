# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# NEEDS: modules guest feature
# TIMEOUT: 180
#
# sample-patches/feature: a sched_feat that vmlinux does not have, in private arrays that
# have become larger, and functions of a sidecar. A switch takes the states of features
# along, in both directions; static keys agree with the mask.
TREE=$FEATURE_TREE
NAME=feature
. "$GUEST_DIR/lib.sh"

FEATURES=/sys/kernel/debug/sched/features
has() { grep -qw -- "$1" $FEATURES; }
turn() { echo "$1" >$FEATURES; }
quietly() { "$@" >/dev/null; }
redirected() { grep -qx "$1 redirected" $SYSFS/schedulers/$NAME/functions; }

# The next test must not find this scheduler.
cleanup()
{
	! loaded "$NAME" || is_active vmlinux || switch_to vmlinux
	modules_unload
}
trap cleanup EXIT

refuse "vmlinux has the feature" has HELLO
has NO_NEXT_BUDDY && has WA_BIAS || fail "not the features that this test knows: $(cat $FEATURES)"
turn NO_WA_BIAS
snapshot_save
log_mark

check "load modules" modules_load
refuse "a feature of a scheduler that is not active" has HELLO
check "switch" switch_to "$NAME"
check "count of privates" log_has "vmlinux -> $NAME: private variables: 0 initialized, 2 copied in, 0 copied back, 0 left to hooks"
check "the feature" has HELLO
refuse "the feature is off" has NO_HELLO
check "state carried in" has NO_WA_BIAS
sleep 0.5
check "the feature's branch" log_has "scheduler: HELLO is on"
refuse "both branches" sh -c "dmesg | grep -q 'scheduler: HELLO is off'"

check "turn it off" turn NO_HELLO
check "it is off" has NO_HELLO
sleep 0.5
check "the feature's other branch" log_has "scheduler: HELLO is off"
check "turn one of vmlinux's on" turn NEXT_BUDDY
check "and another one" turn WA_BIAS

for function in cpuset_cpus_allowed cpuset_cpus_allowed_fallback guarantee_online_cpus; do
	check "sidecar: $function" redirected $function
done
check "set an affinity" quietly taskset -p 1 $$
check "sidecar: entered" log_has "scheduler: cpuset_cpus_allowed\(\) of the module"
check "set it back" quietly taskset -p 3 $$

# After the rollback: the old features, with their current states, in mask and code.
check "roll back" switch_to vmlinux
check "count of privates" log_has "$NAME -> vmlinux: private variables: 0 initialized, 0 copied in, 2 copied back, 0 left to hooks"
refuse "the feature is still there" has HELLO
refuse "the feature is still there" has NO_HELLO
check "state carried back" has NEXT_BUDDY
check "state carried back" has WA_BIAS
refuse "code of vmlinux did not follow" quietly snapshot_same
turn NO_NEXT_BUDDY
turn NO_WA_BIAS
check "vmlinux's code as before" snapshot_same

# Once more: the scheduler's own feature begins as the source says.
check "switch again" switch_to "$NAME"
check "the feature" has HELLO
refuse "the feature is off" has NO_HELLO
check "state carried in" has NO_NEXT_BUDDY

# A switch that fails at any step leaves vmlinux's keys as they were: some of their sites
# are in text that no switch touches.
turn NEXT_BUDDY
snapshot_save
for step in $(seq 30); do
	echo "$step" >$PARAMETERS/fail_at
	echo vmlinux 2>/dev/null >$SYSFS/active && break
	check "still active after failing at step $step" is_active "$NAME"
	check "vmlinux's code after failing at step $step" snapshot_same
done
is_active vmlinux || switch_to vmlinux || fail "no way back"
say "$step steps"
[ "$step" -ge 6 ] || fail "no step after the keys"
check "state carried back" has NEXT_BUDDY
turn NO_NEXT_BUDDY
turn WA_BIAS
check "affinity in vmlinux" quietly taskset -p 3 $$

# A process keeps turning a key, so that the key changes in each try.
turning()
{
	while [ -e /tmp/turning ]; do
		turn NEXT_BUDDY
		turn NO_NEXT_BUDDY
	done
}
check "switch once more" switch_to "$NAME"
log_mark
: >/tmp/turning
turning &
echo 0 >$PARAMETERS/retries
for try in $(seq 100); do
	! echo vmlinux 2>/dev/null >$SYSFS/active || echo "$NAME" >$SYSFS/active
	! log_has "refused: a static key that it has its own copy of" >/dev/null || break
done
rm /tmp/turning
wait $!
check "a key was turned in between" log_has "refused: a static key that it has its own copy of"
say "at try $try"
turn NO_NEXT_BUDDY
switch_to vmlinux || fail "no way back"
check "state carried back" has NO_NEXT_BUDDY
check "and taken there again" switch_to "$NAME"
check "back" switch_to vmlinux

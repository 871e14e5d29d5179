# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# Eight tasks go in and out of a function that sleeps, so that at each moment some task
# is in it. A switch is refused, in both directions, unless tasks are held at the entry.
# Then it succeeds, and no task remains held.
. "$GUEST_DIR/lib.sh"


# switch_past_them TO FROM: refused without gates, not refused with them.
switch_past_them()
{
	check "they are in sched_setattr()" eventually most_are_inside
	echo 0 >$PARAMETERS/hold_after
	refuse "switch to $1 while they come and go" sh -c "echo $1 >$SYSFS/active"
	is_active "$2" || fail "not $2: $(active)"
	[ "$(stat_of result)" = -16 ] && [ "$(stat_of held)" = 0 ] ||
		fail "result $(stat_of result), held $(stat_of held)"
	echo 3 >$PARAMETERS/hold_after
	for try in 1 2 3 4 5; do
		# No task is held for more than a second, so a slow try may fail.
		! echo "$1" 2>/dev/null >$SYSFS/active || break
		[ "$(stat_of result)" = -16 ] || break
	done
	say "to $1: $(stat_of tries) tries, $(stat_of gates) gates, $(stat_of held) held"
	is_active "$1" || fail "not $1: $(active)"
	[ "$(stat_of gates)" -ge 1 ] && [ "$(stat_of held)" -ge 1 ] || fail "no task was held"
	all_go_on
}

goes_on() { [ "$(slept "$1")" -gt "$2" ]; }
all_go_on()
{
	for pid in "${workers[@]}"; do
		check "worker $pid goes on" eventually goes_on "$pid" $(($(slept "$pid") + 2))
	done
}

# beside_bpf KIND: with a BPF program on the function in which the tasks are. If the kernel
# allows both, the tasks are held; else the switch is refused. All tasks go on.
beside_bpf()
{
	local to
	check "$1" bpf_attach "$1" __x64_sys_sched_setattr
	for to in "$NAME" vmlinux; do
		echo "$to" 2>/dev/null >$SYSFS/active
		say "to $to beside $1: result $(stat_of result), $(stat_of gates) gates," \
			"$(stat_of held) held"
		all_go_on
	done
	bpf_detach
}

# beside_hook: a hook decides where that function goes on, so no task is held.
beside_hook()
{
	local calls
	check "a hook" insmod "$KMOD/schedcut_hook.ko" function=__x64_sys_sched_setattr
	refuse "switch beside a hook" sh -c "echo $NAME >$SYSFS/active"
	[ "$(stat_of result)" = -16 ] && [ "$(stat_of gates)" = 0 ] ||
		fail "result $(stat_of result), gates $(stat_of gates)"
	calls=$(cat /sys/module/schedcut_hook/parameters/calls)
	[ "$calls" -gt 0 ] || fail "the hook has seen no call"
	check "the hook goes" rmmod schedcut_hook
}

cleanup() { kill -9 "${workers[@]}" 2>/dev/null; }
trap cleanup EXIT

check "load modules" modules_load
snapshot_save
come_and_go
switch_past_them "$NAME" vmlinux
switch_past_them vmlinux "$NAME"
for kind in fentry fexit; do
	beside_bpf $kind
done
is_active vmlinux || check "back" switch_to vmlinux
beside_hook
[ -z "$(cat /sys/kernel/debug/kprobes/list | grep -v klp_patch_object)" ] ||
	fail "kprobes are left: $(cat /sys/kernel/debug/kprobes/list)"
cleanup
wait
check "text is restored" snapshot_same
check "unload" modules_unload

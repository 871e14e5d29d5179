# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# After rollback and unload, kernel text, read-only data and the class objects are as
# before, and no word of vmlinux's data points into the module.
. "$GUEST_DIR/lib.sh"

# The first load patches code for good (static keys that stay on): not our change.
load_start
sleep 2
check "load stops" load_stop
snapshot_save

check "load modules" modules_load
range=$(module_range "$NAME")
[ -n "$range" ] || fail "$NAME has no place"
grep -F "	[$NAME]" /proc/kallsyms | sort >/tmp/symbols
load_start
check "switch" switch_to "$NAME"
# The snapshot proves something only if it sees the switch.
! snapshot_same >/dev/null || fail "the switch changed no byte"
sleep 2
# Create and remove what stores pointers: debugfs of CPUs, cgroups, timers. The kernel
# miscounts deadline tasks of a CPU that goes away, with or without us.
echo "schedcut-test: offline begin" >/dev/kmsg
echo 0 >/sys/devices/system/cpu/cpu1/online
echo 1 >/sys/devices/system/cpu/cpu1/online
cat /sys/kernel/debug/sched/features >/dev/null
mkdir /sys/fs/cgroup/passing && rmdir /sys/fs/cgroup/passing
sleep 1
check "roll back" switch_to vmlinux
check "load stops" load_stop
echo "schedcut-test: offline end" >/dev/kmsg
check "unload" modules_unload
check "text and read-only data are as before" snapshot_same

# Nothing follows these pointers: addresses in the middle of a function (callers that
# the stoppers' works store for messages), the bounds of the area in which modules were
# ever loaded, what the unwinder sorted last (the loader leaves both for any module), and
# unused parts of stacks.
hits=$(pointers_into $range | not_in_code /tmp/symbols |
	grep -vE ' (mod_tree|cur_orc_table|cur_orc_ip_table)\+' |
	grep -vE ' (init_stack|irq_stack_backing_store|exception_stacks)\+' || true)
[ -z "$hits" ] || fail "pointers into the module's former range $range:
$hits"

# What was created meanwhile still works without the module.
for file in $(find /sys/kernel/debug/sched -type f); do
	cat "$file" >/dev/null || fail "$file"
done

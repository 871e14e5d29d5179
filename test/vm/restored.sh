# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# After rollback and unload kernel text, read-only data and the class objects
# are what they were, and no word of vmlinux's data points into the module.
. "$GUEST_DIR/lib.sh"

# Code that a first load patches (static keys that stay on) is not our matter.
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
# The snapshot has to see the switch, or it proves nothing.
! snapshot_same >/dev/null || fail "the switch changed no byte"
sleep 2
# Create and drop what keeps pointers: debugfs of CPUs, cgroups, timers. What a CPU
# that goes away makes of deadline tasks is not our fault.
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

# Not followed by anybody: addresses in the middle of a function (callers that
# the stoppers' works remember to be printed), the bounds of the area that
# modules were ever seen in, what the unwinder sorted last (both left by the
# loader for any module), and stacks beyond their end.
hits=$(pointers_into $range | not_in_code /tmp/symbols |
	grep -vE ' (mod_tree|cur_orc_table|cur_orc_ip_table)\+' |
	grep -vE ' (init_stack|irq_stack_backing_store|exception_stacks)\+' || true)
[ -z "$hits" ] || fail "pointers into the module's former range $range:
$hits"

# What was created meanwhile still works without the module.
for file in $(find /sys/kernel/debug/sched -type f); do
	cat "$file" >/dev/null || fail "$file"
done

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# The tools of the other tests work on the untouched kernel: the load runs and leaves
# nothing, the snapshot is stable under it and finds one changed byte, and the scan finds
# an existing pointer.
. "$GUEST_DIR/lib.sh"

is_full() { [ "$(load_running)" -gt 15 ]; }
has_class() { ps -eLo class= -o comm= | grep -qE "^ *$1 +load$"; }
throttles() { [ "$(sed -n 's/^nr_throttled //p' $LOAD_GROUP/quota1/cpu.stat)" -gt 0 ]; }

load_start
check "the load runs" eventually is_full
for class in FF RR DLN B; do
	check "the load has $class tasks" eventually has_class $class
done
check "the quota throttles" eventually throttles
say "$(load_running) processes of load, $(context_switches) context switches since boot"
check "load stops" load_stop
[ ! -d $LOAD_GROUP ] || fail "the load left its cgroup"

snapshot_save
load_start
sleep 2
check "load stops" load_stop
check "the snapshot is stable" snapshot_same

victim=$(printf '%x' $((0x$(address normalize_rt_tasks) + 7)))
echo "$victim 5a" >$PROBE_DIR/poke
! snapshot_same >/dev/null || fail "a changed byte is not seen"
set -- $(cat $PROBE_DIR/diff)
[ "$1" = "$victim" ] || fail "the snapshot names $1, changed was $victim"
echo "$victim $2" >$PROBE_DIR/poke
check "the byte is back" snapshot_same

# vmlinux's data certainly contains init_task's address.
start=$(address init_task)
hits=$(pointers_into "$start" "$(printf '%x' $((0x$start + 8)))" | wc -l)
say "$hits words point to init_task"
[ "$hits" -gt 0 ] || fail "the scan finds no pointer"

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# NEEDS: modules guest feature
# TIMEOUT: 180
#
# Switch from one scheduler to another in one stop, under load. vmlinux's __schedule() is
# not entered in between: a kprobe after its entry would count that. The inactive
# scheduler can be removed and loaded; one always goes back to vmlinux.
. "$GUEST_DIR/lib.sh"

# The next test knows only the first scheduler.
cleanup()
{
	is_active vmlinux || switch_to vmlinux
	second module_remove feature
	second module_remove feature_vmlinux
}
trap cleanup EXIT

# Offset of an instruction of vmlinux's __schedule() after the jump.
behind_entry() { instructions __schedule | awk '$1 >= 16 { print; exit }'; }

entered() { cat $PROBE_DIR/watched; }
not_entered() { [ "$(entered)" = "$1" ] || fail "vmlinux's __schedule() was entered: $1, now $(entered)"; }

probe_load
offset=$(behind_entry)
check "watch __schedule+$offset" sh -c 'printf "%x 1" "$1" >"$2"' watch \
	$((0x$(address __schedule) + offset)) $PROBE_DIR/watch
sleep 0.5
[ "$(entered)" -gt 0 ] || fail "nothing is seen of vmlinux's __schedule()"

check "load the first" modules_load
check "load the second" second modules_load
load_start
check "switch to the first" switch_to scheduler
count=$(entered)
for round in $(seq 10); do
	check "on to the second, round $round" switch_to feature
	not_entered "$count"
	check "and to the first, round $round" switch_to scheduler
	not_entered "$count"
done
refuse "remove what is active" rmmod scheduler
check "to the second" switch_to feature
check "the first can go" module_remove scheduler
check "with its symbols" module_remove scheduler_vmlinux
sleep 1
not_entered "$count"
check "the first comes again" modules_load
check "to the first" switch_to scheduler
not_entered "$count"
check "to the second" switch_to feature
check "roll back" switch_to vmlinux
sleep 0.5
[ "$(entered)" -gt "$count" ] || fail "vmlinux's __schedule() does not run after rollback"
say "vmlinux's __schedule(): $count times before, $(entered) after"
check "load stops" load_stop

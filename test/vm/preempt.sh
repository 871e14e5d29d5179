# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# Where the kernel may be preempted is decided by static calls that the scheduler
# defines. They stay vmlinux's: the module's calls follow them, and who changes the
# mode while the module is active changes it for the whole kernel, for good.
. "$GUEST_DIR/lib.sh"

MODE=/sys/kernel/debug/sched/preempt

mode() { sed -n 's/.*(\(.*\)).*/\1/p' $MODE; }
set_mode() { echo "$1" >$MODE && [ "$(mode)" = "$1" ]; }
# differs: how many bytes are not as they were saved; counts to some limit.
differs() { wc -l <$PROBE_DIR/diff; }

cleanup() { [ -z "$first" ] || echo "$first" >$MODE; }
trap cleanup EXIT

first=$(mode)
[ "$first" = voluntary ] || fail "the mode is not this kernel's default but '$first'"
check "load modules" modules_load
check "switch" switch_to "$NAME"

snapshot_save
check "full preemption" set_mode full
[ "$(differs)" -gt 100 ] || fail "vmlinux has not noticed"
check "as before" set_mode voluntary
check "text is as before" snapshot_same

text=$(sed 's/^0x//' /sys/module/$NAME/sections/.text)
size=$(readelf -SW "$(ko "$NAME")" | sed 's/^ *\[ *[0-9]*\]//' | awk '$1 == ".text" { print $5 }')
echo clear >$PROBE_DIR/save
check "save the module's text" sh -c \
	"echo $text $(printf %x $((0x$text + 0x$size))) >$PROBE_DIR/save"
check "the module's text stays" snapshot_same
check "full preemption" set_mode full
say "bytes that the mode changes in the module: $(differs)"
[ "$(differs)" -gt 100 ] || fail "the module has not noticed"
check "as before" set_mode voluntary
check "the module's text is as before" snapshot_same

check "no preemption" set_mode none
check "roll back" switch_to vmlinux
[ "$(mode)" = none ] || fail "the mode went with the module: it is $(mode)"
check "switch" switch_to "$NAME"
[ "$(mode)" = none ] || fail "the module has a mode of its own: $(mode)"
check "as before" set_mode voluntary
check "roll back" switch_to vmlinux
[ "$(mode)" = voluntary ] || fail "the mode went with the module: it is $(mode)"
check "unload" modules_unload

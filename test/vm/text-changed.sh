# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# Somebody changed a byte that the switch would overwrite: it is refused and
# names the function, and the machine stays as it was. Likewise at rollback.
. "$GUEST_DIR/lib.sh"

# byte_at ADDRESS: what the snapshot's difference says was there.
original() { awk -v a="$1" '$1 == a { print $2 }' $PROBE_DIR/diff; }

check "load modules" modules_load
victim=$(quiet_function) || fail "no quiet function among the redirected ones"
# 7 bytes in: inside the jump, whether it is behind an fentry site (5..9) or,
# with a function that has none, not; then byte 2 is.
address=$(address "$victim")
traceable=$(grep -cx "$victim" $TRACING/available_filter_functions)
place=$(printf '%x' $((0x$address + (traceable ? 7 : 2))))
say "$victim, byte at $place"

snapshot_save
echo "$place 5a" >$PROBE_DIR/poke
byte=$(original "$place")
[ -n "$byte" ] || fail "the byte could not be changed"
snapshot_save
log_mark
refuse "switched over changed text" sh -c "echo $NAME >$SYSFS/active"
check "the log names $victim" log_has "$victim"
log_since | grep "$victim" | sed 's/^/    /'
is_active vmlinux || fail "active is $(active)"
check "nothing else changed" snapshot_same

echo "$place $byte" >$PROBE_DIR/poke
check "switch after repair" switch_to "$NAME"

# The same while active: the jump itself was changed by somebody.
snapshot_save
echo "$place 5a" >$PROBE_DIR/poke
byte=$(original "$place")
snapshot_save
log_mark
refuse "rolled back over changed text" sh -c "echo vmlinux >$SYSFS/active"
check "the log names $victim" log_has "$victim"
is_active "$NAME" || fail "active is $(active)"
check "nothing else changed" snapshot_same
echo "$place $byte" >$PROBE_DIR/poke
check "roll back after repair" switch_to vmlinux
check "unload" modules_unload

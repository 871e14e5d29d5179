# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# The modules of an active scheduler cannot be removed; unknown names cannot be
# made active.
. "$GUEST_DIR/lib.sh"

check "load modules" modules_load
refuse "a scheduler that does not exist is active" sh -c "echo nobody >$SYSFS/active"
is_active vmlinux || fail "active is $(active)"
check "switch" switch_to "$NAME"
for module in "$NAME" "$PROVIDER" schedcut; do
	refuse "$module was removed" rmmod "$module"
	loaded "$module" || fail "$module is gone"
done
is_active "$NAME" || fail "active is $(active)"
before=$(counter __schedule)
sleep 0.5
[ "$(counter __schedule)" -gt "$before" ] || fail "the module is not entered any more"
check "switch to the active one" switch_to "$NAME"
check "roll back" switch_to vmlinux
check "unload" modules_unload
! loaded "$NAME" && ! loaded "$PROVIDER" || fail "modules are left"
loaded schedcut || [ ! -e $SYSFS ] || fail "$SYSFS is still there"

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 1
# NEEDS: guest signed
# TIMEOUT: 300
#
# Only root with CAP_SYS_ADMIN may switch. Any text that is written does no harm, other
# users can read no address, and no alias of the kernel's text stays mapped. With lockdown
# and enforced signatures, unsigned modules are refused and signed ones work. These two
# cannot be turned off again, so this test has a boot of its own.
. "$GUEST_DIR/lib.sh"
SIGNED=$(dirname "$TREE")/signed

# as_nobody COMMAND...
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

# without_admin COMMAND...: as root, with all capabilities except CAP_SYS_ADMIN.
without_admin() { setpriv --bounding-set -sys_admin --inh-caps -all "$@"; }

check "load modules" modules_load
check "switch" switch_to "$NAME"
! alias_mapped || fail "an alias is still mapped: $(grep schedcut_ /proc/vmallocinfo)"
grep -q module /proc/vmallocinfo || fail "vmallocinfo does not name the callers"

# --- who ---
check "nobody can do something" as_nobody true
check "there are user namespaces" unshare -Ur true
files=0
for file in $(find $SYSFS -type f) $(find $PARAMETERS -type f); do
	files=$((files + 1))
	refuse "nobody reads $file" as_nobody cat "$file"
	refuse "nobody writes $file" as_nobody sh -c "echo vmlinux >$file"
	# Even root sees names, not addresses.
	! grep -qE '\b(0x)?ffff[0-9a-f]{12}\b' "$file" || fail "an address in $file"
done
[ $files -ge 10 ] || fail "only $files files"
refuse "root without CAP_SYS_ADMIN switches" without_admin sh -c "echo vmlinux >$SYSFS/active"
is_active "$NAME" || fail "not $NAME: $(active)"
refuse "root without CAP_SYS_ADMIN sets the watchdog" \
	without_admin sh -c "echo 1 >$PARAMETERS/watchdog_ms"
[ "$(cat $PARAMETERS/watchdog_ms)" = 0 ] || fail "the watchdog is on"
refuse "root of a user namespace switches" unshare -Ur sh -c "echo vmlinux >$SYSFS/active"
is_active "$NAME" || fail "not $NAME: $(active)"
! dmesg | grep schedcut: | grep -qE '\bffff[0-9a-f]{12}\b' || fail "an address in the log"

# --- what ---
odd()
{
	head -c "$1" /dev/zero | tr '\0' "$2" >/tmp/odd
	refuse "$1 times '$2'" sh -c "cat /tmp/odd >$3"
}
for size in 1 63 64 65 4095 4096 65536; do
	odd $size a $SYSFS/active
done
for text in '\n' ' ' '%%s%%n' '../vmlinux' 'vmlinuxx' 'vmlinu' '\0vmlinux' 'vmlinux\0x' "$NAME/" '\377\377'; do
	refuse "write '$text'" sh -c "printf '$text' | dd of=$SYSFS/active bs=4096 status=none"
	is_active "$NAME" || fail "'$text' has led to $(active)"
done
echo nobody 2>/tmp/error >$SYSFS/active
check "there is none of that name" grep -q "No such file or directory" /tmp/error
dd if=/dev/urandom of=/tmp/random bs=4096 count=8 status=none
refuse "random bytes" sh -c "dd if=/tmp/random of=$SYSFS/active bs=4096 count=1 status=none"
for parameter in retries retry_delay_ms hold_after watchdog_ms stackcheck fail_at reserve; do
	file=$PARAMETERS/$parameter
	before=$(cat $file)
	for text in x 1x 99999999999999999999 '%d' -x; do
		refuse "$parameter '$text'" sh -c "printf '%s' '$text' >$file"
	done
	odd 4095 9 $file
	[ "$(cat $file)" = "$before" ] || fail "$parameter is $(cat $file)"
done
# Shells and people add spaces and newlines around a name.
check "spaces" sh -c "printf ' vmlinux \n' >$SYSFS/active"
is_active vmlinux || fail "not vmlinux: $(active)"
! alias_mapped || fail "the alias is still mapped after the rollback"
check "remove the scheduler" module_remove "$NAME"
log_mark
refuse "root without CAP_SYS_ADMIN switches by loading" \
	without_admin insmod "$(ko "$NAME")" activate=1
check "the log says so" log_has "$NAME refused: .*CAP_SYS_ADMIN"
is_active vmlinux || fail "not vmlinux: $(active)"
check "load without switching" without_admin insmod "$(ko "$NAME")"
check "remove it" module_remove "$NAME"
check "root switches by loading" insmod "$(ko "$NAME")" activate=1
is_active "$NAME" || fail "not $NAME: $(active)"
check "roll back" switch_to vmlinux
check "unload" modules_unload

# --- signatures ---
check "a certificate" insmod "$KMOD/schedcut_trust.ko" keyring=0x$(address secondary_trusted_keys) \
	certificate="$SIGNED/cert.der"
rmmod schedcut_trust
mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown
grep -q '\[integrity\]' /sys/kernel/security/lockdown || fail "no lockdown"
log_mark
refuse "an unsigned module in lockdown" insmod "$TREE/schedcut.ko"
check "the kernel says so" log_has "Lockdown: .*unsigned module loading is restricted"
echo 1 >/sys/module/module/parameters/sig_enforce
log_mark
refuse "an unsigned module where signatures are enforced" insmod "$TREE/schedcut.ko"
check "the kernel says so" log_has "Loading of unsigned module is rejected"
TREE=$SIGNED
check "load signed modules" modules_load
check "switch" switch_to "$NAME"
before=$(context_switches)
sleep 1
[ "$(context_switches)" -gt "$before" ] || fail "nothing runs"
check "roll back" switch_to vmlinux
check "unload" modules_unload

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# The modules of an active scheduler cannot be removed, and unknown names cannot become
# active. Commands for installed modules switch or fail. The log and the scheduler's files
# say which build is active. After a rollback, kernel threads that would sleep in the
# runtime for long are woken, so that it can be unloaded.
. "$GUEST_DIR/lib.sh"

# audit: make kauditd run, which it does not otherwise. 1107 is AUDIT_USER_AVC, which is
# logged even if auditing is off.
audit()
{
	python3 -c '
import socket, struct
text = b"schedcut-test\0"
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9).send(
    struct.pack("=IHHII", 16 + len(text), 1107, 1, 1, 0) + text)'
}
# The linker's build ID of MODULE, and what the module says about its sources.
build_id() { readelf -n "$(ko "$1")" | awk '/Build ID:/ { print $3 }'; }
commit() { modinfo -F schedcut_commit "$(ko "$NAME")"; }
sources() { modinfo -F schedcut_sources "$(ko "$NAME")"; }
# Install the modules as modules_install and depmod do, and modprobe from there.
install_modules()
{
	local dir
	root=$(mktemp -d)
	dir=$root/lib/modules/$(uname -r)
	mkdir -p "$dir/extra" && touch "$dir"/modules.{order,builtin} &&
	cp "$(ko schedcut)" "$(ko "$PROVIDER")" "$(ko "$NAME")" "$dir/extra" &&
	depmod -b "$root" "$(uname -r)"
}
from_root() { modprobe -d "$root" "$@"; }
left_stub() { ! grep -q schedcut_ /proc/$1/stack; }

check "load modules" modules_load
refuse "a scheduler that does not exist is active" sh -c "echo nobody >$SYSFS/active"
is_active vmlinux || fail "active is $(active)"
log_mark
check "switch" switch_to "$NAME"
check "the log says which build" log_has \
	"$NAME is active: release $(uname -r), .* commit $(commit), sources $(sources), build ID $(build_id "$NAME")$"
for line in "release $(uname -r)" "commit $(commit)" "sources $(sources)" \
	    "build_id $(build_id "$NAME")"; do
	check "$line" grep -qxF "$line" "$SYSFS/schedulers/$NAME/version"
done
check "build of the runtime" grep -qx "build_id $(build_id schedcut)" $SYSFS/version
for module in "$NAME" "$PROVIDER" schedcut; do
	refuse "$module was removed" rmmod "$module"
	loaded "$module" || fail "$module is gone"
done
is_active "$NAME" || fail "active is $(active)"
before=$(counter __schedule)
sleep 0.5
[ "$(counter __schedule)" -gt "$before" ] || fail "the module is not entered any more"
check "switch to the active one" switch_to "$NAME"
log_mark
check "audit" audit
check "kauditd runs" eventually log_has "audit: .*schedcut-test" >/dev/null
sleep 0.5
check "roll back" switch_to vmlinux
# On 6.1 and later this thread sleeps until it is woken or frozen.
check "kauditd leaves the stub" eventually left_stub "$(pgrep -x kauditd)"
check "unload" modules_unload

check "install" install_modules
check "the runtime is there" eval 'loaded schedcut || from_root schedcut'
check "modprobe switches" from_root --first-time "$NAME" activate=1
is_active "$NAME" || fail "active is $(active) after modprobe"
check "roll back" switch_to vmlinux
refuse "modprobe says nothing" from_root --first-time "$NAME" activate=1
is_active vmlinux || fail "active is $(active)"
check "modprobe of what is there" from_root "$NAME"
check "switch" switch_to "$NAME"
check "roll back" switch_to vmlinux
check "modprobe removes" from_root -r "$NAME"
check "modprobe loads" from_root "$NAME"
check "switch" switch_to "$NAME"
check "roll back" switch_to vmlinux
check "unload" modules_unload
! loaded "$NAME" && ! loaded "$PROVIDER" || fail "modules are left"
loaded schedcut || [ ! -e $SYSFS ] || fail "$SYSFS is still there"

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# A provider for another kernel is refused with the reason, and the machine is as before.
# So is a scheduler whose records are not laid out as its provider says.
. "$GUEST_DIR/lib.sh"

# Flip a bit of the running kernel's build ID wherever the module has it.
cat >/tmp/patch.py <<'END'
import struct, sys

notes = open("/sys/kernel/notes", "rb").read()
at, build_id = 0, None
while at < len(notes):
    namesz, descsz, kind = struct.unpack_from("<3I", notes, at)
    name = notes[at + 12:at + 12 + namesz]
    desc = at + 12 + (namesz + 3 & ~3)
    if name == b"GNU\0" and kind == 3:
        build_id = notes[desc:desc + descsz]
    at = desc + (descsz + 3 & ~3)
module = open(sys.argv[1], "rb").read()
changed = module
for needle in (build_id, build_id.hex().encode()):
    other = bytes([needle[0] ^ 1]) + needle[1:]
    changed = changed.replace(needle, other)
if changed == module:
    sys.exit("the build ID is not in " + sys.argv[1])
open(sys.argv[2], "wb").write(changed)
END

# The runtime may still be loaded from an earlier test, if a task sleeps in its stub.
if ! loaded schedcut; then
	check "load the runtime" insmod "$(ko schedcut)"
	parameters_save
fi
check "make a provider of another kernel" \
	python3 /tmp/patch.py "$(ko "$PROVIDER")" "/tmp/$PROVIDER.ko"
snapshot_save
log_mark
refuse "a provider of another kernel was loaded" insmod "/tmp/$PROVIDER.ko"
check "the log names the reason" log_has "build.?id"
log_since | sed 's/^/    /'
! loaded "$PROVIDER" || fail "the provider is there"
refuse "the scheduler was loaded without its provider" insmod "$(ko "$NAME")"
! loaded "$NAME" || fail "the scheduler is there"
check "nothing changed" snapshot_same

# A provider with another digest, like that of another cut; the scheduler is unchanged.
cat >/tmp/digest.py <<'END'
import re, sys

digest = re.search(r"schedcut_layout = 0x(\w+);", open(sys.argv[1]).read()).group(1)
needle = int(digest, 16).to_bytes(8, "little")
module = open(sys.argv[2], "rb").read()
if module.count(needle) != 1:
    sys.exit("the digest is not in " + sys.argv[2])
open(sys.argv[3], "wb").write(module.replace(needle, needle[:7] + bytes([needle[7] ^ 1])))
END
check "make a provider with another digest" \
	python3 /tmp/digest.py "$TREE/generated/symbols.c" "$(ko "$PROVIDER")" "/tmp/$PROVIDER.ko"
log_mark
check "load that provider" insmod "/tmp/$PROVIDER.ko"
refuse "a scheduler with other layouts was loaded" insmod "$(ko "$NAME")"
check "the log names the reason" log_has "$NAME refused: its records have another layout"
! loaded "$NAME" || fail "the scheduler is there"
check "remove the provider" rmmod "$PROVIDER"
check "nothing changed" snapshot_same
# The right one still works.
check "load modules" modules_load
check "switch" switch_to "$NAME"
check "roll back" switch_to vmlinux
check "unload" modules_unload

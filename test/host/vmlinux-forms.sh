# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
# TIMEOUT: 900
#
# A vmlinux in another form gives the same tree, except for its name in local.mk.
set -e

# Unpacked files are removed with this test, except the source, which existed before.
mkdir -p cache/schedcut
ln -s "${XDG_CACHE_HOME:-$HOME/.cache}/schedcut/source" cache/schedcut/source
export XDG_CACHE_HOME=$PWD/cache

# same_tree VMLINUX [DIFF_OPTION...]
same_tree()
{
	local vmlinux=$1
	shift
	echo "--- $vmlinux"
	cut_into "$PWD/tree" --force --vmlinux "$vmlinux"
	diff -r --exclude=.git --exclude=local.mk "$@" "$WORK/cut" tree
	grep -qF "$vmlinux" tree/local.mk
}

# A compressed file with compressed sections.
objcopy --compress-debug-sections=zstd "$VMLINUX" whole
zstd -q --rm whole
same_tree "$PWD/whole.zst"
rm whole.zst

# Two halves as objcopy makes them: symbols and relocations are with the debug
# information. The code is compressed, as distributions do it.
mkdir objcopy
objcopy --only-keep-debug --compress-debug-sections=zlib "$VMLINUX" objcopy/vmlinux.debug
objcopy --strip-all "$VMLINUX" objcopy/vmlinux
zstd -q --rm objcopy/vmlinux
same_tree "$PWD/objcopy/vmlinux.debug"
rm -r objcopy

# Two halves as elfutils makes them: relocations, and their symbols, are with the code.
mkdir -p eu/.debug
eu-strip -o eu/vmlinux -f eu/.debug/vmlinux.debug "$VMLINUX"
same_tree "$PWD/eu/vmlinux"

# Joined again by eu-unstrip, which keeps one symbol for all files of one name, and
# leaves relocations that name other symbols. So the report lacks the file of some data.
eu-unstrip -o whole eu/vmlinux eu/.debug/vmlinux.debug
rm -r eu
same_tree "$PWD/whole" --exclude=boundary.yaml --exclude=boundary.html
grep -q "^references_from: scan$" tree/boundary.yaml
diff <(sed 's/, in: [^,}]*//; /^references_from/d' "$WORK/cut/boundary.yaml") \
	<(sed 's/, in: [^,}]*//; /^references_from/d' tree/boundary.yaml)

# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
# TIMEOUT: 900
#
# A vmlinux in another form gives the same tree, but for its name in local.mk.
set -e

# What is unpacked goes with this test, but for the source, which is there already.
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
# information; and the code as a distribution packs it.
mkdir objcopy
objcopy --only-keep-debug --compress-debug-sections=zlib "$VMLINUX" objcopy/vmlinux.debug
objcopy --strip-all "$VMLINUX" objcopy/vmlinux
zstd -q --rm objcopy/vmlinux
same_tree "$PWD/objcopy/vmlinux.debug"
rm -r objcopy

# As elfutils makes them: relocations, and symbols for them, are with the code.
mkdir -p eu/.debug
eu-strip -o eu/vmlinux -f eu/.debug/vmlinux.debug "$VMLINUX"
same_tree "$PWD/eu/vmlinux"

# Put together again by eu-unstrip, which leaves one mark of all files of one name
# and relocations that name other symbols. The report does not know the file of
# some data then.
eu-unstrip -o whole eu/vmlinux eu/.debug/vmlinux.debug
rm -r eu
same_tree "$PWD/whole" --exclude=boundary.yaml --exclude=boundary.html
grep -q "^references_from: scan$" tree/boundary.yaml
diff <(sed 's/, in: [^,}]*//; /^references_from/d' "$WORK/cut/boundary.yaml") \
	<(sed 's/, in: [^,}]*//; /^references_from/d' tree/boundary.yaml)

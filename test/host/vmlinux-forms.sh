# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# A vmlinux in another form gives the same tree, but for its name in local.mk.
set -e

# same_tree VMLINUX
same_tree()
{
	echo "--- $1"
	cut_into "$PWD/tree" --force --vmlinux "$1"
	diff -r --exclude=.git --exclude=local.mk "$WORK/cut" tree
	grep -qF "$1" tree/local.mk
	rm "$1"
}

# Compressed debug information; test_kernel has zlib-gnu, too.
for format in zlib zstd; do
	objcopy --compress-debug-sections=$format "$VMLINUX" $format
	same_tree "$PWD/$format"
done

# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel tool
# TIMEOUT: 1800
#
# If the rules put headers of uapi/ and of the architecture into the tree, the tree is
# compiled with these, and <linux/NAME.h> is not the uapi header of that name. The
# check sees their edits, whether the tree was built or not.
set -e
UAPI=include/uapi/linux/sched/types.h
ARCH=arch/x86/include/asm/thread_info.h

{ cat "$RULES"; echo "extra_files: [$UAPI, $ARCH]"; } >rules.yaml
cut_into "$PWD/tree" --config "$PWD/rules.yaml"

# finds TREE REGEX: the check of the tree reports it.
finds()
{
	local status=0
	"$SCHEDCUT" check -q --headers "$HEADERS" --vmlinux "$VMLINUX" "$1" 2>findings || status=$?
	cat findings
	[ "$status" -eq 1 ]
	grep -qE "^$2" findings
	git -C "$1" checkout -q .
}

# edits_are_found TREE
edits_are_found()
{
	sed -i 's/^\t__u32 sched_policy;/\t__u32 mine;\n&/' "$1/$UAPI"
	finds "$1" "$1/$UAPI:[0-9:]+ error: struct sched_attr now has 64 bytes, but objects that vmlinux has made have 56"
	echo '#error edited here' >>"$1/$ARCH"
	finds "$1" "$1/$ARCH:[0-9:]+ error: .*edited here"
}

echo "# before the build"
edits_are_found tree

echo "# what is compiled"
tree_make tree modules 2>&1 | tee make.log
[ -z "$(grep 'warning:' make.log)" ]
tr ' ' '\n' <tree/generated/unit/.core.o.cmd | grep '^/' | sort -u >read
grep -qx "$PWD/tree/$UAPI" read
grep -qx "$PWD/tree/$ARCH" read
[ "$(grep -cE "/($UAPI|$ARCH)\$" read)" = 2 ]
[ -n "$(grep -E '/include/linux/sched/types\.h$' read)" ]

echo "# after the build, here, elsewhere and in a copy"
edits_are_found tree
mv tree moved
edits_are_found moved
cp -a moved tree
edits_are_found moved

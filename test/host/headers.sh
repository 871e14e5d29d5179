# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel tool
# TIMEOUT: 1800
#
# Headers of uapi/ and of the architecture that the rules put into the tree are
# those that are compiled, and <linux/NAME.h> is not the uapi header of that name.
# Their edits are compared, whether the tree was built or not.
set -e
UAPI=include/uapi/linux/sched/types.h
ARCH=arch/x86/include/asm/thread_info.h

{ cat "$RULES"; echo "files: [$UAPI, $ARCH]"; } >rules.yaml
cut_into "$PWD/tree" --config "$PWD/rules.yaml"

# finds TREE REGEX: the check of the tree as it is says so.
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

echo "# before there is a build"
edits_are_found tree

echo "# what is compiled"
tree_make tree modules 2>&1 | tee make.log
[ -z "$(grep 'warning:' make.log)" ]
tr ' ' '\n' <tree/generated/unit/.core.o.cmd | grep '^/' | sort -u >read
grep -qx "$PWD/tree/$UAPI" read
grep -qx "$PWD/tree/$ARCH" read
[ "$(grep -cE "/($UAPI|$ARCH)\$" read)" = 2 ]
[ -n "$(grep -E '/include/linux/sched/types\.h$' read)" ]

echo "# after it, here, elsewhere and in a copy"
edits_are_found tree
mv tree moved
edits_are_found moved
cp -a moved tree
edits_are_found moved

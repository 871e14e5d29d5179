# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: modules
# TIMEOUT: 900
#
# modpost refuses a module with unknown symbols; make says where they are asked
# for and what to do. `schedcut refresh` provides those that vmlinux has.
set -e
. "$ROOT/test/check/run"
cp -a "$WORK/tree" tree

# build PATCH: make fails, and says what the patch announces.
build()
{
	git -C tree apply "$1"
	if tree_make "$PWD/tree" modules VMLINUX="$VMLINUX" >said 2>&1; then
		echo "the build did not fail"
		exit 1
	fi
	grep -E '^(kernel|generated)/.*: error: ' said >findings || { cat said; exit 1; }
	sed -i 's|^|tree/|' findings
	"$PATCHES/compare" tree findings "$1"
}

build "$PATCHES/built/refused.patch"
cp -r tree/generated before
if "$SCHEDCUT" refresh --headers "$HEADERS" --vmlinux "$VMLINUX" tree 2>said; then exit 1; fi
[ "$(grep -c ': error: .* cannot be provided: ' said)" = 5 ]
diff -r before/symbols.c tree/generated/symbols.c
git -C tree checkout -q .

build "$PATCHES/built/provided.patch"
"$SCHEDCUT" refresh --headers "$HEADERS" --vmlinux "$VMLINUX" tree | tee said
printf 'added: %s\n' printk_trigger_flush vml.build_utility.core_kernel_text | diff - said
echo "# what was there is as it was"
! git -C tree diff -U0 generated | grep '^-[^-]'
LC_ALL=C sort -c <(sed -n 's/^\tS("\([^"]*\)".*/\1/p' tree/generated/symbols.c)
tree_make "$PWD/tree" modules
expect
[ ! -s findings ]

echo "# a static function that is entered from outside takes its redirect along"
build "$PATCHES/built/moved.patch"
"$SCHEDCUT" refresh --headers "$HEADERS" --vmlinux "$VMLINUX" tree | tee said
echo 'moved: schedstat_stop from build_utility to fair' | diff - said
tree_make "$PWD/tree" modules
"$SCHEDCUT" check tree 2>findings
[ ! -s findings ]
git -C tree checkout -q .

echo "# a tool that is not there is said to be missing, and the tree builds all the same"
PATH=/usr/sbin:/usr/bin:/sbin:/bin tree_make "$PWD/tree" modules SCHEDCUT=no-such-tool >said
grep -q '^not checked: schedcut is not installed' said

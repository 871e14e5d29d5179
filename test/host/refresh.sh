# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: modules
# TIMEOUT: 900
#
# modpost refuses a module with unknown symbols; make says where they are used, and
# what to do. `schedcut refresh` provides those that vmlinux has.
set -e
. "$ROOT/test/check/run"
cp -a "$WORK/tree" tree

# build PATCH: make fails, with the findings that the patch lists.
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
diff -r before/symbols.h tree/generated/symbols.h
git -C tree checkout -q .

build "$PATCHES/built/provided.patch"
echo "# refresh does not need git"
mv tree/.git git
"$SCHEDCUT" refresh --headers "$HEADERS" --vmlinux "$VMLINUX" tree | tee said
printf 'added: %s\n' printk_trigger_flush vml.build_utility.core_kernel_text | diff - said
mv git tree/.git
echo "# all other lines are as they were"
[ -z "$(git -C tree diff -U0 generated | grep '^-[^-]')" ]
LC_ALL=C sort -c <(sed -n 's/^\tS("\([^"]*\)".*/\1/p' tree/generated/symbols.h)
tree_make "$PWD/tree" modules
expect
[ ! -s findings ]

echo "# a static function that vmlinux enters takes its redirect along"
build "$PATCHES/built/moved.patch"
"$SCHEDCUT" refresh --headers "$HEADERS" --vmlinux "$VMLINUX" tree | tee said
echo 'moved: schedstat_stop from build_utility to fair' | diff - said
tree_make "$PWD/tree" modules
"$SCHEDCUT" check tree 2>findings
[ ! -s findings ]
echo "# and back"
git -C tree apply -R "$PATCHES/built/moved.patch"
"$SCHEDCUT" refresh --headers "$HEADERS" --vmlinux "$VMLINUX" tree | tee said
echo 'moved: schedstat_stop from fair to build_utility' | diff - said
git -C tree diff --exit-code

echo "# a missing tool is an error before anything is built; CHECK=no is mentioned last"
touch tree/kernel/sched/core.c
sed -i 's|^SCHEDCUT.*|SCHEDCUT ?= /gone/schedcut|' tree/local.mk
unset SCHEDCUT
if tree_make "$PWD/tree" modules >said 2>&1; then exit 1; fi
grep -q "^local.mk: error: SCHEDCUT is '/gone/schedcut', which cannot be run" said
if grep -q ' CC ' said; then exit 1; fi
tree_make "$PWD/tree" modules CHECK=no >said 2>errors
grep -q ' CC ' said
tail -n 1 errors | grep -q '^Makefile: warning: the tree was NOT CHECKED'

# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: modules
# TIMEOUT: 900
#
# `schedcut check` reports every finding at its line: each patch lists its own.
# Nothing is said about a tree without edits, or about edits that are allowed.
set -e
. "$ROOT/test/check/run"
cp -a "$WORK/tree" tree
export XDG_CACHE_HOME=$PWD/cache

echo "# without edits nothing is said, and nothing is parsed"
expect
[ ! -s findings ]
[ ! -e "$XDG_CACHE_HOME/schedcut/facts" ]

expect "$PATCHES"/findings/*.patch
for patch in "$PATCHES"/alone/*.patch; do
	expect "$patch"
done
expect "$PATCHES"/clean/*.patch
[ ! -s findings ]
expect "$ROOT"/sample-patches/hello/*.patch
[ ! -s findings ]

echo "# an edit is found, whatever happens to git's history"
cut=$(sed -n 's/^cut\t//p' tree/generated/manifest)
commit() { git -C tree -c user.name=t -c user.email=t@t commit -q "$@"; }
grown()
{
	if "$SCHEDCUT" check -q --headers "$HEADERS" tree 2>said; then exit 1; fi
	grep -q '^tree/kernel/sched/sched.h:[0-9]*: error: struct cfs_rq now has ' said
}
sed -i 's/^struct cfs_rq {/&\n\tu64 grown[8];/' tree/kernel/sched/sched.h
grown
echo "# the compiler finds it without the check"
if make -C "$HEADERS" M="$PWD/tree" generated/unit/build_utility.o >said 2>&1; then exit 1; fi
grep -q 'error: static assertion failed: "the size of struct cfs_rq is not as in vmlinux; ' said
commit -a --amend -m cut
grown
git -C tree checkout -q --orphan squashed
commit -m squashed
grown
rm -rf tree/.git
grown
git -C tree init -q
git -C tree add -A -f
commit -m first
grown

echo "# git's settings do not matter, nor does a copy without git"
git -c core.autocrlf=true clone -q "$WORK/cut" clone
[ -z "$(git -C clone status --porcelain)" ]
if grep -q "$(printf '\r')" clone/kernel/sched/core.c; then exit 1; fi
"$SCHEDCUT" check clone 2>said
[ ! -s said ]
rm -rf clone/.git
find clone/kernel clone/generated clone/Kbuild -type f ! -name '*.gz' -exec sed -i 's/$/\r/' {} +
"$SCHEDCUT" check clone 2>said
[ ! -s said ]

echo "# the data that the check compares with is guarded, too"
echo >>clone/generated/cut.tar.gz
if "$SCHEDCUT" check clone 2>said; then exit 1; fi
grep -q "^clone/generated/cut.tar.gz: error: not the archive of cut $cut" said
sed -i 's/^transient\t.*/# &/' clone/generated/manifest
if "$SCHEDCUT" check clone 2>said; then exit 1; fi
grep -q '^clone/generated/manifest:[0-9]*: error: the lines before this one are not' said
mkdir empty
if "$SCHEDCUT" check empty 2>said; then exit 1; fi
grep -q '^empty/generated/manifest: error: cannot read' said
grep -q '^note: empty is not a tree that schedcut made' said

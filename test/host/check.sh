# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: modules
# TIMEOUT: 900
#
# Every finding of `schedcut check` at its line, by patches that announce it;
# and silence about a tree without edits and about edits that are allowed.
set -e
. "$ROOT/test/check/run"
cp -a "$WORK/tree" tree

echo "# nothing edited, nothing said, nothing parsed"
expect
[ ! -s findings ]
[ -z "$(find tree/.git -name 'schedcut-facts-*')" ]

expect "$PATCHES"/findings/*.patch
for patch in "$PATCHES"/alone/*.patch; do
	expect "$patch"
done
expect "$PATCHES"/clean/*.patch
[ ! -s findings ]
expect "$ROOT"/sample-patches/hello/*.patch
[ ! -s findings ]

echo "# without the repository, or without the manifest, nothing can be said"
mkdir empty
if "$SCHEDCUT" check empty 2>said; then exit 1; fi
grep -q '^empty/generated/manifest: error: cannot read' said
grep -q '^note: empty is not a tree that schedcut made' said
rm -rf tree/.git
if "$SCHEDCUT" check tree 2>said; then exit 1; fi
grep -q '^tree: error: no git repository' said

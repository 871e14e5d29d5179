# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: modules
# TIMEOUT: 900
#
# Modules say what they were built from. Two builds with an edit in between differ,
# the commit can be found, and the same sources make the same module.
set -e
PATH=$PATH:/usr/sbin:/sbin
cp -a "$WORK/tree" tree

field() { modinfo -F "$1" "tree/${2:-scheduler}.ko"; }
# said KEY: the identity of the sources, without a build.
said() { sh "$ROOT/kmod-runtime/identity.sh" tree | awk -v key="SCHEDCUT_$1" '$2 == key { print $3 }'; }

tree_make "$PWD/tree" modules
cut=$(git -C tree rev-parse HEAD)
[ "$(git -C tree describe --tags)" = cut ]
[ "$(git -C tree rev-parse "$(field schedcut_commit)")" = "$cut" ]
[[ "$(field schedcut_commit)" != *-dirty ]]
[[ "$(field version)" = *"$(field schedcut_commit)"* ]]
version=$(field version) runtime=$(field version schedcut) sources=$(field schedcut_sources)
cp tree/*.ko .

echo "# an edit, and one more"
echo "// one" >>tree/kernel/sched/build_policy.c
tree_make "$PWD/tree" modules
[[ "$(field schedcut_commit)" = *-dirty ]]
[ "$(field version)" != "$version" ]
[ "$(field version schedcut)" = "$runtime" ]
edited=$(said SOURCES)
[ "$edited" = "\"$(field schedcut_sources)\"" ]
echo "// two" >>tree/kernel/sched/build_policy.c
[ "$(said SOURCES)" != "$edited" ]

echo "# a commit changes the name of the state, not its digest"
sed -i '$d' tree/kernel/sched/build_policy.c
git -C tree -c user.name=test -c user.email=test@schedcut.invalid commit -qam "one"
[ "$(said SOURCES)" = "$edited" ]
commit=$(said COMMIT)
[ "$commit" = "\"cut-1-g$(git -C tree rev-parse --short=12 HEAD)\"" ]

echo "# new sources are edits; notes and built files are not"
echo note >>tree/README.md
echo note >tree/note
[ "$(said COMMIT)" = "$commit" ]
: >tree/kernel/sched/mine.h
[ "$(said COMMIT)" = "${commit%\"}-dirty\"" ]
rm tree/kernel/sched/mine.h

echo "# without git, sources are told apart, too"
mv tree/.git away
[ "$(said COMMIT)" = '"none"' ]
[ "$(said SOURCES)" = "$edited" ]
mv away tree/.git
for path in runtime/core/activate.c include/schedcut/scheduler.h; do
	before=$(said RUNTIME)
	echo "//" >>"tree/$path"
	[ "$(said RUNTIME)" != "$before" ]
done

echo "# the same sources make the same modules"
git -C tree checkout -qf "$cut"
tree_make "$PWD/tree" modules
[ "$(field schedcut_sources)" = "$sources" ]
for module in *.ko; do
	cmp "$module" "tree/$module"
done

# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: modules
#
# A patch written against the kernel applies to the tree with plain git am, and
# the tree builds with it.
set -e
cp -a "$WORK/tree" tree
git -C tree -c user.name=test -c user.email=test@schedcut.invalid \
	am "$ROOT"/sample-patches/hello/*.patch
[ "$(git -C tree diff --stat HEAD^ -- kernel/sched/core.c | grep -c 'core.c')" = 1 ]
tree_make tree modules
grep -q "Hi, I am the new scheduler" "$(find tree -name scheduler.ko | head -n 1)"

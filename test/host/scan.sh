# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# A scan of vmlinux finds the same references as its relocations have, one by one,
# and the cut makes the same tree from them.
set -e
"$WORK/build/compare_refs" "$VMLINUX" kernel/sched/core.c kernel/sched/fair.c \
	kernel/sched/build_policy.c kernel/sched/build_utility.c
cut_into "$PWD/scanned" --scan --verbose 2>&1 | tee notes
# Nothing outside stores an address that goes with the module.
[ -z "$(grep "a copy of its own" notes)" ]
# There is no message about the source that vmlinux was compiled from.
[ -z "$(grep -E 'warning:|than in vmlinux' notes)" ]
grep -q '^references_from: relocations$' "$WORK/cut/boundary.yaml"
grep -q '^references_from: scan$' "$PWD/scanned/boundary.yaml"
diff -r --exclude=.git -I '^"\?references_from"\?:' "$WORK/cut" "$PWD/scanned"

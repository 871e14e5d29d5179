# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# References found by scanning vmlinux are those of its relocations: one by one,
# and in what the cut makes of them.
set -e
"$WORK/build/compare_refs" "$VMLINUX" kernel/sched/core.c kernel/sched/fair.c \
	kernel/sched/build_policy.c kernel/sched/build_utility.c
cut_into "$PWD/scanned" --scan --verbose 2>&1 | tee notes
# Nobody keeps the address of what goes with the module.
[ -z "$(grep "a copy of its own" notes)" ]
# Of the source that vmlinux was compiled from nothing is said.
[ -z "$(grep -E 'warning:|than in vmlinux' notes)" ]
grep -q '^references_from: relocations$' "$WORK/cut/boundary.yaml"
grep -q '^references_from: scan$' "$PWD/scanned/boundary.yaml"
diff -r --exclude=.git -I '^"\?references_from"\?:' "$WORK/cut" "$PWD/scanned"

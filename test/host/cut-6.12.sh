# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: tool
# TIMEOUT: 1500
#
# The 6.12 kernel is cut, although its vmlinux has no relocations, and its tree
# compiles. Entries that indirect calls may use keep their endbr64.
set -e
use_series 6.12
cut_into "$PWD/tree" --verbose 2>&1 | tee notes
# Nothing outside stores an address that goes with the module.
[ -z "$(grep "a copy of its own" notes)" ]
# There is no message about the source that vmlinux was compiled from.
[ -z "$(grep -E 'warning:|than in vmlinux' notes)" ]
"$ROOT/test/lib/sane-boundary" tree
"$ROOT/test/lib/prototypes" "$VMLINUX"
grep -q '^references_from: scan$' tree/boundary.yaml
grep -q '^inlining_known: true$' tree/boundary.yaml
grep -q 'SCHEDCUT_ENDBR | SCHEDCUT_FENTRY }' tree/generated/redirect/core.h
tree_make tree modules 2>&1 | tee make.log
[ -z "$(grep 'warning:' make.log)" ]
[ -s tree/schedcut.ko ] && [ -s tree/scheduler.ko ] && [ -s tree/scheduler_vmlinux.ko ]
grep -aq "vermagic=$REL " tree/scheduler.ko

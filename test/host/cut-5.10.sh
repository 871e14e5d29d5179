# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: tool
# TIMEOUT: 1800
#
# The 5.10 kernel, in which each file is a unit, is cut, and its tree compiles with
# the compiler that built the kernel. Without that compiler the cut is refused.
set -e
host_path=$PATH
use_series 5.10
if [ "$PATH" != "$host_path" ]; then
	if PATH=$host_path cut_into "$PWD/tree" 2>error; then
		exit 1
	fi
	grep -q "error: the kernel's compiler is 'gcc-.*', which is not installed" error
	[ ! -e tree ]
fi
cut_into "$PWD/tree" --verbose 2>&1 | tee notes
# Nothing outside stores an address that goes with the module.
[ -z "$(grep "a copy of its own" notes)" ]
# There is no message about the source that vmlinux was compiled from.
[ -z "$(grep -E 'warning:|than in vmlinux' notes)" ]
"$ROOT/test/lib/sane-boundary" tree
"$ROOT/test/lib/prototypes" "$VMLINUX"
grep -q '^references_from: relocations$' tree/boundary.yaml
grep -q '^inlining_known: true$' tree/boundary.yaml
[ -z "$(grep -l SCHEDCUT_ENDBR tree/generated/redirect/*.h)" ]
# Functions that ftrace calls are not traced, neither in vmlinux nor in the module.
grep -q '^CFLAGS_REMOVE_generated/unit/clock.o' tree/Kbuild
tree_make tree modules 2>&1 | tee make.log
[ -z "$(grep 'warning:' make.log)" ]
[ -z "$(nm tree/generated/unit/clock.o | grep __fentry__)" ]
[ -n "$(nm tree/generated/unit/core.o | grep __fentry__)" ]
[ -s tree/schedcut.ko ] && [ -s tree/scheduler.ko ] && [ -s tree/scheduler_vmlinux.ko ]
grep -aq "vermagic=$REL " tree/scheduler.ko

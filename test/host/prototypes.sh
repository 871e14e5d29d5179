# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel
#
# The runtime declares the kernel's functions with their real types; the tests of the
# other kernels check this, too. A wrong declaration is found.
set -e
"$ROOT/test/lib/prototypes" "$VMLINUX"
sed 's/struct ftrace_func_entry \*(/bool(/; s/kprobe \*(void \*)/kprobe *(void)/' \
	"$ROOT/include/schedcut/kernel_symbols.h" >other.c
if "$ROOT/test/lib/prototypes" "$VMLINUX" other.c >differences; then
	echo "finds nothing"
	exit 1
fi
grep -q "^ftrace_lookup_ip: declared as .'bool'" differences
grep -q "^get_kprobe: declared as " differences
[ "$(grep -c ': declared as' differences)" = 2 ]

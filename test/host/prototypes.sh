# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel
#
# The runtime calls the kernel's functions as what they are; so it is on the other
# kernels, whose tests ask as well. And it shows if it does not.
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

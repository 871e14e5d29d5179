#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# perf probe puts a probe on a module's function at a wrong place if the function's name
# is only in the symbol table.
#
# What:	linux-perf 6.1.192-3 (Debian 12), perf probe -D.
# Input:	a relocatable file like a kernel module, with debug information. An asm
#	label gives victim() another name in the symbol table, victim.mine.
# One would expect: `perf probe victim.mine` means the symbol's address, or fails.
# What happens:	asked for victim, which is in the debug information, perf prints the
#	right place. Asked for victim.mine, it takes the symbol's address and adds the
#	file offset of .text. That is inside next_one(), and perf prints that place,
#	without a warning and with status 0.
# Why it matters: the functions of a scheduler module are called FUNCTION.NAME in its
#	symbol table. Use the plain name with perf probe -m, and the one with the dot
#	for kprobe events, ftrace and BPF, which ask the kernel.
set -eu
version=6.1.192-3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download "linux-perf=$version" >/dev/null 2>&1
dpkg-deb -x linux-perf_*.deb perf
perf=$work/perf/usr/bin/perf
"$perf" --version
gcc --version | head -n 1

cat >module.c <<'END'
int other(int a);
static int __attribute__((noinline, used)) victim(int a) __asm__("victim.mine");
static int __attribute__((noinline, used)) victim(int a) { return other(a) * 3; }
int __attribute__((noinline)) next_one(int a) { return victim(a) + victim(other(a)); }
char modinfo[] __attribute__((section(".modinfo"))) = "name=module";
char this_module[896] __attribute__((section(".gnu.linkonce.this_module")));
END
gcc -g -O2 -ffreestanding -fno-pic -fcf-protection=none -fno-asynchronous-unwind-tables \
	-c module.c -o module.o
ld -r -o module.ko module.o

# symbol NAME; offset: of .text in the file.
symbol() { echo $((0x$(nm module.ko | awk -v name="$1" '$3 == name { print $1 }'))); }
offset=$((0x$(readelf -SW module.ko | sed -n 's/.* \.text  *PROGBITS  *[0-9a-f]* \([0-9a-f]*\).*/\1/p')))
# place NAME: the place that perf prints for it, as a number.
place()
{
	local said function
	said=$("$perf" probe -m "$work/module.ko" -D "$1")
	echo "perf probe -D $1: $said" >&2
	said=${said##*:}
	function=$(symbol "${said%+*}")
	echo $((function + ${said##*+}))
}

echo ".text: offset $offset; victim.mine: $(symbol victim.mine); next_one: $(symbol next_one)"
plain=$(place victim)
dotted=$(place victim.mine)
[ "$plain" = "$(symbol victim.mine)" ]
[ "$dotted" = $(($(symbol victim.mine) + offset)) ]
echo "as described: victim.mine is at $plain, the probe at $dotted"

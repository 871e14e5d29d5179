#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# eu-unstrip reorders symbols, but does not change relocations, which name symbols by
# number.
#
# What:	eu-strip and eu-unstrip of elfutils 0.188-2.1 (Debian 12).
# Input:	a program of two files that are both called core.c, linked with
#	--emit-relocs. `eu-strip -f` splits it into two files, `eu-unstrip` joins them.
# One would expect: relocations name the same symbols as before, and the local symbols
#	of each core.c follow a symbol of type FILE.
# What happens:	one of the two FILE symbols is gone, so that the local symbols of one
#	file seem to belong to another. The relocation of a call names another symbol
#	than the function that is called.
# Why it matters: both errors are silent. In Debian's vmlinux 6.1, 308 of 2,166 FILE
#	symbols are lost, and 304,859 of 377,362 relocations of .text contradict the code.
set -eu
version=0.188-2.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download "elfutils=$version" "libelf1=$version" "libdw1=$version" >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" elfutils; done
export LD_LIBRARY_PATH=$work/elfutils/usr/lib/x86_64-linux-gnu
PATH=$work/elfutils/usr/bin:$PATH

mkdir a b
cat >a/core.c <<'END'
static __attribute__((noinline)) int first(int x) { __asm__ volatile(""); return x + 1; }
extern int second_user(int x);
void _start(void) { second_user(first(1)); for (;;); }
END
cat >b/core.c <<'END'
static __attribute__((noinline)) int second(int x) { __asm__ volatile(""); return x + 2; }
int second_user(int x) { return second(x) * 3; }
END
gcc -g -O2 -fno-pic -no-pie -nostdlib -static -Wl,--emit-relocs a/core.c b/core.c -o whole
eu-strip -o code -f debug whole
eu-unstrip -o again code debug

# files FILE: its FILE symbols; calls FILE: symbols that relocations of .text name, by place
files() { readelf -sW "$1" | awk '$4 == "FILE" { print $8 }'; }
calls()
{
	readelf -rW "$1" | awk '/^Relocation/ { text = /\.rela\.text/ } text && /R_X86/ { print $1, $5 }'
}
for file in whole again; do
	echo "$file: FILE symbols: $(files $file | tr '\n' ' ')"
	calls $file | sed "s/^/$file: /"
done
eu-unstrip --version | head -n 1
[ "$(files whole | grep -c core.c)" -eq 2 ]
[ "$(files again | grep -c core.c)" -eq 1 ]
! diff <(calls whole) <(calls again) >/dev/null

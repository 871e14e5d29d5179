#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# If two function-local statics have the same asm label, clang gives the second one
# another name, without a warning.
#
# What:	clang-14 1:14.0.6-12 (Debian 12), compared with gcc 12.
# Input:	two functions, each with its own static variable, both with the asm label
#	"shared".
# One would expect: an error as from gcc's assembler ("symbol is already defined"), or
#	the label's name for both.
# What happens:	clang's status is 0, also with -Wall -Wextra. The second variable is
#	called shared.1 in the symbol table.
# Why it matters: schedcut joins static data of a module to vmlinux's by asm labels. If
#	two local statics have one label, gcc's build fails. With clang, one variable is
#	silently not joined, and private to the module.
set -eu
version=1:14.0.6-12
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download "clang-14=$version" "libclang-common-14-dev=$version" "libclang-cpp14=$version" \
	"libllvm14=$version" >/dev/null 2>&1
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$work/root/usr/lib/llvm-14/lib:$work/root/usr/lib/x86_64-linux-gnu
clang() { LD_LIBRARY_PATH=$libraries "$work/root/usr/lib/llvm-14/bin/clang" "$@"; }
clang --version | head -n 1
gcc --version | head -n 1

cat >statics.c <<'END'
int *first(void) { static int a __asm__("shared") = 1; return &a; }
int *second(void) { static int b __asm__("shared") = 2; return &b; }
END
status=0
gcc -O2 -c statics.c -o gcc.o 2>said || status=$?
echo "gcc: status $status, $(sed -n '$p' said)"
[ "$status" != 0 ]
grep -q "already defined" said

clang -O2 -Wall -Wextra -Werror -c statics.c -o clang.o
nm clang.o
[ "$(nm clang.o | awk '$2 == "d" { print $3 }' | tr '\n' ' ')" = "shared shared.1 " ]
echo "as described: clang names the second one shared.1"

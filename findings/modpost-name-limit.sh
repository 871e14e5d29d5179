#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# modpost refuses to import a symbol whose name has more than 55 characters, but only
# if the kernel has CONFIG_MODVERSIONS.
#
# What:	modpost of linux-kbuild-6.1 6.1.192-3 (Debian 12).
# Input:	an object that calls one function of another module. The function's name has
#	55, then 56 characters; names in the kernel's symbol table may have 511.
# One would expect: both build, with and without -m, which CONFIG_MODVERSIONS adds.
# What happens:	without -m both build. With -m the shorter name builds, and the longer
#	one is an error, because a version and its name share 64 bytes.
# Why it matters: a scheduler module imports vmlinux's symbols under its own names, with
#	prefix and unit before the symbol. Names of compiler clones are long. So replaced
#	code is named after its address, vml.text.ADDRESS, not after its symbol.
set -eu
version=6.1.192-3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download "linux-kbuild-6.1=$version" >/dev/null 2>&1
dpkg-deb -x linux-kbuild-6.1_*.deb kbuild
modpost=$work/kbuild/usr/lib/linux-kbuild-6.1/scripts/mod/modpost
echo "modpost of linux-kbuild-6.1 $version"

# import LENGTH [-m]: modpost's status for a module that calls a function of that name.
import()
{
	local name status=0

	name=$(printf 'n%.0s' $(seq "$1"))
	cat >main.c <<-END
		extern int $name(void);
		int user(void) { return $name(); }
		char modinfo[] __attribute__((section(".modinfo"))) = "license=GPL";
		char this_module[896] __attribute__((section(".gnu.linkonce.this_module")));
	END
	gcc -ffreestanding -fno-pic -c main.c -o main.o
	echo main.o >main.mod
	: >.main.o.cmd
	printf '0x00000001\t%s\tvmlinux\tEXPORT_SYMBOL_GPL\t\n' "$name" module_layout >in.symvers
	"$modpost" ${2:+"$2"} -i in.symvers -o out.symvers main.o || status=$?
	echo "$1 characters${2:+, $2}: status $status" >&2
	echo "$status"
}

[ "$(import 55)" = 0 ]
[ "$(import 56)" = 0 ]
[ "$(import 55 -m)" = 0 ]
[ "$(import 56 -m 2>said)" != 0 ]
cat said
grep -q "too long symbol" said
echo "as described: 55 characters are the most, and only with -m"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# depmod believes any string in a module's section __ksymtab_strings to be the name of
# an exported symbol.
#
# What:	depmod of kmod 30+20221128-1 (Debian 12).
# Input:	two modules, small relocatable files. `user` needs the symbol `offered`;
#	`provider` has only that string, in __ksymtab_strings. Then the same with a
#	CRC of another symbol in provider.
# One would expect: what a module exports is what its section __ksymtab has, which is
#	what the kernel's loader reads.
# What happens:	depmod does not look at __ksymtab. Of a module that has symbols
#	__crc_NAME it takes these names; of one that has none, the strings. So provider
#	exports `offered` by the string alone, and does not any more when it has a CRC
#	of something else.
# Why it matters: a provider module fills its table of exports when it is loaded. By
#	these strings depmod knows them all the same, and writes the dependency. It
#	must not export anything with a CRC besides.
set -eu
PATH=$PATH:/usr/sbin:/sbin
version=30+20221128-1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download "kmod=$version" "libkmod2=$version" >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" kmod; done
export LD_LIBRARY_PATH=$work/kmod/lib/x86_64-linux-gnu:$work/kmod/usr/lib/x86_64-linux-gnu
ln -s "$work/kmod/bin/kmod" depmod
./depmod --version | head -n 1

modules=root/lib/modules/1.0
mkdir -p $modules
touch $modules/modules.{order,builtin,builtin.modinfo} System.map

# module NAME: from assembly on standard input.
module()
{
	{ echo ".section .modinfo,\"a\"; .asciz \"name=$1\"; .text"; cat; } >"$1.s"
	gcc -c "$1.s" -o "$modules/$1.ko"
}
# says: what depmod has to say of user.ko.
says()
{
	./depmod -n -e -F System.map -b "$work/root" 1.0 2>&1 |
		grep -E '^user\.ko:|needs unknown symbol' | sed 's/.*WARNING/WARNING/'
}

echo 'call offered' | module user
module provider <<'END'
.section __ksymtab_strings,"a"
.asciz "offered"
END
strings=$(says)
echo "strings only:	$strings"
module provider <<'END'
.section __ksymtab_strings,"a"
.asciz "offered"
.global __crc_another
.set __crc_another, 0x12345678
END
crc=$(says)
echo "with a CRC:	$crc"
[ "$strings" = "user.ko: provider.ko" ]
grep -q 'needs unknown symbol offered' <<<"$crc"
echo "as described"

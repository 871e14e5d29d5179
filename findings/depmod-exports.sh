#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# depmod takes every string in a module's section __ksymtab_strings for the name of an
# exported symbol.
#
# What:	depmod of kmod 30+20221128-1 (Debian 12).
# Input:	two modules, small relocatable files. `user` needs the symbol `offered`;
#	`provider` has only that string, in __ksymtab_strings. Then the same with a
#	CRC of another symbol in provider.
# One would expect: a module exports what its section __ksymtab lists, which is what
#	the kernel's loader reads.
# What happens:	depmod does not read __ksymtab. If a module has symbols __crc_NAME,
#	depmod takes these names; if it has none, it takes the strings. So provider
#	exports `offered` because of the string alone. With a CRC of another symbol it
#	does not export it any more.
# Why it matters: a provider module fills its table of exports only when it is loaded.
#	Through these strings depmod knows the exports nevertheless, and writes the
#	dependency. The provider must not also export something with a CRC.
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
# says: depmod's line for user.ko.
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

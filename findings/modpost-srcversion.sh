#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A module's srcversion ignores files that it includes from another directory.
#
# What:	modpost of linux-kbuild-6.1 6.1.192-3 (Debian 12).
# Input:	an object with the dependencies that Kbuild records for it: source/main.c
#	includes source/own.h and other/part.c.
# One would expect: srcversion, a digest of the sources that a module was built from,
#	changes if any of the three files changes.
# What happens:	modpost sums up main.c and own.h, and leaves out part.c, which is in
#	another directory. Comments and white space do not count anywhere.
# Why it matters: wrapper units in generated/ include nearly all of a scheduler module
#	from kernel/sched/, so no edit there changes its srcversion. So builds have
#	identities of their own (kmod-runtime/identity.sh).
set -eu
version=6.1.192-3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download "linux-kbuild-6.1=$version" >/dev/null 2>&1
dpkg-deb -x linux-kbuild-6.1_*.deb kbuild
modpost=$work/kbuild/usr/lib/linux-kbuild-6.1/scripts/mod/modpost
echo "modpost of linux-kbuild-6.1 $version"
gcc --version | head -n 1

mkdir source other
cat >source/main.c <<'END'
#include "own.h"
#include "../other/part.c"
char modinfo[] __attribute__((section(".modinfo"))) = "license=GPL";
char this_module[896] __attribute__((section(".gnu.linkonce.this_module")));
END
echo "int own = 1;" >source/own.h
echo "int part = 1;" >other/part.c
# What Kbuild writes: the objects of the module, and what each depends on.
echo source/main.o >source/main.mod
cat >source/.main.o.cmd <<'END'
source_source/main.o := source/main.c

deps_source/main.o := \
  source/own.h \
  other/part.c \

END

# srcversion: that of the current sources.
srcversion()
{
	gcc -ffreestanding -c source/main.c -o source/main.o
	"$modpost" -a -w -o "$work/symvers" source/main.o >&2
	sed -n 's/^MODULE_INFO(srcversion, "\(.*\)");$/\1/p' source/main.mod.c
}

first=$(srcversion)
echo "int part = 2;" >other/part.c
included=$(srcversion)
echo "int own = 2;" >source/own.h
header=$(srcversion)
echo "as it was:		$first"
echo "other/part.c edited:	$included"
echo "source/own.h edited:	$header"
[ -n "$first" ]
[ "$included" = "$first" ]
[ "$header" != "$first" ]
echo "as described: only the file in the source's own directory counts"

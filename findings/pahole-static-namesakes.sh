#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# If two static functions have the same name, BTF made by pahole 1.24 has only one
# prototype: that of the unit that was linked first.
#
# What:	pahole 1.24-4.1 (Debian 12), and the libdwarves1 of the same source.
# Input:	a program of two units. Each has a static function helper() that is not
#	inlined, one with one parameter, one with two.
# One would expect: two functions called helper, as there are two structs called ctx;
#	or none, because the name is ambiguous (as in later versions).
# What happens:	BTF has one function helper. It has one parameter if the unit with that
#	one is linked first, and two if the other unit is. There is no warning.
# Why it matters: if vmlinux has BTF but no DWARF, the prototype of a static function is
#	known only if no other function of the kernel has its name. schedcut compares
#	no other signatures with BTF's.
set -eu
version=1.24-4.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download "pahole=$version" >/dev/null 2>&1
dpkg-deb -x pahole_*.deb root
pahole() { LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu "$work/root/usr/bin/pahole" "$@"; }
echo "pahole $(pahole --version)"
gcc --version | head -n 1

cat >one.c <<'END'
struct ctx { int a; long b; };
static __attribute__((noinline)) int helper(struct ctx *c) { asm volatile(""); return c->a; }
int one(struct ctx *c) { return helper(c) + 1; }
END
cat >two.c <<'END'
struct ctx { char *name; };
static __attribute__((noinline)) int helper(struct ctx *c, long n) { asm volatile(""); return c->name[n]; }
int two(struct ctx *c, long n) { return helper(c, n) + 2; }
END
cat >main.c <<'END'
int one(void *c);
int two(void *c, long n);
int main(int argc, char **argv) { return one(argv) + two(argv, argc); }
END
gcc -g -O2 -c main.c one.c two.c

cat >list.py <<'END'
"""Names of structs, and names of functions with the number of their parameters, in
the order of a BTF file."""
import struct
import sys

data = open(sys.argv[1], "rb").read()
start, types, types_len, strings, strings_len = struct.unpack_from("<IIIII", data, 4)
names = data[start + strings:start + strings + strings_len]
# Bytes after a type's first twelve: always, and for each of its members.
more = {1: (4, 0), 3: (12, 0), 4: (0, 12), 5: (0, 12), 6: (0, 8), 13: (0, 8), 14: (4, 0),
        15: (0, 12), 17: (4, 0), 19: (0, 12)}
table, at = [None], start + types
while at < start + types + types_len:
    name, info, to = struct.unpack_from("<III", data, at)
    kind, members = info >> 24 & 31, info & 0xffff
    table.append((kind, names[name:names.index(b"\0", name)].decode(), members, to))
    once, each = more.get(kind, (0, 0))
    at += 12 + once + each * members
for kind, name, members, to in table[1:]:
    if kind == 4:
        print("struct", name)
    elif kind == 12:
        print(name, table[to][2])
END

# helper FIRST SECOND: the contents of BTF if the units are linked in this order.
helper()
{
	gcc -g main.o "$1.o" "$2.o" -o program
	pahole --btf_encode_detached=program.btf program
	python3 list.py program.btf | tee /dev/stderr | grep -e "^helper " -e "^struct ctx"
}

structs=$'struct ctx\nstruct ctx'
said=$(helper one two | sort)
[ "$said" = $'helper 1\n'"$structs" ]
said=$(helper two one | sort)
[ "$said" = $'helper 2\n'"$structs" ]
echo "as described: one helper, that of the unit linked first, but both structs"

# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel tool
# TIMEOUT: 900
#
# A vmlinux that is truncated, damaged or malicious: one line says what is wrong with it,
# nothing is written, and no temporary file is left.
set -e

mkdir out tmp
export TMPDIR=$PWD/tmp

# refused REGEX OPTION...
refused()
{
	local regex=$1 status=0
	shift
	echo "--- ${*: -1}: $regex"
	# a minute on an idle machine counts as a hang, too
	timeout 120 "$SCHEDCUT" --config "$RULES" --release "$REL" --source "$SRC_TAR" \
		--headers "$HEADERS" -q -o out/tree --vmlinux "$@" >messages 2>&1 || status=$?
	cat messages
	[ "$status" -eq 1 ]
	[ "$(grep -c "error: " messages)" -eq 1 ]
	[ "$(grep -cv "^note: " messages)" -eq 1 ]
	grep -qE -- "error: .*($regex)" messages
	[ -z "$(ls -A out)" ] && [ -z "$(ls -A tmp)" ] ||
		{ echo "left:"; ls -A out tmp; return 1; }
}

# damaged OFFSET HEXBYTES: a copy of the miniature kernel with these bytes at OFFSET.
damaged()
{
	cp mini damaged
	printf "$(sed 's/../\\x&/g' <<<"$2")" | dd of=damaged bs=1 seek=$(($1)) conv=notrunc status=none
}

(cd "$ROOT/test/golden/mini" && ./build.sh "$OLDPWD/mini")
sections=$(readelf -hW mini | awk '/Start of section headers/ { print $5 }')
# section FIELD_OFFSET NAME: the file offset of that field in the section's header.
field()
{
	echo $((sections + $1 + 64 * $(readelf -SW mini | sed 's/^ *\[ *//; s/\]//' |
				       awk -v name="$2" '$2 == name { print $1 }')))
}
ones=ffffffffffffffff

# Files that are no kernel.
: >empty;				refused "empty" empty
mkfifo fifo;				refused "no regular file" fifo
mkdir directory;			refused "no regular file" directory
refused "no regular file" /dev/zero
refused "not an ELF file" "$RULES"
refused "linux_banner|symbol table" "$SCHEDCUT"
refused "release" mini

# Truncated: headers and strings are at the end.
for size in 1 64 4096 $((sections - 1)) $((sections + 100)); do
	head -c "$size" mini >short;	refused "." short
done

damaged 4 01;				refused "x86-64" damaged
damaged 5 02;				refused "x86-64" damaged
damaged 16 01;				refused "not a linked kernel" damaged
damaged 18 b7;				refused "x86-64" damaged
damaged 40 $ones;			refused "no symbol table" damaged
damaged 60 0000;			refused "no symbol table" damaged
damaged "$(field 24 .text)" $ones;	refused "end of the file" damaged
damaged "$(field 32 .text)" $ones;	refused "wraps around" damaged
damaged "$(field 24 .data)" 0000000000000000
refused "release" damaged
damaged "$(field 40 .symtab)" ffffffff;	refused "string table" damaged
damaged "$(field 0 .text)" ffffffff;	refused "no valid name" damaged
damaged "$(field 32 .strtab)" 0000000000000000
refused "no string table" damaged
# A compressed section that claims to be a petabyte.
damaged "$(field 8 .debug_info)" 0008000000000000
offset=$((0x$(readelf -SW mini | sed 's/^ *\[ *//; s/\]//' |
	     awk '$2 == ".debug_info" { print $5 }')))
printf '\1\0\0\0\0\0\0\0\0\0\0\0\0\0\4\0' |
	dd of=damaged bs=1 seek="$offset" conv=notrunc status=none
refused "claims to hold" damaged

# The real kernel, with all bits of its debug information set, from the first unit on.
cp --reflink=auto "$VMLINUX" vmlinux
read -r offset size < <(readelf -SW vmlinux | sed 's/^ *\[ *//; s/\]//' |
			awk '$2 == ".debug_info" { print $5, $6 }')
head -c $((0x$size - 11)) /dev/zero | tr '\0' '\377' |
	dd of=vmlinux bs=64K seek=$((0x$offset + 11)) oflag=seek_bytes conv=notrunc status=none
refused "DWARF" vmlinux

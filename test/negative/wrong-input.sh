# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel tool
# TIMEOUT: 900
#
# Source, headers and vmlinux that do not belong together are refused: the exit status is
# not 0, a message names the files and what they say, and nothing is written.
set -e

other=${REL/-[0-9]*-cloud/-1-cloud}
[ "$other" != "$REL" ]

# refused REGEX OPTION...: the error matches, after the file's name.
refused()
{
	local regex=$1
	shift
	if cut_into "$PWD/out" "$@" >messages 2>&1; then
		echo "accepted: $*"
		return 1
	fi
	echo "--- $*"
	cat messages
	[ ! -e out ] || { echo "left a tree"; return 1; }
	if grep -qiE "segmentation|assert|sanitizer" messages; then
		return 1
	fi
	grep -qE -- "error: .*($regex)" messages
}

# The same vmlinux with another release in its banner, of the same length, so that
# everything else in the file stays valid.
cat >rename.py <<'END'
import mmap, shutil, sys
source, target, old, new = sys.argv[1:]
shutil.copyfile(source, target)
old, new = old.encode(), new.encode()
new = new[:len(old)].ljust(len(old), b"0")
with open(target, "r+b") as f, mmap.mmap(f.fileno(), 0) as m:
    at, n = m.find(b"Linux version " + old), 0
    while at >= 0:
        m[at + 14:at + 14 + len(old)] = new
        at, n = m.find(b"Linux version " + old, at + 1), n + 1
sys.exit(not n)
END
abi=${REL%-cloud*}
python3 rename.py "$VMLINUX" vmlinux "$abi" "${abi%?}$((9 - ${abi: -1}))"
refused "its banner says release .*, the target is $REL" --vmlinux "$PWD/vmlinux"
rm vmlinux

# Headers of another release.
# The package has many relative links.
cp -rL "$HEADERS" headers
chmod -R u+w headers
find headers -type f \( -name kernel.release -o -name utsrelease.h \) \
	-exec sed -i "s/$REL/$other/" {} +
refused "says release $other, the target is $REL" --headers "$PWD/headers"
find headers -type f \( -name kernel.release -o -name utsrelease.h \) \
	-exec sed -i "s/$other/$REL/" {} +
# A configuration that cannot be cut is reported first, whatever else is wrong.
sed -i 's/^CONFIG_CC_IS_GCC=y/CONFIG_CC_IS_CLANG=y/' headers/include/config/auto.conf
refused "CONFIG_CC_IS_CLANG is set: kernels built by clang" --headers "$PWD/headers" \
	--source "$PWD/nowhere" --vmlinux "$PWD/nowhere"
grep -q "auto.conf:[0-9][0-9]*: error: " messages
rm -r headers

# Source of another version.
mkdir source
tar -xf "$SRC_TAR" -C source --strip-components=1 --wildcards '*/Makefile' '*/kernel/sched/*'
sed -i 's/^SUBLEVEL = .*/SUBLEVEL = 1/' source/Makefile
refused "is of [0-9.]*\.1, but .* says [0-9.]*" --source "$PWD/source"

# Files that do not exist, or have another type.
refused "names no " --vmlinux "$PWD/nowhere"
refused "names no " --headers "$PWD/nowhere"
refused "names no |is no kernel source directory and no tar archive" --source "$PWD/nowhere"
echo "not an ELF file" >text
refused "not an ELF file" --vmlinux "$PWD/text"
refused "is no kernel source directory and no tar archive" --source "$PWD/text"
refused "$other" --release "$other"
# Names that no module can have, or whose NAME-y means something to Kbuild.
for name in "" 9lives a-b vmlinux schedcut obj lib ccflags subdir; do
	refused "not a usable module name" --name "$name"
done
# Places where Kbuild could not build the tree because of a name in the path: reported
# before anything else is read.
mkdir "a b"
for dir in "$PWD/a b/tree" "a b" "$PWD/a:b" "$PWD/100%/" 'a$b' none/tree; do
	if cut_into "$dir" --vmlinux "$PWD/nowhere" >messages 2>&1; then exit 1; fi
	cat messages
	grep -qE 'error: (Kbuild cannot build in a directory of this name|.*No such file)' messages
	if grep -q nowhere messages; then exit 1; fi
done
rmdir "a b"
[ ! -e none ]
# An existing output is not overwritten.
mkdir full && touch full/precious
if cut_into "$PWD/full" >messages 2>&1; then
	echo "overwrote a directory"
	exit 1
fi
[ -e full/precious ]

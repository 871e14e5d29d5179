# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
# TIMEOUT: 900
#
# The result is the same whether one patches the kernel's source and cuts it, or cuts
# it and patches the tree. The patches are real ones: the differences of Debian's other
# versions of this kernel in kernel/sched, one file at a time. A sample is tried, too,
# because there may be no other version.
set -e
. "$ROOT/test/lib/kernel.sh"

# Unpack what a cut reads, and what a patch may make it read.
unpack()
{
	tar -xJ --strip-components=1 -C "$1" --no-same-owner --wildcards \
		'*/Makefile' '*/include' '*/kernel' '*/io_uring' \
		--exclude='*/Documentation' --exclude='*/drivers' --exclude='*/tools'
}

other_versions()
{
	apt-cache madison "linux-source-$SERIES" | awk -F ' *[|] *' '{ print $2 }' |
		sort -uV | grep -vxF "$(cat "$(dirname "$SRC_TAR")/version")"
}

# try_patch PATCH: 0: the same; 1: a difference; 2: one of the ways is impossible.
try_patch()
{
	rm -rf patched cut tree
	cp -al source patched
	patch -s -d patched -p1 <"$1" || return 2
	cp -a "$WORK/cut" tree
	git -C tree apply "$1" || return 2
	SRC_TAR=$PWD/patched cut_into cut || return 2
	diff -r cut/kernel tree/kernel && diff -r cut/generated/unit tree/generated/unit
}

mkdir source
unpack source <"$SRC_TAR"
same=0 differ=0
try_patch "$ROOT"/sample-patches/hello/*.patch
for version in $(other_versions); do
	deb=$(kernel_deb "linux-source-$SERIES" "$version") || continue
	rm -rf other && mkdir other
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/linux-source-$SERIES.tar.xz" |
		unpack other
	for file in $(cd other && find kernel/sched -name '*.[ch]' | sort); do
		! cmp -s "source/$file" "other/$file" || continue
		[ -e "source/$file" ] || continue
		git diff --no-index --no-prefix "source/$file" "other/$file" |
			sed 's, source/, a/,g; s, other/, b/,g' >patch || true
		status=0
		differ=$((differ + 1))
		try_patch "$PWD/patch" || status=$?
		echo "$version $file: $status"
		[ $status -ne 1 ] || exit 1
		[ $status -ne 0 ] || same=$((same + 1))
		[ $same -lt 3 ] || exit 0
	done
done
echo "$same more patches could be tried both ways"
# Listed versions may be missing in the archive, or may not differ.
[ $same -gt 0 ] || [ $differ -eq 0 ]

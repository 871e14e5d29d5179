#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh - the distribution kernel that the tests cut and boot.
#
#   eval "$(test/lib/kernel.sh 6.1)"		or: . test/lib/kernel.sh; kernel_get 6.1
#
# Finds the current Debian cloud kernel of that series, downloads its packages
# once into the cache, and sets
#   REL		release, as in uname -r
#   VMLINUZ	the image to boot
#   VMLINUX	the same kernel with debug information
#   MODULES	.../lib/modules/REL with modules.dep
#   SRC_TAR	the kernel's source, tar.xz
#   HEADERS	build directory for modules
#   PATH		begins with the kernel's compiler, if the host lacks it
# No release and no package version is written here: the archive is asked.
#
# Series that are not the host's come from other Debian suites. Their packages
# are unpacked in the cache, not installed: headers depend on an image, which
# depends on an initramfs. apt learns of the suites only from a configuration in
# the cache, so the host is not changed.

KERNEL_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/schedcut
KERNEL_LIB=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

kernel_say() { echo "kernel: $*" >&2; }

# kernel_suites SERIES: "URL SUITE" of the archives that have it; nothing for the
# host's own series.
kernel_suites()
{
	local mirror=${DEBIAN_MIRROR:-http://deb.debian.org}
	case $1 in
	5.10)
		echo "$mirror/debian bullseye"
		echo "$mirror/debian-security bullseye-security"
		;;
	6.12)
		echo "$mirror/debian bookworm-backports"
		echo "$mirror/debian-security bookworm-security"
		;;
	esac
}

# kernel_apt SERIES: the apt configuration for its suites, written to the cache.
kernel_apt()
{
	local apt=$KERNEL_CACHE/apt-$1 url suite
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	kernel_suites "$1" | while read -r url suite; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
			"$url $suite main"
	done >"$apt/sources.list"
	cat >"$apt/conf" <<-END
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::State::lists "$apt/lists";
		Dir::Cache "$apt/cache";
		APT::Sandbox::User "root";
	END
	echo "$apt/conf"
}

# kernel_candidates SERIES: "RELEASE VERSION" of every cloud kernel for which the
# archive has image, debug information, headers and source in one version. The
# newest comes first.
kernel_candidates()
{
	local arch releases
	arch=$(dpkg --print-architecture)
	releases=$(apt-cache pkgnames "linux-image-$1." | sed 's/^linux-image-//' |
		grep -E -- "-cloud-$arch\$" | sort -rV)
	# madison prints "package | version | where". apt-cache is slow to start,
	# so it runs once.
	printf 'linux-image-%s linux-image-%s-dbg linux-headers-%s\n' \
		$(for release in $releases; do echo "$release $release $release"; done) |
		xargs apt-cache madison "linux-source-$1" |
		awk -F ' *[|] *' -v source="linux-source-$1" -v releases="$releases" '
			{
				sub(/^ +/, "")
				has[$1 " " $2] = 1
				if (!($2 in known)) {
					known[$2] = 1
					versions[++nr] = $2
				}
			}
			END {
				n = split(releases, release, "\n")
				for (i = 1; i <= n; i++)
					for (j = 1; j <= nr; j++) {
						v = versions[j]; r = release[i]
						if (has[source " " v] && has["linux-image-" r " " v] &&
						    has["linux-image-" r "-dbg " v] &&
						    has["linux-headers-" r " " v])
							print r, v
					}
			}'
}

# kernel_deb PACKAGE VERSION: path of that package in the cache. It is downloaded
# if it is missing, or differs from what the archive's (signed) index says.
kernel_deb()
{
	local sum deb tmp
	sum=$(apt-cache show "$1=$2" | sed -n 's/^SHA256: //p' | head -n 1)
	deb=$KERNEL_CACHE/$1_$2_$(apt-cache show "$1=$2" | sed -n 's/^Architecture: //p' |
		head -n 1).deb
	[ -n "$sum" ] || return 1
	if [ -f "$deb" ] && echo "$sum  $deb" | sha256sum --status -c; then
		echo "$deb"
		return
	fi
	kernel_say "downloading $1 $2"
	tmp=$(mktemp -d "$KERNEL_CACHE/download.XXXXXX")
	if (cd "$tmp" && apt-get download -qq "$1=$2" >&2) &&
	   echo "$sum  $(echo "$tmp"/*.deb)" | sha256sum --status -c; then
		mv "$tmp"/*.deb "$deb"
		rm -r "$tmp"
		echo "$deb"
		return
	fi
	rm -r "$tmp"
	return 1
}

# kernel_newest_deb PACKAGE: the same for the newest version that can be downloaded.
kernel_newest_deb()
{
	local version
	for version in $(apt-cache madison "$1" | awk '{ print $3 }'); do
		kernel_deb "$1" "$version" && return
	done
	return 1
}

# kernel_build_debs RELEASE VERSION: paths of the packages that are needed to build
# modules: headers, Kbuild's tools, and the compiler if the host lacks it.
kernel_build_debs()
{
	local depends cc package
	kernel_deb "linux-headers-$1" "$2" || return 1
	depends=$(apt-cache show "linux-headers-$1=$2" | sed -n 's/^Depends: //p')
	cc=$(grep -oE 'gcc-[0-9]+' <<<"$depends" | head -n 1)
	for package in $(grep -oE 'linux-headers-[^ ,]+' <<<"$depends"); do
		kernel_deb "$package" "$2" || return 1
	done
	for package in $(grep -oE 'linux-kbuild-[^ ,]+' <<<"$depends"); do
		kernel_newest_deb "$package" || return 1
	done
	command -v "$cc" >/dev/null && return
	# It uses the same libraries as the host's GCC.
	for package in "$cc" "cpp-${cc#gcc-}" "libgcc-${cc#gcc-}-dev"; do
		kernel_newest_deb "$package" || return 1
	done
}

# kernel_unpack SERIES RELEASE VERSION: fills the cache's directory of RELEASE.
kernel_unpack()
{
	local dir tmp image dbg source build= deb
	dir=$KERNEL_CACHE/debian-$2
	if [ "$(cat "$dir/version" 2>/dev/null)" = "$3" ]; then
		return
	fi
	# First the package that archives lack most often.
	dbg=$(kernel_deb "linux-image-$2-dbg" "$3") &&
	image=$(kernel_deb "linux-image-$2" "$3") &&
	source=$(kernel_deb "linux-source-$1" "$3") || return 1
	if [ -n "$(kernel_suites "$1")" ]; then
		build=$(kernel_build_debs "$2" "$3") || return 1
	fi
	kernel_say "unpacking $2"
	tmp=$(mktemp -d "$KERNEL_CACHE/unpack.XXXXXX")
	(
		set -o pipefail
		cd "$tmp" &&
		dpkg-deb --fsys-tarfile "$image" | tar -x --no-same-owner ./boot ./lib &&
		dpkg-deb --fsys-tarfile "$dbg" |
			tar -x --no-same-owner "./usr/lib/debug/boot/vmlinux-$2" &&
		mv "usr/lib/debug/boot/vmlinux-$2" vmlinux &&
		dpkg-deb --fsys-tarfile "$source" |
			tar -x --no-same-owner "./usr/src/linux-source-$1.tar.xz" &&
		mv "usr/src/linux-source-$1.tar.xz" . &&
		rm -r usr &&
		for deb in $build; do dpkg-deb -x "$deb" . || exit 1; done &&
		{ [ -z "$build" ] ||	# its include names /usr/src
			sed -i "s|/usr/src/|$dir&|" "usr/src/linux-headers-$2/Makefile"; } &&
		PATH=$PATH:/usr/sbin:/sbin depmod -b . -F "boot/System.map-$2" "$2" &&
		chmod -R a+rX . &&
		echo "$3" >version
	) || { rm -rf "$tmp"; return 1; }
	rm -rf "$dir"
	mv -T "$tmp" "$dir"
}

# kernel_choose SERIES [COUNT]: unpack the newest kernel whose packages can really be
# downloaded, of COUNT at most; print "RELEASE VERSION".
kernel_choose()
{
	local release version
	while read -r release version; do
		if kernel_unpack "$1" "$release" "$version"; then
			echo "$release $version"
			return
		fi
		kernel_say "$release $version is listed but cannot be downloaded"
	done < <(kernel_candidates "$1" | head -n "${2:-100}")
	return 1
}

# kernel_get SERIES: sets the variables; 1 with a message if there is none.
kernel_get()
{
	local dir lock found series=$1 foreign= sudo=
	[ "$(id -u)" -eq 0 ] || sudo=sudo
	mkdir -p "$KERNEL_CACHE"
	exec {lock}>"$KERNEL_CACHE/lock"
	flock "$lock"
	if [ -n "$(kernel_suites "$series")" ]; then
		foreign=1 sudo=
		local -x APT_CONFIG
		APT_CONFIG=$(kernel_apt "$series")
	fi
	# There are no lists yet, or they name packages that the archive has dropped.
	found=$(kernel_choose "$series" 1) || {
		$sudo apt-get update -qq >&2
		found=$(kernel_choose "$series") || {
			kernel_say "no $series cloud kernel with debug information and source"
			return 1
		}
	}
	exec {lock}>&-
	REL=${found% *}
	dir=$KERNEL_CACHE/debian-$REL
	if [ -n "$foreign" ]; then
		HEADERS=$dir/usr/src/linux-headers-$REL
		[ ! -d "$dir/usr/bin" ] || PATH=$dir/usr/bin:$PATH
	else
		"$KERNEL_LIB/deps" "linux-headers-$REL=${found#* }" || return 1
		HEADERS=/usr/src/linux-headers-$REL
	fi
	VMLINUZ=$dir/boot/vmlinuz-$REL
	VMLINUX=$dir/vmlinux
	MODULES=$dir/lib/modules/$REL
	SRC_TAR=$dir/linux-source-$series.tar.xz
	export REL VMLINUZ VMLINUX MODULES SRC_TAR HEADERS PATH
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	path=$PATH
	kernel_get "${1:?series, as in 6.1}" || exit 1
	for name in REL VMLINUZ VMLINUX MODULES SRC_TAR HEADERS; do
		printf 'export %s=%q\n' "$name" "${!name}"
	done
	[ "$PATH" = "$path" ] || printf 'export PATH=%q\n' "$PATH"
fi

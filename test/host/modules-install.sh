# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: modules
#
# make modules_install puts the three modules where modprobe finds them, and modprobe
# knows the order of their dependencies.
set -e
PATH=$PATH:/usr/sbin:/sbin
tree_make "$WORK/tree" modules_install INSTALL_MOD_PATH="$PWD/root"
for module in schedcut scheduler_vmlinux scheduler; do
	[ "$(find root/lib/modules/"$REL" -name "$module.ko*" | wc -l)" = 1 ]
done
cp "$MODULES"/modules.builtin* "$MODULES"/modules.order root/lib/modules/"$REL"/
depmod -b "$PWD/root" "$REL"
modprobe -C /dev/null -d "$PWD/root" -S "$REL" --show-depends scheduler | tee order
[ "$(wc -l <order)" = 3 ]
tail -n 1 order | grep -q '/scheduler\.ko'

# depmod knows which module provides each symbol, and writes the dependency on the
# provider because of its symbols.
nm "$VMLINUX" >System.map
depmod -n -e -F System.map -b "$PWD/root" "$REL" >dependencies 2>unknown
cat unknown
[ ! -s unknown ]
grep -q '/scheduler\.ko: .*/scheduler_vmlinux\.ko' dependencies
[ -z "$(modinfo -F softdep "$WORK/tree/scheduler.ko")" ]

# The scheduler's functions have names that vmlinux's do not have, and a second make
# has nothing to do.
plain=$(nm "$WORK/tree/scheduler.ko" | awk '$2 ~ /^[tT]$/ && $3 !~ /\.scheduler$/ { print $3 }')
[ "$(sort <<<"$plain" | xargs)" = "cleanup_module init_module" ]
made=$(stat -c %y "$WORK/tree/scheduler.ko")
tree_make "$WORK/tree" modules
[ "$(stat -c %y "$WORK/tree/scheduler.ko")" = "$made" ]

# Headers of another release, or of another build of this one, are refused before
# anything is compiled, installed or checked.
mkdir -p other/include/generated
for what in "package.h ID 'Debian 0.1'" "utsrelease.h RELEASE '6.6.6-other'"; do
	set -- $what
	cp -L "$HEADERS/include/generated/utsrelease.h" "$HEADERS/include/generated/package.h" \
		other/include/generated
	sed -i "s/$2 \".*\"/$2 \"${what#*\'}\"/; s/'\"/\"/" "other/include/generated/$1"
	for target in modules modules_install check; do
		if make -C "$WORK/tree" "$target" KDIR="$PWD/other" \
		   INSTALL_MOD_PATH="$PWD/none" >said 2>&1; then exit 1; fi
		grep -q "^$PWD/other: error: headers of .*, the tree was cut from " said
	done
	if "$SCHEDCUT" check --headers "$PWD/other" "$WORK/tree" 2>said; then exit 1; fi
	grep -q "^$PWD/other/include/generated/$1: error: says .*, the tree was cut from " said
done
[ ! -e none ]

# SPDX-License-Identifier: GPL-2.0-only
#
# prepare.sh - the steps that tests, demo and bench share. Source it in bash. It needs
# the variables of kernel.sh, ROOT (the repository) and WORK (scratch).

SCHEDCUT=$WORK/install/bin/schedcut
RULES=$ROOT/rules/debian-${SERIES:=6.1}.yaml
export SCHEDCUT RULES

# Build the tool, and install it below $WORK as a user would.
prepare_tool()
{
	local again=
	[ ! -d "$WORK/build" ] || again=--reconfigure
	rm -rf "$WORK/install"
	meson setup $again --prefix "$WORK/install" "$WORK/build" "$ROOT" &&
	meson compile -C "$WORK/build" &&
	meson install -C "$WORK/build" --quiet
}

# cut_into DIR [OPTION...]: cut the current kernel; options come last, so they override.
cut_into()
{
	local dir=$1
	shift
	"$SCHEDCUT" --config "$RULES" --release "$REL" --source "$SRC_TAR" \
		--headers "$HEADERS" --vmlinux "$VMLINUX" "$@" -o "$dir"
}

# unpack_for_patches DIR: unpack the part of the kernel's source that a cut reads, to edit it.
unpack_for_patches()
{
	mkdir "$1" &&
	tar -xJf "$SRC_TAR" -C "$1" --strip-components=1 --no-same-owner --wildcards \
		'*/Makefile' '*/include' '*/kernel' '*/io_uring' \
		--exclude='*/Documentation' --exclude='*/drivers' --exclude='*/tools'
}

# use_series SERIES: fetch that kernel; it is the current one from here on.
use_series()
{
	. "$ROOT/test/lib/kernel.sh"
	kernel_get "$1" || return 1
	SERIES=$1
	RULES=$ROOT/rules/debian-$SERIES.yaml
}

# tree_make DIR [ARGUMENT...]
tree_make()
{
	PATH=$WORK/install/bin:$PATH make -C "$@" KDIR="$HEADERS" -j"$(nproc)"
}

# tree_patch DIR PATCH...: apply them with git am, as an author would.
tree_patch()
{
	local dir=$1
	shift
	git -C "$dir" -c user.name=test -c user.email=test@schedcut.invalid am "$@"
}

# A second scheduler, with sample-patches/feature, cut by that sample's rules.
prepare_feature()
{
	local patch=$ROOT/sample-patches/feature
	rm -rf "$WORK/feature"
	cat "$RULES" "$patch/rules.yaml" >"$WORK/feature.yaml" &&
	cut_into "$WORK/feature" --config "$WORK/feature.yaml" --name feature &&
	tree_patch "$WORK/feature" "$patch"/*.patch &&
	tree_make "$WORK/feature" modules
}

# prepare_patched DIR PATCH...: copy the tests' tree to DIR, patch it and build it.
prepare_patched()
{
	local dir=$1
	rm -rf "$dir" && cp -a "$WORK/tree" "$dir" &&
	tree_patch "$@" &&
	tree_make "$dir" modules
}

# Signed copies of the modules, and the certificate of their key, in $WORK/signed. The
# guest can be made to trust that key.
prepare_signed()
{
	local dir=$WORK/signed module
	rm -rf "$dir"
	mkdir -p "$dir" &&
	openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj /CN=schedcut-test \
		-addext keyUsage=digitalSignature -addext basicConstraints=CA:FALSE \
		-keyout "$dir/key.pem" -out "$dir/cert.pem" &&
	openssl x509 -in "$dir/cert.pem" -outform DER -out "$dir/cert.der" &&
	for module in "$WORK/tree"/*.ko; do
		"$HEADERS/scripts/sign-file" sha256 "$dir/key.pem" "$dir/cert.der" \
			"$module" "$dir/${module##*/}" || return
	done
}

# What the guests need besides the modules.
prepare_guest()
{
	local guest=$WORK/guest
	rm -rf "$guest"
	mkdir -p "$guest" && cp -r "$ROOT/test/vm/kmod" "$guest/kmod" &&
	make -C "$HEADERS" M="$guest/kmod" modules &&
	gcc -O2 -Wall -Wextra -Werror -static -pthread \
		-o "$guest/load" "$ROOT/test/vm/guest/load.c" &&
	gcc -O2 -Wall -Wextra -Werror -static \
		-o "$guest/trampoline" "$ROOT/test/vm/guest/trampoline.c"
}

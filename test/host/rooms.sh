# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: deps
#
# Files include only from their own room and from those that test/rooms allows, and no
# two files need each other (NAME.c and NAME.h count as one). A violation is found.
set -e
"$ROOT/test/lib/rooms" "$ROOT"

# finds LINE FILE REGEX: with LINE added to FILE, one problem is found, and it matches.
finds()
{
	rm -rf copy
	mkdir -p copy/test
	cp -r "$ROOT/src" "$ROOT/kmod-runtime" copy
	cp "$ROOT/test/rooms" copy/test
	echo "$1" >>"copy/$2"
	! "$ROOT/test/lib/rooms" copy >found
	cat found
	[ "$(grep -c . found)" = 1 ]
	grep -qE "$3" found
}
finds '#include "../core/switch.h"' kmod-runtime/base/stub.c "base/stub.c includes core/switch.h"
finds '#include "gate.h"' kmod-runtime/neighbours/kprobes.h "circle: .*neighbours/gate.*neighbours/kprobes"
finds '#include "tree/tree.h"' src/base/util.c "base/util.c includes tree/tree.h"
mkdir copy/src/attic
: >copy/src/attic/old.c
! "$ROOT/test/lib/rooms" copy >found
grep -q "src/attic is not in test/rooms" found

echo "# the tool embeds all files of the runtime"
(cd "$ROOT" && find kmod-runtime include -type f | LC_ALL=C sort) >there
sed -n "s/^ *'\(kmod-runtime\/.*\|include\/.*\)',$/\1/p" "$ROOT/meson.build" | LC_ALL=C sort | diff - there

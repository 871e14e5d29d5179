# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: deps
#
# Links in the documents, and the files and tests that they name, exist. What does not
# exist is found.
set -e
"$ROOT/test/lib/documents" "$ROOT"

# finds LINE REGEX: with LINE added to a document, one problem is found, and it matches.
finds()
{
	rm -rf copy
	mkdir copy
	cp -r "$ROOT/README.md" "$ROOT/docs" "$ROOT/src" "$ROOT/test" "$ROOT/kmod-runtime" \
		"$ROOT/include" "$ROOT/rules" "$ROOT/findings" "$ROOT/sample-patches" "$ROOT/COPYING" copy
	echo "$1" >>copy/docs/rules.md
	! "$ROOT/test/lib/documents" copy >found
	cat found
	[ "$(grep -c . found)" = 1 ]
	grep -qE "^docs/rules.md: $2" found
}
finds 'See [this](gone.md).' "no such file: gone.md"
finds 'See [this](check.md#gone).' "no such heading: check.md#gone"
finds 'See `src/base/gone.c`.' "no such file: src/base/gone.c"
finds 'See `base/gone.h`.' "no such file: base/gone.h"
finds 'See `vm/gone@2`.' "no such test: vm/gone"

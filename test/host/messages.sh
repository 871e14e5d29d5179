# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: deps
#
# Each message of the tool and the runtime is in docs/troubleshooting.md, and that page
# has no message that is not printed any more.
set -e
"$ROOT/test/lib/messages" "$ROOT/docs/troubleshooting.md"

# Both kinds of difference are found.
sed '/^| `exists already` /d' "$ROOT/docs/troubleshooting.md" >without.md
[ "$("$ROOT/test/lib/messages" without.md | grep -c .)" = 1 ]
sed 's/^| `exists already` /| `is there already` /' "$ROOT/docs/troubleshooting.md" >other.md
[ "$("$ROOT/test/lib/messages" other.md | grep -c .)" = 2 ]

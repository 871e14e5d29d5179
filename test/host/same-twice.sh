# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# A second cut is the same, byte for byte: files, modes, and git's tree.
set -e
cut_into "$PWD/again"
first=$(git -C "$WORK/cut" rev-parse 'HEAD^{tree}')
second=$(git -C "$PWD/again" rev-parse 'HEAD^{tree}')
diff -r --exclude=.git "$WORK/cut" "$PWD/again"
[ "$first" = "$second" ]
[ -z "$(git -C "$WORK/cut" status --porcelain)" ]

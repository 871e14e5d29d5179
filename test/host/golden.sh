# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: tool
#
# The miniature kernel is cut as expected, by either reader of references, and
# what comes out compiles and links.
"$ROOT/test/golden/run.sh" "$WORK/build/golden_cut"

# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: tool
#
# The miniature kernel is cut as expected, with either way to find references, and
# the result compiles and links.
"$ROOT/test/golden/run.sh" "$WORK/build/golden_cut"

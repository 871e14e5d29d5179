# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: deps
# TIMEOUT: 900
#
# A minute of fuzzing for each reader of files that others made. By hand, for
# longer: test/fuzz/run SECONDS.
FUZZ_DIR=$PWD/fuzz "$ROOT/test/fuzz/run" 60

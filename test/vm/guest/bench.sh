#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench.sh - guest's part of test/bench, on one CPU under -icount, where time counts
# instructions: the switch's own times, and round trips through a pipe, in turns under
# vmlinux's scheduler and under the module.

. "$GUEST_DIR/lib.sh"
: "${ROUNDS:=2000}" "${TURNS:=5}"

check "load modules" modules_load
"$LOAD" pingpong 200 >/dev/null
for turn in $(seq "$TURNS"); do
	echo "@@ stock $(taskset -c 0 "$LOAD" pingpong "$ROUNDS")"
	log_mark
	check "switch" switch_to "$NAME"
	[ "$turn" != 1 ] || log_since | sed 's/^/@@ log /'
	echo "@@ active $(taskset -c 0 "$LOAD" pingpong "$ROUNDS")"
	log_mark
	check "roll back" switch_to vmlinux
	[ "$turn" != 1 ] || log_since | sed 's/^/@@ log /'
done
check "unload" modules_unload
echo "@@ unloaded $(taskset -c 0 "$LOAD" pingpong "$ROUNDS")"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh - guest's part of test/demo: switch under load, show it, roll back,
# unload. Prints "@@ STEP" when a step has really happened.

. "$GUEST_DIR/lib.sh"

echo "Kernel $(uname -r), $(nproc) CPUs, $(ls -d /proc/[0-9]* | wc -l) processes"
load_start
sleep 2
echo "Mixed load: $(load_running) processes"
log_mark
check "load modules" modules_load
check "switch" switch_to "$NAME"
echo "@@ switched"
sleep 2
echo "Kernel log of the switch:"
log_since
check "the patched line" log_has "scheduler: Hi, I am the new scheduler!"
echo "@@ hello"
for field in "initialization time" "number of CPUs" "number of threads" "stop machine time" \
	     "stop handler time" "stack check time" "total time"; do
	check "the log tells the $field" log_has "$field is [0-9]+"
done
echo "@@ timing"
before=$(counter __schedule)
sleep 1
after=$(counter __schedule)
echo "Context switches through the module in one second: $((after - before))"
[ "$after" -gt "$before" ] || fail "the module is not entered"
echo "@@ active"
log_mark
check "roll back" switch_to vmlinux
log_since
still=$(counter __schedule)
sleep 1
[ "$(counter __schedule)" = "$still" ] || fail "the module is entered after rollback"
[ "$(load_running)" -gt 15 ] || fail "the load died"
echo "@@ rolled-back"
check "unload" modules_unload
! loaded "$NAME" && ! loaded "$PROVIDER" || fail "modules are left"
echo "@@ unloaded"
check "load stops" load_stop

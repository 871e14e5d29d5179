#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench-switch.sh - guest's part of test/bench switch: switch and roll back with various
# numbers of sleeping threads and CPUs, with both kinds of stack check. Prints, for each
# switch, "@@ CPUS THREADS" and its `stats`.

. "$GUEST_DIR/lib.sh"
: "${CPUS:=1}" "${THREADS:=100 1000}" "${TURNS:=3}"
PER_PROCESS=100

# online N: set the first N CPUs online, and the others offline.
online()
{
	local cpu n
	for cpu in $(seq 1 $((GUEST_CPUS - 1))); do
		n=1
		[ "$cpu" -lt "$1" ] || n=0
		[ "$(cat /sys/devices/system/cpu/cpu$cpu/online)" = $n ] ||
			check "CPU $cpu" sh -c "echo $n >/sys/devices/system/cpu/cpu$cpu/online"
	done
}

# asleep N: make N threads sleep.
sleepers=() started=0
asleep()
{
	while [ "$started" -lt "$1" ]; do
		"$LOAD" asleep $PER_PROCESS >/tmp/ready &
		sleepers+=($!)
		read -r _ <&$ready || fail "no more threads"
		started=$((started + PER_PROCESS))
	done
	sleep 1
}

wake_all()
{
	[ ${#sleepers[@]} -eq 0 ] || kill "${sleepers[@]}"
	wait "${sleepers[@]}" 2>/dev/null
	sleepers=() started=0
}

report() { echo "@@ $cpus $threads $(tr '\n' ' ' <$SYSFS/stats)"; }

mkfifo /tmp/ready
exec {ready}<>/tmp/ready
check "load modules" modules_load
# From the most to the fewest, so that CPUs only go offline.
for cpus in $(printf '%s\n' $CPUS | sort -rn); do
	online "$cpus"
	for threads in $THREADS; do
		asleep "$threads"
		for turn in $(seq "$TURNS"); do
			for mode in changed full; do
				echo $mode >$PARAMETERS/stackcheck
				check "switch" switch_to "$NAME"
				report
				check "roll back" switch_to vmlinux
				report
			done
		done
	done
	wake_all
done
check "unload" modules_unload

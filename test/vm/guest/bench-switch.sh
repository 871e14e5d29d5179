#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench-switch.sh - guest's part of test/bench switch: there and back with so
# many threads asleep and so many CPUs online, with both kinds of stack check.
# Prints, for each switch, "@@ CPUS THREADS" and what `stats` says of it.

. "$GUEST_DIR/lib.sh"
: "${CPUS:=1}" "${THREADS:=100 1000}" "${TURNS:=3}"
PER_PROCESS=100

# online N: of all CPUs the first N.
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

# asleep N: have so many threads asleep.
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
# From the most to the fewest: CPUs only have to go.
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

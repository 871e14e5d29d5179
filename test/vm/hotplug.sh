# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2 8
# TIMEOUT: 400
#
# CPUs go and come before, during and after the module's reign, and while the
# switch itself is made.
. "$GUEST_DIR/lib.sh"

cpus=$(nproc)
last=$((cpus - 1))

cpu_set() { echo "$2" >/sys/devices/system/cpu/cpu$1/online; }

# cycle: some CPUs off and on again; each runs a task afterwards.
cycle()
{
	for cpu in 1 $last; do
		check "CPU $cpu off" cpu_set $cpu 0
		[ "$(nproc)" = $((cpus - 1)) ] || fail "CPU $cpu is still there"
		check "CPU $cpu on" cpu_set $cpu 1
		check "a task on CPU $cpu" taskset -c $cpu true
	done
}

# What a CPU that goes away makes of deadline tasks is not our fault.
echo "schedcut-test: offline begin" >/dev/kmsg
load_start
say "before"
cycle
check "load modules" modules_load
# Off across the switch, on under the new scheduler, and the other way round.
cpu_set $last 0
check "switch" switch_to "$NAME"
cpu_set $last 1
check "a task on CPU $last" taskset -c $last true
say "active"
cycle
cpu_set $last 0
check "roll back" switch_to vmlinux
cpu_set $last 1
check "a task on CPU $last" taskset -c $last true
say "after"
cycle

say "at the same time"
touch /tmp/hotplug
while [ -e /tmp/hotplug ]; do
	cpu_set $last 0
	cpu_set $last 1
done &
for round in 1 2 3 4; do
	check "switch with hotplug, round $round" switch_to "$NAME"
	sleep 0.3
	check "roll back with hotplug, round $round" switch_to vmlinux
	sleep 0.2
done
rm /tmp/hotplug
wait
[ "$(nproc)" = "$cpus" ] || fail "CPUs are missing: $(nproc) of $cpus"
for cpu in $(seq 0 $last); do
	check "a task on CPU $cpu" taskset -c $cpu true
done
check "unload under load" modules_unload
check "load stops" load_stop
echo "schedcut-test: offline end" >/dev/kmsg

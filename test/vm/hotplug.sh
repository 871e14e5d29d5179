# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2 8
# TIMEOUT: 400
#
# CPUs go offline and come back before, during and after the time that the module is
# active, and during a switch itself. So do all CPUs of a node: for these the active
# scheduler makes new levels of domains, which outlive it.
. "$GUEST_DIR/lib.sh"

cpus=$(nproc)
last=$((cpus - 1))

cpu_set() { echo "$2" >/sys/devices/system/cpu/cpu$1/online; }

# cycle: take some CPUs offline and online again; each runs a task afterwards.
cycle()
{
	for cpu in 1 $last; do
		check "CPU $cpu off" cpu_set $cpu 0
		[ "$(nproc)" = $((cpus - 1)) ] || fail "CPU $cpu is still there"
		check "CPU $cpu on" cpu_set $cpu 1
		check "a task on CPU $cpu" taskset -c $cpu true
	done
}

node_cycle()
{
	local cpu
	[ -d /sys/devices/system/node/node1 ] || return 0
	for cpu in $(seq $((cpus / 2)) $last); do
		check "CPU $cpu off" cpu_set $cpu 0
	done
	for cpu in $(seq $((cpus / 2)) $last); do
		check "CPU $cpu on" cpu_set $cpu 1
	done
}

domains() { cat /sys/kernel/debug/sched/domains/cpu*/domain*/{name,flags}; }

# The kernel miscounts deadline tasks of a CPU that goes away, with or without us.
echo "schedcut-test: offline begin" >/dev/kmsg
load_start
say "before"
cycle
check "load modules" modules_load
# Offline during the switch, online under the new scheduler, and the other way round.
cpu_set $last 0
check "switch" switch_to "$NAME"
cpu_set $last 1
check "a task on CPU $last" taskset -c $last true
say "active"
cycle
node_cycle
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
node_cycle
before=$(domains)
say "domains: $(echo $(domains | sort -u))"
check "switch" switch_to "$NAME"
node_cycle
check "roll back" switch_to vmlinux
check "unload under load" modules_unload
# Also after other modules have used the module's memory.
check "load modules" modules_load
check "unload" modules_unload
[ "$(domains)" = "$before" ] || fail "domains are not what they were: $(echo $(domains))"
cycle
node_cycle
check "load stops" load_stop
echo "schedcut-test: offline end" >/dev/kmsg

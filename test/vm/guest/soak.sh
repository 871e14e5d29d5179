#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# soak.sh - guest's part of test/soak: switch between two schedulers and vmlinux's at
# random times, in a storm of everything else, until $MINUTES are over or there were
# $CYCLES, if given. Prints a line every minute, and ends at the first anomaly. What
# prevents a switch is tested elsewhere: livepatches of replaced functions in vm/storm,
# broken schedulers and their rescue in vm/watchdog.
#
# On emulated CPUs under load a fork takes longer than a switch, so this forks little.

. "$GUEST_DIR/lib.sh"
. "$GUEST_DIR/storm.sh"
: "${MINUTES:=60}" "${FORKS:=100}" "${STORM_PAUSE:=3}" "${CYCLES:=0}"
# What shows at once; lib/vm reads the whole log at the end.
ANOMALY="WARNING:|BUG:|Oops|stall|lockup|hung task|list_(add|del) corruption|psi: inconsistent|$COMPLAINTS"
# See "storm" there.
STOCK="at kernel/workqueue.c:[0-9]* process_one_work+"

anomaly()
{
	echo "@@ anomaly: $*"
	[ ! -e /tmp/log ] || tail -n 60 /tmp/log
	dmesg | tail -n 60
	exit 1
}

# pause TENTHS: sleep for so many tenths of a second.
mkfifo /tmp/silence
exec {silence}<>/tmp/silence
pause() { local nothing; ! read -rt "$(($1 / 10)).$(($1 % 10))1" -u $silence nothing; }

# step COMMAND...: run it, and remember the slowest of a minute: it explains why a minute
# had few cycles.
slowest=0 slow=
step()
{
	local begin=${EPOCHREALTIME/./} took status
	"$@"
	status=$?
	took=$(((${EPOCHREALTIME/./} - begin) / 1000))
	[ $took -le $slowest ] || slowest=$took slow=$*
	return $status
}

# The checks that are not made in each cycle.
look_around()
{
	local before now
	before=$(context_switches)
	pause 2
	now=$(context_switches)
	[ "$now" -gt "$before" ] || anomaly "nothing runs"
	storm_blows "$FORKS" || anomaly "the load died"
	dmesg -c >/tmp/log
	! grep -E "$ANOMALY" /tmp/log | grep -v "$STOCK" || anomaly "see the log"
}

write() { echo "$1" >"$2"; }
# A BPF program on a function's entry or return, for some seconds.
bpf() { sleep $((RANDOM % 8)) | "$TRAMPOLINE" "$1" set_user_nice >/dev/null & }
# Freezes all tasks, as for suspend to idle, which this guest's virtiofs then refuses.
freeze() { write freeze /sys/power/state; }
# The second scheduler is removed and loaded again, unless it is active. It may become
# active when it is loaded.
reload()
{
	local file
	file=$(second ko feature)
	is_active feature || ! rmmod feature ||
		insmod "$file" activate=$((RANDOM % 2)) || insmod "$file"
}
probe() { probes_clear soak; alone storm_probe soak "$@"; }

# A switch to $1 that fails at some step for lack of memory, if it gets there; or another
# writer that wants the same, and may be killed.
disturb()
{
	local from
	case $((RANDOM % 12)) in
	0)
		read -r from <$SYSFS/active
		write $((1 + RANDOM % 24)) $PARAMETERS/fail_at
		write "$1" $SYSFS/active 2>/dev/null || is_active "$from" ||
			anomaly "a refused switch to $1 has led from $from to $(active)"
		write 0 $PARAMETERS/fail_at
		failed=$((failed + 1))
		;;
	1)
		write "$1" $SYSFS/active 2>/dev/null &
		writer=$!
		[ $((RANDOM % 2)) -ne 0 ] || kill -9 $writer
		;;
	esac
}

# Something that an administrator may do meanwhile. Turning all events on or off at once
# takes emulated CPUs twenty seconds.
events=(sched_switch sched_waking sched_wakeup_new sched_migrate_task sched_stat_runtime)
meddle()
{
	local event enabled
	case $((RANDOM % 14)) in
	0) step write function $TRACING/current_tracer ;;
	1) step write function_graph $TRACING/current_tracer ;;
	2) step write 1 $TRACING/events/sched/${events[RANDOM % ${#events[@]}]}/enable ;;
	3) step kill -STOP $(head -n 5 $LOAD_GROUP/free/cgroup.procs) ;;
	4) step sysctl -q kernel.sched_rt_runtime_us=$((200000 + RANDOM * 20)) ;;
	5) step probe p set_user_nice ;;
	6) step probe r schedule_timeout ;;
	7) step write $((RANDOM % 2 * 60000)) $PARAMETERS/watchdog_ms ;;
	8) step bpf fentry ;;
	9) step bpf fexit ;;
	10) [ $((RANDOM % 4)) -ne 0 ] || step freeze ;;
	11) [ $((RANDOM % 4)) -ne 0 ] || step reload ;;
	12) step insmod "$KMOD/schedcut_hook.ko" ;;
	esac 2>/dev/null
	pause $((RANDOM % 5))
	case $((RANDOM % 2)) in
	0)
		step write nop $TRACING/current_tracer
		for event in "${events[@]}"; do
			read -r enabled <$TRACING/events/sched/$event/enable
			[ "$enabled" = 0 ] || step write 0 $TRACING/events/sched/$event/enable
		done
		step probes_clear soak
		! loaded schedcut_hook || step rmmod schedcut_hook
		step kill -CONT $(cat $LOAD_GROUP/free/cgroup.procs)
		;;
	esac 2>/dev/null
}

echo "try_to_wake_up schedule set_user_nice sched_setaffinity" >$TRACING/set_ftrace_filter
echo schedule >$TRACING/set_graph_function
check "load modules" modules_load
check "load the second scheduler" second modules_load
[ ! -e $PARAMETERS/check_invariants ] || echo 1 >$PARAMETERS/check_invariants
dmesg -C
storm_start "$FORKS"

writer= cycles=0 refused=0 failed=0 longest=0 held=0 begin=$SECONDS minute=0
while [ $((SECONDS - begin)) -lt $((MINUTES * 60)) ]; do
	[ "$CYCLES" -eq 0 ] || [ $cycles -lt "$CYCLES" ] || break
	# As one of hundreds of tasks on emulated CPUs, this script would spend its time
	# waiting for them. So it has normal priority only rarely.
	case $((cycles % 8)) in
	0) chrt -f -p 50 $$ ;;
	7) chrt -o -p 0 $$ ;;
	esac
	kind=(changed changed changed verify full)
	echo "${kind[RANDOM % 5]}" >$PARAMETERS/stackcheck
	targets=("$NAME" feature)
	[ $((RANDOM % 3)) -ne 0 ] || targets=("$NAME" feature "$NAME")
	for to in "${targets[@]}" vmlinux; do
		# On emulated CPUs, changing the tracer takes longer than a switch.
		[ $((RANDOM % 8)) -ne 0 ] || meddle
		switch_busy=0
		step disturb "$to"
		step switch_to "$to" || anomaly "switch to $to"
		[ -z "$writer" ] || wait "$writer" 2>/dev/null
		writer=
		refused=$((refused + switch_busy))
		while read -r key value; do
			[ "$key" != held ] || held=$((held + value))
			[ "$key" != stop_machine_ns ] || [ "$value" -le "$longest" ] || longest=$value
			[ "$key" != missed ] && [ "$key" != violations ] || [ "$value" = 0 ] ||
				anomaly "$key $value"
		done <$SYSFS/stats
	done
	cycles=$((cycles + 1))
	pause $((RANDOM % 5))
	[ $((cycles % 10)) -ne 0 ] || step look_around
	if [ $(((SECONDS - begin) / 60)) -gt $minute ]; then
		minute=$(((SECONDS - begin) / 60))
		say "minute $minute: $cycles cycles, $refused busy answers, $failed failed, $held held," \
			"longest stop $((longest / 1000)) us, $(stat_of threads) threads," \
			"slowest: $slowest ms $slow"
		slowest=0
	fi
done
look_around
probes_clear soak
! loaded schedcut_hook || rmmod schedcut_hook
storm_stop
[ -z "$(cat /sys/kernel/debug/kprobes/list)" ] || anomaly "kprobes are left"
check "unload the second scheduler" second module_remove feature
check "unload its symbols" module_remove feature_vmlinux
check "unload" modules_unload
echo "@@ cycles $cycles"

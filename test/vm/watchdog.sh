# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# TIMEOUT: 400
# NEEDS: guest broken feature
#
# The watchdog takes the machine back from a scheduler that starves a policy, from one
# under which no ordinary task runs, and from one whose code warns, even in the switch.
# If it cannot go back at once, it does not forget. It does nothing to a scheduler that
# only throttles a group by its quota.
. "$GUEST_DIR/lib.sh"
TREE=$(dirname "$TREE")/broken
LIMIT=2000
GROUP=/sys/fs/cgroup/limited

# rescued N LOG: the watchdog has gone back for the N-th time, and the log says LOG.
rescued()
{
	for try in $(seq 120); do
		if is_active vmlinux; then
			[ "$(stat_of rescues)" = "$1" ] || fail "rescues: $(stat_of rescues)"
			check "log" log_has "watchdog: $NAME $2: back to vmlinux"
			log_since | grep -F "watchdog:" | sed 's/^/    /'
			return
		fi
		sleep 0.5
	done
	return 1
}

log_says() { log_since | grep -qF -- "$1"; }

# The rescue may be over before the test can look.
switch_broken() { eventually sh -c "echo $NAME 2>/dev/null >$SYSFS/active"; }

# utime PID: its time in user mode, in ticks.
utime() { awk '{ print $14 }' /proc/$1/stat; }

check "load modules" modules_load
# A starving task breaks the order that the check of run queues knows.
echo 0 >$PARAMETERS/check_invariants
echo $LIMIT >$PARAMETERS/watchdog_ms

# Throttled by its quota for longer than the limit.
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
echo "1000 1000000" >$GROUP/cpu.max
"$LOAD" spin &
limited=$!
echo $limited >$GROUP/cgroup.procs
check "switch" switch_to "$NAME"
for second in $(seq $((LIMIT / 1000 * 4))); do
	sleep 1
	is_active "$NAME" || fail "taken back for nothing"
done
say "throttled for $(sed -n 's/^throttled_usec //p' $GROUP/cpu.stat) us"
kill -9 $limited
check "roll back" switch_to vmlinux
[ "$(stat_of rescues)" = 0 ] || fail "rescues: $(stat_of rescues)"

# Two tasks on one CPU, one of which gets no time.
log_mark
be_broken 1
taskset -c 1 "$LOAD" spin &
one=$!
taskset -c 1 chrt -b 0 "$LOAD" spin &
other=$!
check "one runs" eventually grep -qx load /proc/$one/comm
check "the other one runs" eventually grep -qx load /proc/$other/comm
check "switch" switch_to "$NAME"
check "a starved task is rescued" rescued 1 "has left load/$other waiting for CPU 1 for [0-9]+ ms"
before=$(utime $other)
sleep 3
[ "$(utime $other)" -gt "$before" ] || fail "it does not run with vmlinux's scheduler either"
kill $one $other

# Only real-time tasks run, so this shell does not run either.
log_mark
be_broken 0
check "switch" switch_to "$NAME"
be_broken 2
check "a standstill is ended" rescued 2 "has left .* waiting for CPU [01] for [0-9]+ ms"
be_broken 0
before=$(context_switches)
sleep 0.5
[ "$(context_switches)" -gt "$before" ] || fail "nothing runs"

# The same from the first moment on, after a switch that had to hold tasks: kernel threads
# must remove the gates, and starve like all other tasks.
come_and_go
echo 1 >$PARAMETERS/hold_after
check "they are in sched_setattr()" eventually most_are_inside
check "switch" switch_to "$NAME"
[ "$(stat_of gates)" -ge 1 ] || fail "no task had to be held"
check "roll back" switch_to vmlinux
log_mark
check "they are in sched_setattr()" eventually most_are_inside
be_broken 2
check "switch" switch_broken
check "a standstill right after a switch is ended" rescued 3 "has left .* waiting for CPU [01] for [0-9]+ ms"
be_broken 0
echo 3 >$PARAMETERS/hold_after
kill -9 "${workers[@]}"

# If it cannot go back, it says so once, and tries again later.
log_mark
check "switch" switch_to "$NAME"
check "a probe in the way" probes_set rescue "p set_user_nice+10"
check "load the second scheduler" second modules_load
echo "schedcut-test: warnings begin" >/dev/kmsg
be_broken 3
check "it has to stay" eventually log_says "watchdog: $NAME stays active for now: error -17"
is_active "$NAME" || fail "it did not stay"
[ "$(log_since | grep -c "vmlinux refused: set_user_nice.*a kprobe of .* is there")" = 1 ] ||
	fail "refusals of one rescue: $(log_since | grep refused)"
# It does not forget either if a switch to another scheduler fails at any step.
for step in $(seq 3 8); do
	echo $step >$PARAMETERS/fail_at
	refuse "failing step $step" sh -c "echo feature >$SYSFS/active"
	is_active "$NAME" || fail "step $step: active is $(active)"
done
check "the probe goes" probes_clear rescue
check "it is tried again" rescued 4 "has warned at task_tick_fair.*\[$NAME\]"
echo "schedcut-test: warnings end" >/dev/kmsg
check "unload the second scheduler" second module_remove feature
check "unload its symbols" module_remove feature_vmlinux
log_mark
be_broken 4
echo "schedcut-test: warnings begin" >/dev/kmsg
check "switch" switch_broken
check "a warning in the switch is noticed" \
	rescued 5 "has warned at schedcut_in_stop_activate.*\[$NAME\]"
echo "schedcut-test: warnings end" >/dev/kmsg
be_broken 0

# Turned off, it forgets its reason.
log_mark
echo 0 >$PARAMETERS/watchdog_ms
be_broken 1
check "switch" switch_to "$NAME"
taskset -c 1 "$LOAD" spin &
one=$!
taskset -c 1 chrt -b 0 "$LOAD" spin &
other=$!
sleep $((LIMIT / 1000 * 2))
is_active "$NAME" || fail "taken back though the watchdog is off"
check "roll back" switch_to vmlinux
kill $one $other
wait 2>/dev/null
rmdir $GROUP
check "unload" modules_unload

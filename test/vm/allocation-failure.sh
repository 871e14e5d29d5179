# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# NEEDS: modules guest feature
# TIMEOUT: 240
#
# Every fallible step fails once, the 1st, the 2nd, ... until there are no more: steps
# of loading the runtime, of a registration, of a switch (also between two schedulers),
# and of a rollback. Each time the operation is refused, the log says why, and the machine
# is as before.
. "$GUEST_DIR/lib.sh"

FAIL_AT=$PARAMETERS/fail_at

# failed NAME: a step of NAME has failed, which only the log shows.
failed()
{
	check "step $step: says why" log_has "$1 refused: .*(no memory|error -12)"
	! alias_mapped || fail "step $step: an alias is left"
	check "step $step: nothing changed" snapshot_same
}

# A kprobe after the place of a function's later jump, which is not hit then.
after_jump()
{
	local offset
	echo 0 >/proc/sys/debug/kprobes-optimization
	for offset in $(seq 16 60); do
		probes_set after_jump "p set_user_nice+$offset" && return
	done 2>/dev/null
	return 1
}

# each_step FROM TO: returns with TO active.
each_step()
{
	snapshot_save
	for step in $(seq 200); do
		echo "$step" >$FAIL_AT
		log_mark
		if echo "$2" 2>/tmp/error >$SYSFS/active; then
			echo 0 >$FAIL_AT
			is_active "$2" || fail "no error, but active is $(active)"
			say "$1 -> $2: $((step - 1)) steps failed as they should"
			steps=$((step - 1))
			return
		fi
		echo 0 >$FAIL_AT
		is_active "$1" || fail "step $step: active is $(active)"
		grep -qx "result -12" $SYSFS/stats || fail "step $step: stats say $(stat_of result)"
		grep -qx "to $2" $SYSFS/stats || fail "step $step: stats are of a switch to $(stat_of to)"
		failed "$2"
		[ "$1" != "$NAME" ] || [ "$(counter __schedule)" -gt 0 ] ||
			fail "step $step: the counters are gone"
		check "step $step: both CPUs run" taskset -c $((step % 2)) true
	done
	fail "$1 -> $2 still fails after $step steps: $(cat /tmp/error)"
}

# each_load MODULE NAME COMMAND...: COMMAND loads MODULE and fails at $step; the log has NAME.
each_load()
{
	local module=$1 name=$2
	shift 2
	for step in $(seq 200); do
		log_mark
		if "$@" 2>/tmp/error; then
			say "$module: $((step - 1)) steps failed as they should"
			[ "$step" -gt 1 ] || fail "no step of loading $module could be made to fail"
			return
		fi
		! loaded "$module" || fail "step $step: $module is loaded"
		failed "$name"
	done
	fail "$module still does not load after $step steps: $(cat /tmp/error)"
}

load_runtime()
{
	insmod "$(ko schedcut)" fail_at=$step && parameters_save && return
	[ ! -e $SYSFS ] || fail "step $step: $SYSFS is there"
	return 1
}

load_scheduler()
{
	echo $step >$FAIL_AT
	insmod "$(ko "$NAME")" && return
	[ -z "$(ls $SYSFS/schedulers)" ] || fail "step $step: $(ls $SYSFS/schedulers) is there"
	is_active vmlinux || fail "step $step: active is $(active)"
	return 1
}

snapshot_save
each_load schedcut schedcut: load_runtime
check "load $PROVIDER" insmod "$(ko "$PROVIDER")"
each_load "$NAME" "$NAME" load_scheduler
check "load modules" modules_load
[ -e $FAIL_AT ] || fail "no $FAIL_AT"
check "the watchdog is of the highest priority" \
	[ "$(ps -o rtprio= -p "$(pgrep schedcut-watch)")" -eq 99 ]
# What the watchdog needs besides its thread is allocated in the first switch.
echo 60000 >$PARAMETERS/watchdog_ms
check "a kprobe after a jump" after_jump
each_step vmlinux "$NAME"
[ "$steps" -gt 0 ] || fail "no allocation could be made to fail"
check "load the second scheduler" second modules_load
each_step "$NAME" feature
[ "$steps" -gt 0 ] || fail "no allocation could be made to fail"
each_step feature "$NAME"
each_step "$NAME" vmlinux
echo 0 >$PARAMETERS/watchdog_ms
probes_clear after_jump
echo 1 >/proc/sys/debug/kprobes-optimization
# Without a failure all works.
check "switch" switch_to "$NAME"
check "roll back" switch_to vmlinux
check "unload the second scheduler" second module_remove feature
check "unload its symbols" module_remove feature_vmlinux
check "unload" modules_unload

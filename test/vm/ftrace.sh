# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# The function tracer works on redirected functions: set before the switch, set
# while the module is active, and off again.
. "$GUEST_DIR/lib.sh"

trace_on()
{
	echo >$TRACING/trace
	for function; do
		check "filter takes $function" \
			sh -c 'echo "$1" >>"$2/set_ftrace_filter"' filter "$function" $TRACING
	done
	check "tracer starts" sh -c "echo function >$TRACING/current_tracer"
	echo 1 >$TRACING/tracing_on
}

trace_off()
{
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_ftrace_filter
	! grep -qE "(^|[^_])(wake_up_process|try_to_wake_up) " $TRACING/enabled_functions ||
		fail "still traced: $(cat $TRACING/enabled_functions)"
}

# traced FUNCTION: lines of the trace that show it.
traced() { grep -cE "[ :.]$1(\.[a-z0-9.]+)? " $TRACING/trace; }

# try_to_wake_up's callers are inside the scheduler: with the module active it
# is the module's copy that is entered, under a name of its own;
# wake_up_process is called by everybody.
trace_on '*try_to_wake_up*' wake_up_process
sleep 1
[ "$(traced try_to_wake_up)" -gt 0 ] || fail "no trace on the stock scheduler"
check "load modules" modules_load
check "switch while traced" switch_to "$NAME"
echo >$TRACING/trace
sleep 1
count=$(traced wake_up_process)
say "wake_up_process, traced since before the switch: $count"
[ "$count" -gt 0 ] || fail "the trace ended with the switch"
trace_off

trace_on '*try_to_wake_up*' wake_up_process
sleep 1
count=$(traced wake_up_process)
copies=$(traced '[^ ]*try_to_wake_up')
say "wake_up_process $count, try_to_wake_up $copies"
[ "$count" -gt 0 ] || fail "no trace of wake_up_process while active"
[ "$copies" -gt 0 ] || fail "no trace of try_to_wake_up while active"
trace_off
echo >$TRACING/trace
sleep 0.5
[ "$(traced wake_up_process)" -eq 0 ] || fail "the trace goes on"

# A jump away from a traced function is taken back as cleanly.
trace_on wake_up_process
check "roll back while traced" switch_to vmlinux
echo >$TRACING/trace
sleep 1
[ "$(traced wake_up_process)" -gt 0 ] || fail "no trace after rollback"
trace_off
check "unload" modules_unload

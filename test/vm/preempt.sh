# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# TIMEOUT: 240
#
# Static calls that the scheduler defines decide where the kernel may be preempted. They
# stay vmlinux's, and the module's calls follow them: a change of the mode while the
# module is active holds for the whole kernel, and remains.
#
# A fully preemptible kernel leaves tasks in three places that their stacks do not show:
# in the detours of optimised kprobes, in the middle of functions that their stacks do
# not name, and in the function graph tracer's code between a function and its caller,
# which unwinders take for the end of the stack. Such tasks also prevent a switch.
. "$GUEST_DIR/lib.sh"

MODE=/sys/kernel/debug/sched/preempt

mode() { sed -n 's/.*(\(.*\)).*/\1/p' $MODE; }
set_mode() { echo "$1" >$MODE && [ "$(mode)" = "$1" ]; }
# differs: how many bytes differ from the snapshot; it counts up to a limit.
differs() { wc -l <$PROBE_DIR/diff; }

cleanup() { [ -z "$first" ] || echo "$first" >$MODE; }
trap cleanup EXIT

first=$(mode)
[ "$first" = voluntary ] || fail "the mode is not this kernel's default but '$first'"
check "load modules" modules_load
check "switch" switch_to "$NAME"

snapshot_save
check "full preemption" set_mode full
[ "$(differs)" -gt 100 ] || fail "vmlinux has not noticed"
check "as before" set_mode voluntary
check "text is as before" snapshot_same

text=$(sed 's/^0x//' /sys/module/$NAME/sections/.text)
size=$(readelf -SW "$(ko "$NAME")" | sed 's/^ *\[ *[0-9]*\]//' | awk '$1 == ".text" { print $5 }')
echo clear >$PROBE_DIR/save
check "save the module's text" sh -c \
	"echo $text $(printf %x $((0x$text + 0x$size))) >$PROBE_DIR/save"
check "the module's text stays" snapshot_same
check "full preemption" set_mode full
say "bytes that the mode changes in the module: $(differs)"
[ "$(differs)" -gt 100 ] || fail "the module has not noticed"
check "as before" set_mode voluntary
check "the module's text is as before" snapshot_same

check "no preemption" set_mode none
check "roll back" switch_to vmlinux
[ "$(mode)" = none ] || fail "the mode went with the module: it is $(mode)"
check "switch" switch_to "$NAME"
[ "$(mode)" = none ] || fail "the module has a mode of its own: $(mode)"
check "as before" set_mode voluntary
check "roll back" switch_to vmlinux
[ "$(mode)" = voluntary ] || fail "the mode went with the module: it is $(mode)"

# --- detours
DETOURED=__x64_sys_sched_getscheduler
OPTIMIZED='\[OPTIMIZED\]'

# detour: set an optimised kprobe in DETOURED, where one is possible. The kernel waits
# for all tasks before it writes the jump.
detour()
{
	local offset
	for offset in $(seq 10 60); do
		probes_set preempt "p $DETOURED+$offset" &&
			within 3 grep -q "$OPTIMIZED" /sys/kernel/debug/kprobes/list && return
		probes_clear preempt
	done 2>/dev/null
	return 1
}

check "full preemption" set_mode full
retries=$(cat $PARAMETERS/retries)
echo 0 >$PARAMETERS/retries
check "an optimised kprobe" detour
# met COMMAND: switch to and fro until some switches were refused for which COMMAND is true.
met()
{
	local found=0 try
	log_mark
	for try in $(seq 200); do
		echo "$(other)" 2>/dev/null >$SYSFS/active
		! "$1" || found=$((found + 1))
		# Look while the log still has the line.
		[ $found -lt 2 ] || break
	done
	say "$found of $try switches met a task $1"
	[ $found -gt 0 ]
}
refused() { [ "$(stat_of result)" = -16 ]; }
in_detour() { refused && grep -q "in the detour of a kprobe" $SYSFS/busy; }
# No other stack is unreliable.
in_tracer()
{
	[ "$(stat_of unreliable)" -gt 0 ] || return
	refused || fail "a switch despite a task in the tracer"
}

spinners=
for spinner in 1 2 3 4; do
	"$LOAD" policy &
	spinners="$spinners $!"
done
check "a task in a detour" met in_detour
check "the log names it" log_has "refused: the detour of a kprobe: load/[0-9]+ is in it"
probes_clear preempt
# Called by the replaced function.
echo security_task_getscheduler >$TRACING/set_ftrace_filter
echo function_graph >$TRACING/current_tracer
check "a task in the tracer" met in_tracer
echo nop >$TRACING/current_tracer
echo >$TRACING/set_ftrace_filter
kill $spinners
wait $spinners 2>/dev/null
echo "$retries" >$PARAMETERS/retries
check "roll back" switch_to vmlinux
check "as before" set_mode voluntary
check "unload" modules_unload

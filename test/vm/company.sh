# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# NEEDS: modules guest feature
# TIMEOUT: 460
#
# The table "Neighbours" of docs/operating.md, row by row. A neighbour traces, probes or
# patches a function that the scheduler replaces. It is set before the switch or while
# the scheduler is active, is there at the rollback, and is removed. Those that work go
# on seeing calls, the log names those that are refused with their owner, and in the end
# vmlinux's text is as before.
. "$GUEST_DIR/lib.sh"

# Called from kernel/sys.c, and from hardly anywhere else.
VICTIM=set_user_nice
trigger() { renice -n -15 -p $$ >/dev/null; }
# Only the scheduler calls it, but all the time.
INSIDER=update_curr

# --- the neighbours: NAME_set, NAME_clear, NAME_seen (a number of calls)

# tracer_set TRACER FUNCTION...
tracer_set()
{
	local tracer=$1
	shift
	echo "$*" >$TRACING/set_ftrace_filter &&
	echo "$tracer" >$TRACING/current_tracer
}
tracer_clear()
{
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_ftrace_filter
}
tracer_seen() { grep -cE "[ .:]$1(\(| )" $TRACING/trace; }

function_set() { tracer_set function $VICTIM; }
function_clear() { tracer_clear; }
function_seen() { tracer_seen $VICTIM; }

# Includes functions in which most tasks sleep: the tracer hides their callers' return
# addresses from the stacks.
graph_set()
{
	tracer_set function_graph $VICTIM schedule schedule_timeout \
		schedule_hrtimeout_range_clock do_nanosleep do_wait
}
graph_clear() { tracer_clear; }
graph_seen() { tracer_seen $VICTIM; }

event() { probes_set company "$@"; }
event_clear() { probes_clear company && probes_settle; }
# A probe that the kernel had turned into a jump goes some time after it was removed.
# Turning the optimization off waits for that.
probes_settle()
{
	echo 0 >/proc/sys/debug/kprobes-optimization &&
	echo 1 >/proc/sys/debug/kprobes-optimization
}
event_seen() { probes_hit company; }

kprobe_set() { event "p $VICTIM"; }
kprobe_clear() { event_clear; }
kprobe_seen() { event_seen; }

kretprobe_set() { event "r $VICTIM" "r schedule_timeout" "r do_nanosleep"; }
kretprobe_clear() { event_clear; }
kretprobe_seen() { event_seen; }

on_jump_set() { event "p $VICTIM+$JUMP"; }
on_jump_clear() { event_clear; }
on_jump_seen() { event_seen; }

in_jump_set() { event "p $VICTIM+$IN_JUMP"; }
in_jump_clear() { event_clear; }

# Registered with the kernel, but without a breakpoint.
off_set() { event "p $VICTIM+$IN_JUMP" && echo 0 >$TRACING/events/company/enable; }
off_clear() { event_clear; }

# After the jump: before the switch at an instruction, and while the jump is there (see
# "inside") at what looks like one then.
after_jump_set() { event "p $VICTIM+$AFTER_JUMP"; }
after_jump_clear() { event_clear; }
after_jump_seen() { event_seen; }
inside_set() { event "p $VICTIM+$((JUMP + 5))"; }
inside_clear() { event_clear; }
inside_seen() { event_seen; }

# The module's own function, under its own name.
copy_set() { event "p $VICTIM.$NAME"; }
copy_clear() { event_clear; }
copy_seen() { event_seen; }
traced_copy_set() { tracer_set function $VICTIM.$NAME; }
traced_copy_clear() { tracer_clear; }
traced_copy_seen() { tracer_seen $VICTIM.$NAME; }

fentry_set() { bpf_attach fentry $VICTIM; }
fentry_clear() { bpf_detach; }
fentry_seen() { bpf_runs; }
fexit_set() { bpf_attach fexit $VICTIM; }
fexit_clear() { bpf_detach; }
fexit_seen() { bpf_runs; }

inner_kprobe_set() { event "p $INSIDER"; }
inner_kprobe_clear() { event_clear; }
inner_kprobe_seen() { event_seen; }
inner_function_set() { tracer_set function $INSIDER; }
inner_function_clear() { tracer_clear; }
inner_function_seen() { tracer_seen $INSIDER; }
inner_fexit_set() { bpf_attach fexit $INSIDER; }
inner_fexit_clear() { bpf_detach; }
inner_fexit_seen() { bpf_runs; }

# Only if the kernel has them: else the module is not built.
fprobe_set() { insmod "$KMOD/schedcut_fprobe.ko"; }
fprobe_clear() { rmmod schedcut_fprobe; }
fprobe_seen()
{
	local calls returns
	calls=$(cat /sys/module/schedcut_fprobe/parameters/calls)
	returns=$(cat /sys/module/schedcut_fprobe/parameters/returns)
	echo $((calls < returns ? calls : returns))
}
can_fprobe() { [ -e "$KMOD/schedcut_fprobe.ko" ]; }

hook_set() { insmod "$KMOD/schedcut_hook.ko"; }
hook_clear() { rmmod schedcut_hook; }
hook_seen() { cat /sys/module/schedcut_hook/parameters/calls; }

# livepatch FUNCTION
livepatch_set() { insmod "$KMOD/schedcut_livepatch.ko" function="$1" && livepatch_settled; }
livepatch_settled()
{
	local try
	for try in $(seq 300); do
		[ "$(cat /sys/kernel/livepatch/*/transition)" = 0 ] && return
		sleep 0.1
	done
	return 1
}
livepatch_clear()
{
	local try
	loaded schedcut_livepatch || return 0
	[ ! -d /sys/kernel/livepatch/schedcut_livepatch ] ||
		echo 0 >/sys/kernel/livepatch/schedcut_livepatch/enabled
	for try in $(seq 300); do
		rmmod schedcut_livepatch 2>/dev/null && return
		sleep 0.1
	done
	rmmod schedcut_livepatch
}
livepatch_seen() { cat /sys/module/schedcut_livepatch/parameters/calls; }

replaced_set() { livepatch_set $VICTIM; }
replaced_clear() { livepatch_clear; }
replaced_seen() { livepatch_seen; }
other_set() { livepatch_set cmdline_proc_show; }
other_clear() { livepatch_clear; }
other_seen() { cat /proc/cmdline >/dev/null; livepatch_seen; }

# A jump into another module, which an unknown patcher has written where our jump goes.
foreign_set() { foreign_jump $quiet_jump; }
# The same before that place, where ftrace's call is.
entry_set() { foreign_jump $((quiet_jump - 5)); }
foreign_jump()
{
	local at=$((0x$(address "$QUIET") + $1)) to i
	to=$(awk '$3 == "diff_show" && $4 == "[schedcut_probe]" { print $1 }' /proc/kallsyms)
	local distance=$((0x$to - at - 5)) bytes=e9
	for i in 0 8 16 24; do
		bytes="$bytes $(printf '%02x' $((distance >> i & 255)))"
	done
	foreign_write "$at" $bytes
}
foreign_write()
{
	local at=$1 byte
	shift
	foreign_at=$at foreign_old=
	for byte; do
		printf '%x %s' $at $byte >$PROBE_DIR/poke
		# The module says what was there.
		foreign_old="$foreign_old $(dmesg | sed -n 's/.* schedcut_probe: .*: \(..\) -> ..$/\1/p' |
			tail -n 1)"
		at=$((at + 1))
	done
}
# Writes the old bytes back, if any were overwritten.
foreign_clear()
{
	[ -z "$foreign_at" ] || foreign_write "$foreign_at" $foreign_old
	foreign_at=
}
entry_clear() { foreign_clear; }

# On the entry of a function that ftrace does not know: our jump goes there.
untraced_set() { echo "$(address __schedule) 1" >$PROBE_DIR/watch; }
untraced_clear() { echo "0 0" >$PROBE_DIR/watch && probes_settle; }
untraced_seen() { cat $PROBE_DIR/watched; }

# In a function that is not called meanwhile: at the jump's place, and at the entry.
breakpoint_set() { foreign_write $((0x$(address "$QUIET") + quiet_jump)) cc; }
breakpoint_clear() { foreign_clear; }
entry_breakpoint_set() { foreign_write $((0x$(address "$QUIET") + quiet_jump - 5)) cc; }
entry_breakpoint_clear() { foreign_clear; }

# The jump's last byte: with another one it leads to some place in the module.
byte_set() { foreign_write $((0x$(address "$QUIET") + quiet_jump + 4)) 5a; }
byte_clear() { foreign_clear; }

# --- the rows

grows()
{
	local before after
	before=$("$1_seen")
	trigger
	after=$("$1_seen")
	[ "$after" -gt "$before" ] || fail "$row: $1 sees no call $2: $before, $after"
}

# sees_nothing NAME: it sees no call.
sees_nothing()
{
	local before
	before=$("$1_seen")
	trigger
	[ "$("$1_seen")" = "$before" ] || fail "$row: it sees calls"
}

# both_work NAME: it sees a call, which goes to the module's function.
both_work()
{
	awk -v f="$VICTIM.$NAME" '$3 == f { print $1 " 1" }' /proc/kallsyms >$PROBE_DIR/watch
	grows "$1" "while active"
	[ "$(cat $PROBE_DIR/watched)" -gt 0 ] || fail "$row: the module's function is not called"
	echo "0 0" >$PROBE_DIR/watch
}

begin() { row=$*; row_begin=$(cut -d. -f1 /proc/uptime); log_mark; }
end()
{
	is_active vmlinux || fail "$row: active is $(active)"
	check "$row: text as before" snapshot_same
	say "$row ($(($(cut -d. -f1 /proc/uptime) - row_begin)) s)"
}

# Set before the switch, works all the time, removed after the rollback.
before_works()
{
	begin "$1 before: works"
	check "$row: set" "$1_set"
	grows "$1" "before"
	check "$row: switch" switch_to "$NAME"
	both_work "$1"
	check "$row: roll back" switch_to vmlinux
	grows "$1" "after rollback"
	check "$row: clear" "$1_clear"
	end
}

while_works()
{
	begin "$1 while active: works"
	check "$row: switch" switch_to "$NAME"
	check "$row: set" "$1_set"
	both_work "$1"
	check "$row: roll back" switch_to vmlinux
	grows "$1" "after rollback"
	check "$row: clear" "$1_clear"
	end
}

# Set before the switch, removed while the scheduler is active.
cleared_works()
{
	begin "$1 before, cleared while active: works"
	check "$row: set" "$1_set"
	check "$row: switch" switch_to "$NAME"
	check "$row: clear" "$1_clear"
	check "$row: roll back" switch_to vmlinux
	end
}

switch_refused() { ! echo "$1" 2>/dev/null >$SYSFS/active; }

# before_refused NAME REGEX: the switch is refused.
before_refused()
{
	begin "$1 before: switch refused"
	check "$row: set" "$1_set"
	check "$row: refused" switch_refused "$NAME"
	check "$row: says so" log_has "$2"
	is_active vmlinux || fail "$row: active is $(active)"
	check "$row: clear" "$1_clear"
	check "$row: switch after all" switch_to "$NAME"
	check "$row: roll back" switch_to vmlinux
	end
}

# load_refused NAME REGEX: the load of the module is refused if NAME was there before.
load_refused()
{
	begin "$1 before the load: refused"
	check "$row: remove the module" module_remove "$NAME"
	check "$row: set" "$1_set"
	refuse "$row: was loaded" insmod "$(ko "$NAME")"
	check "$row: says so" log_has "$2"
	check "$row: clear" "$1_clear"
	check "$row: load after all" insmod "$(ko "$NAME")"
	end
}

# while_refused NAME ERROR [REGEX]: NAME itself is refused; with REGEX, our log says so.
while_refused()
{
	begin "$1 while active: refused"
	check "$row: switch" switch_to "$NAME"
	! "$1_set" 2>/tmp/error || fail "$row: was accepted"
	check "$row: error" grep "$2" /tmp/error
	"$1_clear"
	[ -z "$3" ] || check "$row: says so" log_has "$3"
	check "$row: roll back" switch_to vmlinux
	end
}

# rollback_refused NAME REGEX: the rollback is refused until NAME is gone. On the jump it
# sees calls, after it none.
rollback_refused()
{
	begin "$1 while active: rollback refused"
	check "$row: switch" switch_to "$NAME"
	check "$row: set" "$1_set"
	case $1 in
	on_jump) grows "$1" "while active" ;;
	inside) sees_nothing "$1" ;;
	esac
	check "$row: refused" switch_refused vmlinux
	check "$row: says so" log_has "$2"
	is_active "$NAME" || fail "$row: active is $(active)"
	check "$row: clear" "$1_clear"
	check "$row: roll back" switch_to vmlinux
	end
}

# place FUNCTION: where the jump is: after the fentry site (and endbr64).
place()
{
	objdump -d --start-address=0x$(nm "$VMLINUX" | awk -v f="$1" '$3 == f { print $1 }') \
		"$VMLINUX" 2>/dev/null | head -n 12 |
		awk '/<__fentry__>/ { n += 5 } /endbr64/ { n += 4 } END { print n + 0 }'
}

# Remove the neighbours that a failed test has left.
cleanup()
{
	tracer_clear
	event_clear
	foreign_clear
	[ -z "$bpf_pid" ] || kill "$bpf_pid" 2>/dev/null
	! loaded schedcut_hook || hook_clear
	! loaded schedcut_fprobe || fprobe_clear
	livepatch_clear
	! loaded schedcut || is_active vmlinux || switch_to vmlinux
}
trap cleanup EXIT

check "load modules" modules_load
grep -qx "$VICTIM ready" $SYSFS/schedulers/$NAME/functions || fail "$VICTIM is not replaced"
QUIET=$(quiet_function) || fail "no quiet function among the redirected ones"
JUMP=$(place $VICTIM) quiet_jump=$(place "$QUIET")
IN_JUMP= AFTER_JUMP=
for offset in $(instructions $VICTIM); do
	if [ "$offset" -gt "$JUMP" ] && [ "$offset" -lt $((JUMP + 5)) ]; then
		IN_JUMP=$offset
	elif [ "$offset" -ge $((JUMP + 5)) ] && [ -z "$AFTER_JUMP" ]; then
		AFTER_JUMP=$offset
	fi
done
[ -n "$IN_JUMP" ] && [ -n "$AFTER_JUMP" ] || fail "$VICTIM has unsuitable instructions"
say "$VICTIM: jump at +$JUMP, an instruction in it at +$IN_JUMP, after it at +$AFTER_JUMP"
echo 1 >/proc/sys/kernel/bpf_stats_enabled
echo 1 >$TRACING/tracing_on
for name in schedcut_switch_tail __schedule.$NAME; do
	# They do not return, so they must not have kretprobes.
	check "$name has no kprobes" grep -q "	$name" /sys/kernel/debug/kprobes/blacklist
done
# Let the kernel patch what stays patched once a kprobe was set.
kprobe_set && kprobe_clear
snapshot_save

for name in function graph kprobe kretprobe fentry fexit hook other $(! can_fprobe || echo fprobe); do
	before_works $name
	while_works $name
done
for name in kprobe fexit other; do cleared_works $name; done

before_refused replaced "$NAME refused: $VICTIM: the livepatch schedcut_livepatch "
while_refused replaced "resource busy" \
	"livepatch refused: $VICTIM is replaced by the scheduler $NAME.*\[schedcut_livepatch\]"

begin "kprobes switched off: works, and says what does not"
echo 0 >/sys/kernel/debug/kprobes/enabled
echo "schedcut-test: complaints begin" >/dev/kmsg
check "$row: switch" switch_to "$NAME"
check "$row: says so" log_has "livepatches of replaced functions will not be refused: error -95"
echo "schedcut-test: complaints end" >/dev/kmsg
echo 1 >/sys/kernel/debug/kprobes/enabled
check "$row: roll back" switch_to vmlinux
end
while_refused replaced "resource busy" \
	"livepatch refused: $VICTIM is replaced by the scheduler $NAME"

begin "kprobes switched off while active: livepatches are not refused"
check "$row: switch" switch_to "$NAME"
echo 0 >/sys/kernel/debug/kprobes/enabled
check "$row: set" replaced_set
grows replaced "while active"
check "$row: roll back" switch_to vmlinux
grows replaced "after rollback"
echo 1 >/sys/kernel/debug/kprobes/enabled
check "$row: clear" replaced_clear
end

begin "after_jump before: works, although it sees nothing while active"
check "$row: set" after_jump_set
grows after_jump "before"
check "$row: switch" switch_to "$NAME"
check "$row: says so" \
	log_has "$NAME: $VICTIM\+0x$(printf %x "$AFTER_JUMP")/.*kprobe of kprobe_dispatcher.* is not hit"
sees_nothing after_jump
check "$row: roll back" switch_to vmlinux
grows after_jump "after rollback"
check "$row: clear" after_jump_clear
end
# inner NAME KIND: works, but sees nothing while active; the log says so.
inner()
{
	begin "$1 before: works, although it sees nothing while active"
	check "$row: set" "$1_set"
	grows "$1" "before"
	check "$row: switch" switch_to "$NAME"
	check "$row: says so" \
		log_has "$NAME: $INSIDER\+0x0/.* the $2.* is not hit .* at $INSIDER\.$NAME\$"
	sees_nothing "$1"
	check "$row: is listed" grep -q "^$INSIDER+0x0/.* ${2%% *} " $UNHEARD
	check "$row: roll back" switch_to vmlinux
	grows "$1" "after rollback"
	check "$row: clear" "$1_clear"
	[ -z "$(cat $UNHEARD)" ] || fail "$row: still listed: $(cat $UNHEARD)"
	end
}
UNHEARD=$SYSFS/schedulers/$NAME/unheard
grep -qx "$INSIDER watched" $SYSFS/schedulers/$NAME/functions || fail "$INSIDER is not watched"
inner inner_kprobe "kprobe of kprobe_dispatcher"
inner inner_function "hook of"
inner inner_fexit "hook of call_direct_funcs"
begin "inner_kprobe while active: is listed"
check "$row: switch" switch_to "$NAME"
[ -z "$(cat $UNHEARD)" ] || fail "$row: listed: $(cat $UNHEARD)"
check "$row: set" inner_kprobe_set
check "$row: is listed" grep -q "^$INSIDER+0x0/.* kprobe kprobe_dispatcher$" $UNHEARD
check "$row: roll back" switch_to vmlinux
grows inner_kprobe "after rollback"
check "$row: clear" inner_kprobe_clear
end
for name in copy traced_copy; do
	begin "$name while active: works until rollback"
	check "$row: switch" switch_to "$NAME"
	check "$row: set" ${name}_set
	grows $name "while active"
	check "$row: roll back" switch_to vmlinux
	sees_nothing $name
	check "$row: clear" ${name}_clear
	end
done

check "load the second scheduler" second modules_load
for name in kprobe fexit function; do
	begin "$name before, from one scheduler to the other: works"
	check "$row: set" ${name}_set
	for to in "$NAME" feature vmlinux; do
		check "$row: switch to $to" switch_to $to
		grows $name "under $to"
	done
	check "$row: clear" ${name}_clear
	end
done
begin "replaced while active, after another: refused"
check "$row: switch" switch_to "$NAME"
check "$row: switch to the other" switch_to feature
refuse "$row" replaced_set
check "$row: says so" log_has "livepatch refused: $VICTIM is replaced by the scheduler feature"
check "$row: switch back" switch_to "$NAME"
refuse "$row" replaced_set
check "$row: says so" log_has "livepatch refused: $VICTIM is replaced by the scheduler $NAME"
check "$row: roll back" switch_to vmlinux
end
begin "inside while active: refused on the way back only"
check "$row: switch" switch_to "$NAME"
check "$row: set" inside_set
check "$row: switch to the other" switch_to feature
check "$row: refused" switch_refused vmlinux
is_active feature || fail "$row: active is $(active)"
check "$row: clear" inside_clear
check "$row: roll back" switch_to vmlinux
end
check "unload the second scheduler" second module_remove feature
check "unload its symbols" module_remove feature_vmlinux

rollback_refused inside "vmlinux refused: $VICTIM\+0x$(printf %x $((JUMP + 5)))/.*kprobe.*kprobe_dispatcher"

before_refused on_jump "$NAME refused: $VICTIM\+0x$(printf %x $JUMP)/.*kprobe.*kprobe_dispatcher"
before_refused in_jump "$NAME refused: $VICTIM\+0x$(printf %x $IN_JUMP)/.*kprobe.*kprobe_dispatcher"
before_refused off "$NAME refused: $VICTIM\+0x$(printf %x $IN_JUMP)/.*kprobe.*kprobe_dispatcher"
rollback_refused on_jump "vmlinux refused: $VICTIM\+0x$(printf %x $JUMP)/.*kprobe.*kprobe_dispatcher"
while_refused in_jump "Invalid or incomplete"
before_refused foreign "$NAME refused: $QUIET: .* jump to diff_show \[schedcut_probe\]"
rollback_refused foreign "vmlinux refused: $QUIET: .* jump to diff_show \[schedcut_probe\]"
before_refused entry "$NAME refused: $QUIET: .* jump to diff_show \[schedcut_probe\]"
before_refused entry_breakpoint "$NAME refused: $QUIET: another patcher's breakpoint is there"
begin "untraced: calls are seen"
check "$row: set" untraced_set
grows untraced "before"
check "$row: clear" untraced_clear
end
before_refused untraced "$NAME refused: __schedule\+0x0/.*kprobe.*count_execution"
rollback_refused untraced "vmlinux refused: __schedule\+0x0/.*kprobe.*count_execution"
load_refused untraced "$NAME refused: __schedule\+0x0/.*kprobe.*count_execution"
begin "entry while active: rollback works"
check "$row: switch" switch_to "$NAME"
check "$row: set" entry_set
check "$row: roll back" switch_to vmlinux
check "$row: clear" entry_clear
end
before_refused byte "$NAME refused: $QUIET: another patcher has changed it"
rollback_refused byte "vmlinux refused: $QUIET: another patcher has changed it"
for name in on_jump in_jump off; do
	load_refused $name "$NAME refused: $VICTIM\+0x.*kprobe.*kprobe_dispatcher"
done
load_refused foreign "$NAME refused: $QUIET: .* jump to diff_show \[schedcut_probe\]"
load_refused breakpoint "$NAME refused: $QUIET: another patcher's breakpoint is there"
check "unload" modules_unload

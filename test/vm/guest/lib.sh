# SPDX-License-Identifier: GPL-2.0-only
#
# lib.sh - for the tests that run inside the guest, in bash. Sourced with
#   $GUEST_DIR	this directory
#   $TREE	the built tree (schedcut.ko, $NAME_vmlinux.ko, $NAME.ko)
#   $NAME	name of the scheduler, default `scheduler`
#   $PROBE	schedcut_probe.ko	$LOAD	the worker, load.c
#   $KMOD	where the other test modules are
#   $TRAMPOLINE	attaches a BPF program, trampoline.c

: "${NAME:=scheduler}"
PROVIDER=${NAME}_vmlinux
SYSFS=/sys/kernel/schedcut
PARAMETERS=/sys/module/schedcut/parameters
PROBE_DIR=/sys/kernel/debug/schedcut_probe
TRACING=/sys/kernel/tracing
. "$GUEST_DIR/load.sh"

say() { echo "    $*"; }
fail() { echo "FAILED: $*"; exit 1; }

# check MESSAGE COMMAND...: COMMAND must succeed.
check()
{
	message=$1
	shift
	"$@" || fail "$message ($*)"
}

# refuse MESSAGE COMMAND...: COMMAND must fail.
refuse()
{
	message=$1
	shift
	! "$@" 2>/dev/null || fail "$message ($*)"
}

# eventually COMMAND...: COMMAND succeeds within 20 s: emulated CPUs are slow.
eventually() { within 20 "$@"; }
# within SECONDS COMMAND...
within()
{
	local try tries=$(($1 * 10))
	shift
	for try in $(seq $tries); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

# log_mark / log_since: the kernel log's lines since the last mark.
log_mark()
{
	log_marks=$((${log_marks:-0} + 1))
	echo "schedcut-test: mark $$.$log_marks" >/dev/kmsg
}

log_since()
{
	dmesg | sed -n "/schedcut-test: mark $$\.$log_marks\$/,\$p" | sed 1d
}

# log_has REGEX: some line since the mark matches; if not, the lines are shown.
log_has()
{
	log_since | grep -qiE -- "$1" && return
	echo "the kernel log has no line like '$1' but:"
	log_since | tail -n 30
	return 1
}

# --- modules ---------------------------------------------------------------

ko() { find "$TREE" -name "$1.ko" | head -n 1; }
loaded() { grep -q "^$1 " /proc/modules; }
active() { cat $SYSFS/active 2>/dev/null || echo vmlinux; }
# Forks are slow under load, so this does not fork.
is_active() { local now=; read -r now <$SYSFS/active && [ "$now" = "$1" ]; }

modules_load()
{
	for module in schedcut "$PROVIDER" "$NAME"; do
		loaded "$module" && continue
		insmod "$(ko $module)" || return 1
		[ $module != schedcut ] || parameters_save
		# Every finding fails the test, through its line in the kernel log.
		[ $module != schedcut ] || [ -z "$CHECK_INVARIANTS" ] ||
			echo 1 >$PARAMETERS/check_invariants
	done
	echo "schedcut-test: modules are loaded" >/dev/kmsg
	[ -d "$SYSFS/schedulers/$NAME" ]
}

# Is a writable view of the kernel's text mapped?
alias_mapped() { grep -qE 'schedcut_(plan_map|stub_init)' /proc/vmallocinfo; }

# second COMMAND...: run it for the scheduler of sample-patches/feature.
second() { TREE=$FEATURE_TREE NAME=feature PROVIDER=feature_vmlinux "$@"; }

# be_broken HOW: break the loaded scheduler of patches/broken.patch from here on.
be_broken() { echo "$1" >/sys/module/$NAME/parameters/broken; }

# other: of vmlinux's scheduler and ours, the one that is not active.
other() { is_active vmlinux && echo "$NAME" || echo vmlinux; }

# stat_of KEY: its value in `stats`.
stat_of() { awk -v key="$1" '$1 == key { print $2 }' $SYSFS/stats; }

module_remove()
{
	local try
	loaded "$1" || return 0
	for try in $(seq 50); do
		rmmod "$1" 2>/dev/null && return
		sleep 0.2
	done
	rmmod "$1"
}

# The scheduler and its provider can be removed at once. The runtime stays as long as a
# task sleeps in its stub, and says so.
modules_unload()
{
	local try parked
	module_remove "$NAME" && module_remove "$PROVIDER" || return 1
	loaded schedcut || return 0
	for try in $(seq 20); do
		rmmod schedcut 2>/dev/null && return
		# It drops its own reference some time after the last task has left.
		parked=$(cat $SYSFS/parked)
		if [ "$try" -ge 3 ] && [ "$parked" -gt 0 ]; then
			say "schedcut stays: $parked tasks parked"
			return
		fi
		sleep 0.3
	done
	rmmod schedcut
}

# switch_to SCHEDULER: EBUSY, EAGAIN and ENOBUFS are allowed under load: try again, and
# count them. No other error is allowed.
switch_to()
{
	local error= try
	for ((try = 0; try < 50; try++)); do
		if { echo "$1" >$SYSFS/active; } 2>/tmp/switch_error; then
			is_active "$1"
			return
		fi
		read -r error </tmp/switch_error
		case $error in
		*"resource busy" | *"temporarily unavailable" | *"buffer space available") ;;
		*) break ;;
		esac
		switch_busy=$((${switch_busy:-0} + 1))
		sleep 0.1
	done
	echo "switch to $1 refused, tries before: $try: $error; busy: $(cat $SYSFS/busy)"
	dmesg | tail -n 20
	return 1
}

# counters NAME...: entries of these functions of the module, on one line, read in one
# go. The runtime's stub counts those of __schedule, unless the module does.
counters()
{
	awk -v names="$*" '
		!($1 in value) { value[$1] = $2 }
		END {
			if (!("__schedule" in value))
				value["__schedule"] = value["entries"]
			n = split(names, name, " ")
			for (i = 1; i <= n; i++) {
				if (value[name[i]] == "")
					exit 1
				printf "%s%s", value[name[i]], i < n ? " " : "\n"
			}
		}' "$SYSFS/stats" "$SYSFS/schedulers/$NAME/counters"
}

counter() { counters "$1"; }

# The file is read in one go: `read` seeks after each line, and the kernel then generates
# the file again, with the same line twice if a CPU has come meanwhile.
context_switches()
{
	local stat
	stat=$(</proc/stat)
	[[ $stat =~ $'\n'ctxt\ ([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

# slept PID: how often the task has gone to sleep.
slept() { sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$1/status"; }

# group_remove GROUP: remove it with all groups and tasks in it.
group_remove()
{
	local try
	echo 1 >"$1/cgroup.kill"
	for try in $(seq 100); do
		find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
		[ -d "$1" ] || return 0
		sleep 0.1
	done
	return 1
}

# come_and_go: start $workers, eight tasks that only go in and out of a function in which
# they sleep, sched_setattr().
come_and_go()
{
	local i
	workers=()
	for i in $(seq 8); do
		"$LOAD" slow 40 &
		workers+=($!)
	done
}
most_are_inside()
{
	[ "$(cut -d' ' -f1 /proc/[0-9]*/task/*/syscall 2>/dev/null | grep -cx 314)" -ge 6 ]
}

# --- probes ----------------------------------------------------------------

# probes_set GROUP DEFINITION...: create and enable kprobe events. A definition has the
# form of tracefs, but without a name ("p FUNCTION+OFFSET").
probes_set()
{
	local group=$1 number=0 definition
	shift
	for definition; do
		number=$((number + 1))
		echo "${definition%% *}:$group/$group$number ${definition#* }" \
			>>$TRACING/kprobe_events || return
	done
	echo 1 >$TRACING/events/$group/enable
}

probes_clear()
{
	local event
	[ -d $TRACING/events/$1 ] || return 0
	echo 0 >$TRACING/events/$1/enable
	for event in $TRACING/events/$1/$1*; do
		echo "-:$1/${event##*/}" >>$TRACING/kprobe_events
	done
}

# events_clear: remove the events of all groups.
events_clear()
{
	local group
	sed -n 's,^[pr][0-9]*:\([^/]*\)/.*,\1,p' $TRACING/kprobe_events | sort -u >/tmp/groups
	while read -r group; do
		probes_clear "$group"
	done </tmp/groups
}

# probes_hit GROUP: how often its first probe was hit.
probes_hit() { awk -v event="${1}1" '$1 == event { print $2 }' $TRACING/kprobe_profile; }

# bpf_attach TYPE FUNCTION: attach a program there; TYPE is fentry or fexit. bpf_runs:
# how often it has run, if the kernel counts that.
bpf_attach()
{
	local said
	coproc BPF { exec "$TRAMPOLINE" "$1" "$2" 2>&1; }
	bpf_in=${BPF[1]} bpf_out=${BPF[0]} bpf_pid=$BPF_PID
	read -r said <&"$bpf_out" && [[ $said =~ ^[0-9]+$ ]] || { say "$said"; return 1; }
}
bpf_runs()
{
	local runs
	echo >&"$bpf_in"
	read -r runs <&"$bpf_out"
	echo "$runs"
}
bpf_detach() { eval "exec $bpf_in>&-"; wait "$bpf_pid"; }

# --- kernel memory ---------------------------------------------------------

# address SYMBOL: its address, hexadecimal; only for symbols of vmlinux.
address() { awk -v s="$1" '$3 == s && NF == 3 { print $1; exit }' /proc/kallsyms; }

probe_load()
{
	loaded schedcut_probe || check "probe" insmod "$PROBE"
}

# instructions FUNCTION: offsets of its first instructions.
instructions()
{
	local start at
	start=0x$(nm "$VMLINUX" | awk -v f="$1" '$3 == f { print $1 }')
	objdump -d --start-address="$start" --stop-address=$((start + 64)) "$VMLINUX" |
		awk '$1 ~ /^[0-9a-f]+:$/ { sub(":", "", $1); print "0x" $1 }' |
		while read -r at; do echo $((at - start)); done
}

# Save text and read-only data, including class tables, to compare with.
snapshot_save()
{
	probe_load
	echo clear >$PROBE_DIR/save
	check "save text" sh -c "echo $(address _stext) $(address _etext) >$PROBE_DIR/save"
	check "save rodata" sh -c \
		"echo $(address __start_rodata) $(address __end_rodata) >$PROBE_DIR/save"
}

# Nothing may differ. The load must be in the same state as at the snapshot, because
# some jump labels depend on it.
snapshot_same()
{
	cat $PROBE_DIR/diff >/tmp/diff || return
	[ -s /tmp/diff ] || return 0
	echo "text or read-only data differ from the snapshot:"
	head -n 20 /tmp/diff
	return 1
}

# Pointers into [START, END) in vmlinux's data and the per-CPU areas.
pointers_into()
{
	echo "$1 $2" >$PROBE_DIR/range
	echo "$(address _sdata) $(address _edata)" >$PROBE_DIR/scan
	# The page allocator got the rest of .bss..decrypted at boot.
	echo "$(address __bss_start) $(address __start_bss_decrypted_unused)" >$PROBE_DIR/scan
	echo "$(address __end_bss_decrypted) $(address __bss_stop)" >$PROBE_DIR/scan
	echo "percpu $(address __per_cpu_end)" >$PROBE_DIR/scan
	percpu_names <$PROBE_DIR/hits
}

# percpu_names: a filter that replaces "percpu" by "SYMBOL+0xOFFSET".
percpu_names()
{
	local address value symbol
	grep '^00000000' /proc/kallsyms | sort >/tmp/percpu
	while read -r address value symbol; do
		if [ "$symbol" = percpu ]; then
			symbol=$(awk -v at="$(printf '%016x' $((0x$address)))" '
				($1 "") > (at "") { exit }
				$2 != "a" && NF == 3 { base = $1; name = $3 }
				END { print name, base }' /tmp/percpu)
			symbol=$(printf '%s+0x%x/percpu' "${symbol% *}" \
				$((0x$address - 0x${symbol#* })))
		fi
		echo "$address $value $symbol"
	done
}

# not_in_code SYMBOLS: a filter for pointers_into that drops addresses inside a function,
# after its entry; SYMBOLS is the module's part of kallsyms, sorted.
not_in_code()
{
	awk 'NR == FNR { address[NR] = $1 ""; type[NR] = $2; n = NR; next }
		{
			for (i = n; i > 0 && address[i] > $2 ""; i--)
				;
			if (i == 0 || address[i] == $2 "" || tolower(type[i]) != "t")
				print
		}' "$1" -
}

# module_range MODULE: "START END", hexadecimal.
module_range()
{
	awk -v m="$1" '$1 == m { print $6, $2 }' /proc/modules | {
		read -r start size
		printf '%x %x\n' "$start" $((start + size))
	}
}

# A function of the scheduler that is redirected, and is not called while a test runs.
quiet_function()
{
	for name in normalize_rt_tasks yield_to sched_show_task proc_sched_show_task \
		    show_state_filter cpuset_cpumask_can_shrink sched_rr_handler \
		    sched_rt_handler dl_cpuset_cpumask_can_shrink; do
		grep -qxE "$name (ready|redirected)" "$SYSFS/schedulers/$NAME/functions" &&
			echo "$name" && return
	done
	return 1
}

# --- clean up --------------------------------------------------------------

# Give the runtime's parameters the values that they had when it was loaded.
parameters_save() { grep . $PARAMETERS/* >/tmp/parameters; }
parameters_reset()
{
	local line
	while read -r line; do
		[ ! -w "${line%%:*}" ] || echo "${line#*:}" >"${line%%:*}" || return
	done </tmp/parameters || return
	[ -z "$CHECK_INVARIANTS" ] || echo 1 >$PARAMETERS/check_invariants
}

# Leave the guest as a test expects to find it; 1 if that is impossible.
machine_reset()
{
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_ftrace_filter
	[ ! -w /sys/kernel/debug/kprobes/enabled ] || echo 1 >/sys/kernel/debug/kprobes/enabled
	events_clear
	load_stop || return 1
	for cpu in /sys/devices/system/cpu/cpu[0-9]*/online; do
		[ "$(cat $cpu)" = 1 ] || echo 1 >$cpu
	done
	if loaded schedcut; then
		echo 0 >$PARAMETERS/fail_at 2>/dev/null
		is_active vmlinux || switch_to vmlinux || return 1
	fi
	modules_unload || return 1
	# It stays loaded if tasks are parked.
	! loaded schedcut || parameters_reset || return 1
	! loaded schedcut_probe || rmmod schedcut_probe
}

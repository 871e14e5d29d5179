# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
# NEEDS: modules guest storage
# TIMEOUT: 300
#
# sample-patches/storage: every task, group and cfs_rq has its storage while the scheduler
# is active, even if many objects come and go. Its files exist as long, and nothing of it
# is left afterwards. The hooks are called in order, each may refuse, and every allocation
# may fail.
. "$GUEST_DIR/lib.sh"

TREE=$(dirname "$TREE")/storage
STORAGE=$SYSFS/schedulers/$NAME/storage
SYSCTL=/proc/sys/kernel/sched_wakeups
TASKS=/sys/kernel/debug/sched_wakeups
GROUP=/sys/fs/cgroup/storage
FILE=cpu.schedcut_wakeups
REFUSE=/sys/module/$NAME/parameters/refuse
HIDDEN=/sys/module/$NAME/parameters/hidden_counts

# stored RECORD FIELD: that field of the record's line in the storage file.
stored()
{
	awk -v r="$1" -v f="$2" '$1 == r { for (i = 2; i < NF; i += 2) if ($i == f) print $(i + 1) }' \
		$STORAGE
}

files_there() { [ -e $SYSCTL ] && [ -e $TASKS ] && [ -e /sys/fs/cgroup/$FILE ]; }
files_gone() { [ ! -e $SYSCTL ] && [ ! -e $TASKS ] && [ ! -e /sys/fs/cgroup/$FILE ]; }

# as_before MESSAGE: vmlinux's scheduler is active, without a trace of the other one.
as_before()
{
	is_active vmlinux || fail "$1: active is $(active)"
	files_gone || fail "$1: files are left"
	[ "$(stat_of extras)" = 0 ] || fail "$1: $(stat_of extras) extras are left"
}

# hooks EXPECTED...: these hooks were called since the last mark, in this order.
hooks()
{
	called=$(log_since | sed -n 's/.*\] hook //p' | tr '\n' ' ')
	[ "$called" = "$* " ] || fail "hooks called: $called- expected: $*"
}

# refused_by HOOK SCHEDULER: that hook keeps SCHEDULER from becoming active.
refused_by()
{
	echo -n "$1" >$REFUSE
	log_mark
	echo "$2" 2>/tmp/error >$SYSFS/active && fail "$1 did not refuse"
	grep -q "not permitted" /tmp/error || fail "$1: not EPERM but $(cat /tmp/error)"
	echo -n nobody >$REFUSE
}

# field GROUP: "TOTAL SUM"; SUM is the sum over the CPUs.
group_counts() { awk '$1 == "total" { t = $2 } /^cpu/ { s += $2 } END { print t, s }' $1/$FILE; }

# Objects come and go until the group $GROUP/storm is killed. The outer shells end at
# once, so no process waits for the inner ones.
storm()
{
	mkdir -p $GROUP/storm
	( sh -c 'echo 0 >$1/storm/cgroup.procs; exec "$2" forks 500' storm $GROUP "$LOAD" & )
	( sh -c 'echo 0 >$1/storm/cgroup.procs; while :; do (:); (:) & kill -9 $!; done' \
		storm $GROUP 2>/dev/null & )
	( sh -c 'echo 0 >$1/storm/cgroup.procs
		while :; do
			mkdir $1/a $1/b $1/b/c
			sh -c "echo 0 >$1/b/c/cgroup.procs; read x <$1/b/$2"
			rmdir $1/a $1/b/c $1/b
		done' storm $GROUP $FILE >/dev/null 2>&1 & )
}

storm_end()
{
	echo 1 >$GROUP/storm/cgroup.kill
	for try in $(seq 100); do
		rmdir $GROUP/b/c $GROUP/a $GROUP/b $GROUP/storm 2>/dev/null
		[ -d $GROUP/storm ] || return 0
		sleep 0.1
	done
	return 1
}

# As many objects have storage as exist, except some that are dying.
settled()
{
	for try in $(seq 50); do
		# Sessions have their own groups.
		groups=$(cat /proc/[0-9]*/autogroup 2>/dev/null | cut -d" " -f1 | sort -u | wc -l)
		groups=$((groups + $(find /sys/fs/cgroup -name $FILE | wc -l)))
		set -- /proc/[0-9]*/task/[0-9]*
		threads=$(($# + $(nproc)))
		tasks=$(stored task_struct objects)
		[ "$tasks" -ge $((threads - 2)) ] && [ "$tasks" -le $((threads + 4)) ] &&
			[ "$(stored task_group objects)" = "$groups" ] &&
			[ "$(stored cfs_rq objects)" = $((groups * $(nproc))) ] && return
		sleep 0.2
	done
	echo "$threads threads, $groups groups, but:"
	cat $STORAGE
	return 1
}

check "load modules" modules_load
mkdir -p $GROUP
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
echo +cpu >$GROUP/cgroup.subtree_control
mkdir -p $GROUP/one
snapshot_save
as_before "loaded"

# --- hooks and refusals
refused_by before_activate "$NAME"
hooks before_activate
refused_by add_files "$NAME"
hooks before_activate add_files after_deactivate
as_before "refused"
check "nothing was written" snapshot_same
log_mark
check "switch" switch_to "$NAME"
hooks before_activate add_files in_stop_activate after_activate
refused_by before_deactivate vmlinux
hooks before_deactivate
is_active "$NAME" && files_there || fail "before_deactivate: active is $(active)"

# --- counts, and the files that show them
check "as many as there are" settled
sed 's/^/    /' $STORAGE
[ "$(stored task_struct late)" -ge 200 ] || fail "no storage on first use"
[ "$(stored task_struct spare)" -ge 256 ] || fail "the reserve is not filled again"
mkfifo /tmp/fifo
mine=$(bash -c 'echo 0 >'$GROUP'/one/cgroup.procs
	for i in $(seq 100); do read -rt 0.01 <>/tmp/fifo; done
	while read -r pid comm count; do [ "$pid" != $$ ] || echo "$count"; done <'$TASKS)
read -r total sum <<<"$(group_counts $GROUP/one)"
say "a task that slept 100 times was woken up $mine times, its group $total, over CPUs $sum"
[ "$mine" -ge 100 ] && [ "$mine" -lt 200 ] || fail "the task's count"
[ "$total" -ge 100 ] && [ "$total" = "$sum" ] || fail "the group's count"
echo 0 >$SYSCTL
before=$(group_counts /sys/fs/cgroup)
sleep 0.3
[ "$(group_counts /sys/fs/cgroup)" = "$before" ] || fail "it counts though it should not"
echo 1 >$SYSCTL
refuse "a value out of range" sh -c "echo 2 2>/dev/null >$SYSCTL"
[ "$(cat $GROUP/one/$FILE)" != "$(cat /sys/fs/cgroup/$FILE)" ] || fail "groups share a count"

# --- a rollback that fails when the files are removed, and they cannot be made again
echo -n add_files >$REFUSE
echo "schedcut-test: complaints begin" >/dev/kmsg
log_mark
echo 2 >$PARAMETERS/fail_at
refuse "a rollback that fails" sh -c "echo vmlinux >$SYSFS/active"
hooks before_deactivate remove_files add_files after_activate
check "the log" log_has "$NAME remains active without its files"
echo "schedcut-test: complaints end" >/dev/kmsg
echo -n nobody >$REFUSE
is_active "$NAME" && files_gone || fail "files after all; active is $(active)"
check "roll back" switch_to vmlinux
as_before "without files"
check "switch" switch_to "$NAME"
files_there || fail "the files stay away"

# --- open files do not survive, and do no harm
exec 5<$SYSCTL 6<$TASKS 7<$GROUP/one/$FILE
log_mark
check "roll back" switch_to vmlinux
hooks before_deactivate remove_files in_stop_deactivate after_deactivate
as_before "rolled back"
for fd in 5 6 7; do
	refuse "file $fd can still be read" sh -c "cat <&$fd"
done
refuse "removed below an open file" rmmod "$NAME"
exec 5<&- 6<&- 7<&-

# --- storms
( sh -c 'echo 0 >$1/one/cgroup.procs
	while :; do cat $2 $3 $1/$4 $1/one/$4 $1/b/$4; done' \
	readers $GROUP $SYSCTL $TASKS $FILE >/dev/null 2>&1 & )
storm
for round in $(seq 4); do
	check "switch in the storm, round $round" switch_to "$NAME"
	sleep 1
	check "roll back in the storm, round $round" switch_to vmlinux
	as_before "round $round"
done
# Objects that are created after the count: without a reserve the switch is tried again,
# and refused in the end. Objects without storage do no harm.
echo 0 >$PARAMETERS/reserve
echo 9 >$HIDDEN
check "switch without reserve" switch_to "$NAME"
# How often depends on the objects that came and went between count and stop.
[ "$(stat_of starved)" -gt 0 ] || fail "never starved"
[ "$(stored task_struct missing)" -gt 0 ] || fail "there is a reserve"
sleep 1
check "roll back" switch_to vmlinux
echo 1000 >$HIDDEN
for try in $(seq 10); do
	refuse "switch without storage" sh -c "echo $NAME 2>/dev/null >$SYSFS/active"
	# That of the last try; a task may have prevented that one.
	[ "$(stat_of result)" = -16 ] || break
done
[ "$(stat_of result)" = -105 ] || fail "switch without storage: result $(stat_of result)"
echo 0 >$HIDDEN
as_before "starved $(stat_of starved) times"
echo 256 >$PARAMETERS/reserve
check "switch" switch_to "$NAME"
sleep 2
check "end of the storm" storm_end
check "none has leaked" settled
check "roll back" switch_to vmlinux
as_before "after the storm"
echo 1 >$GROUP/one/cgroup.kill
say "busy answers: ${switch_busy:-0}"

# --- every allocation fails once
for step in $(seq 200); do
	echo "$step" >$PARAMETERS/fail_at
	echo "$NAME" 2>/dev/null >$SYSFS/active && break
	as_before "step $step"
done
is_active "$NAME" && files_there || fail "still fails after $step steps"
say "$((step - 1)) steps failed as they should"
[ "$step" -gt 18 ] || fail "storage has no steps of its own"
for step in $(seq 200); do
	echo "$step" >$PARAMETERS/fail_at
	echo vmlinux 2>/dev/null >$SYSFS/active && break
	is_active "$NAME" && files_there || fail "step $step of the way back"
done
as_before "every allocation has failed"
check "nothing was written" snapshot_same

rmdir $GROUP/one $GROUP
check "unload" modules_unload
rm -f /tmp/fifo

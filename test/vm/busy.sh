# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# A task that sleeps in a function of the scheduler prevents a switch, in both
# directions. The error is EBUSY, task and function are named, and the machine is not
# stopped for it. When the task is gone, the switch succeeds.
. "$GUEST_DIR/lib.sh"

# begin_stuck: start a task that sleeps in sched_setattr() of the active scheduler.
begin_stuck()
{
	"$LOAD" stuck &
	stuck=$!
	for try in $(seq 50); do
		[ "$(cut -d' ' -f1 /proc/$stuck/syscall)" = 314 ] && return
		sleep 0.1
	done
	return 1
}

end_stuck()
{
	kill -9 $stuck
	wait $stuck 2>/dev/null
}

# refused_by_stuck TO KIND: the switch to TO is refused, with stack check KIND.
refused_by_stuck()
{
	echo "$2" >$PARAMETERS/stackcheck
	log_mark
	refuse "$2: switch to $1 beside a task in the way" sh -c "echo $1 >$SYSFS/active"
	say "$2: $(cat $SYSFS/busy)"
	grep -qE "^load/$stuck in .*sched_(setattr|copy_attr)" $SYSFS/busy ||
		fail "busy: $(cat $SYSFS/busy)"
	check "log" log_has "$1 refused: .*sched_.*: load/$stuck is in it"
	[ "$(stat_of result)" = -16 ] || fail "result $(stat_of result)"
	[ "$(stat_of tries)" = 4 ] || fail "tries $(stat_of tries)"
	case $2 in
	full) [ "$(stat_of stop_machine_ns)" -gt 0 ] || fail "no stop" ;;
	*) [ "$(stat_of stop_machine_ns)" = 0 ] || fail "stopped for nothing" ;;
	esac
}

check "load modules" modules_load
echo 3 >$PARAMETERS/retries
snapshot_save
check "a task in sched_setattr()" begin_stuck
for kind in changed full verify; do
	refused_by_stuck "$NAME" $kind
	is_active vmlinux || fail "not vmlinux's scheduler: $(active)"
done
check "text is untouched" snapshot_same

# With activate=1, a module that cannot become active does not load.
check "remove the scheduler" module_remove "$NAME"
log_mark
refuse "activate=1 beside a task in the way" insmod "$(ko "$NAME")" activate=1
check "log" log_has "$NAME refused: .*sched_.*: load/$stuck is in it"
! loaded "$NAME" || fail "it is loaded"
[ -z "$(ls $SYSFS/schedulers)" ] || fail "it is known: $(ls $SYSFS/schedulers)"
is_active vmlinux || fail "not vmlinux's scheduler: $(active)"
check "text is untouched" snapshot_same
check "load it" modules_load
end_stuck
echo changed >$PARAMETERS/stackcheck
check "switch" switch_to "$NAME"

check "a task in the module's sched_setattr()" begin_stuck
for kind in changed full; do
	refused_by_stuck vmlinux $kind
	is_active "$NAME" || fail "not $NAME: $(active)"
done
# A writable view of vmlinux's text exists only while a switch is being tried.
! alias_mapped || fail "a view of the kernel's text is mapped"
echo 10000 >$PARAMETERS/retries
echo vmlinux >$SYSFS/active &
writer=$!
check "a view of the kernel's text" eventually alias_mapped
end_stuck
check "roll back" wait $writer
is_active vmlinux || fail "not vmlinux's scheduler: $(active)"
! alias_mapped || fail "a view of the kernel's text is left"
check "text is restored" snapshot_same
check "unload" modules_unload

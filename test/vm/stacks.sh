# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 2
#
# Stacks of sleeping tasks can be read. /proc/PID/wchan names the same place as on the
# stock kernel; /proc/PID/stack and sysrq-t unwind to the end, and show no frame in the
# scheduler module.
. "$GUEST_DIR/lib.sh"

SLEEPERS=/tmp/sleepers

# sleepers TAG: start a process for each way to sleep; write "WAY PID" to $SLEEPERS.TAG.
sleepers()
{
	for way in nap pipe futex wait poll; do
		case $way in
		nap) sleep 1000 & ;;
		pipe) rm -f /tmp/fifo.$1; mkfifo /tmp/fifo.$1
			cat <>/tmp/fifo.$1 >/dev/null & ;;
		futex) "$LOAD" deadlock & ;;
		wait) sh -c 'sleep 1000 & echo $! >"$1"; wait' wait /tmp/child.$1 & ;;
		poll) "$LOAD" poll & ;;
		esac
		echo "$way $!"
	done >$SLEEPERS.$1 2>/dev/null </dev/null
	check "all sleep" eventually all_sleep $1
}

sleepers_end()
{
	while read -r way pid; do
		kill "$pid"
	done <$SLEEPERS.$1
	kill "$(cat /tmp/child.$1)"
}

# places TAG: "WAY WCHAN" of these sleepers.
places()
{
	while read -r way pid; do
		echo "$way $(cat /proc/$pid/wchan)"
	done <$SLEEPERS.$1
}
all_sleep() { [ -s /tmp/child.$1 ] && ! places $1 | grep -q ' 0$'; }

# stacks_sane TAG: each stack has real frames, and none in the module.
stacks_sane()
{
	while read -r way pid; do
		cat /proc/$pid/stack >/tmp/stack
		grep -q "entry_SYSCALL_64" /tmp/stack && ! grep -qF "[$NAME]" /tmp/stack || {
			echo "stack of $way:"
			cat /tmp/stack
			return 1
		}
	done <$SLEEPERS.$1
}

# traces_bad: use sysrq-t; name each sleeping task whose trace has only guesses ("?") or
# a frame in the module.
traces_bad()
{
	log_mark
	echo "schedcut-test: traces begin" >/dev/kmsg
	echo t >/proc/sysrq-trigger
	sleep 1
	echo "schedcut-test: traces end" >/dev/kmsg
	log_since | sed 's/^\[[^]]*\] //' | awk -v module="[$NAME]" '
		function judge() {
			if (state != "" && state != "R" && lines) {
				tasks++
				if (!sure || in_module)
					print "trace of " task ": " (in_module ? "in the module" : "only guesses")
			}
			lines = sure = in_module = 0
		}
		/^task:/ { judge(); task = $1; match($0, /state:[A-Z]/);
			   state = substr($0, RSTART + 6, 1); next }
		/^(Sched Debug|Showing|runnable tasks)/ { judge(); state = "" }
		state != "" && /\+0x[0-9a-f]+\/0x[0-9a-f]+/ {
			lines++
			if ($0 !~ /^ *\? /) {
				sure++
				if (index($0, module)) in_module = 1
			}
		}
		END { judge(); print "    " tasks " sleeping tasks traced" >"/dev/stderr"
		      exit tasks < 20 }'
}

# A task may begin to run between its state and its trace. So a trace counts as bad only
# if it is bad three times.
all_traces_sane()
{
	local try
	traces_bad >/tmp/bad || return
	for try in 2 3; do
		[ -s /tmp/bad ] || return 0
		traces_bad >/tmp/again || return
		sort -o /tmp/bad /tmp/bad
		sort /tmp/again | comm -12 - /tmp/bad >/tmp/still
		mv /tmp/still /tmp/bad
	done
	cat /tmp/bad
	[ ! -s /tmp/bad ]
}

sleepers stock
places stock >/tmp/places.stock
sed 's/^/    /' /tmp/places.stock
check "stacks on the stock kernel" stacks_sane stock
check "sysrq-t on the stock kernel" all_traces_sane

check "load modules" modules_load
check "switch" switch_to "$NAME"
sleepers active
for tag in stock active; do
	places $tag >/tmp/places
	check "wchan of tasks asleep since $tag" diff /tmp/places.stock /tmp/places
	check "stacks of tasks asleep since $tag" stacks_sane $tag
done
check "sysrq-t while active" all_traces_sane

check "roll back" switch_to vmlinux
for tag in stock active; do
	# Tasks that fell asleep in the module are parked in the runtime's stub until they
	# run; wchan shows the stub now.
	places $tag >/tmp/places
	if [ $tag = active ]; then
		grep -v " schedcut_switch_tail$" /tmp/places >/tmp/places.rest
		refuse "wchan of a task that is not parked" \
			grep -vxFf /tmp/places.stock /tmp/places.rest
	fi
	[ $tag = active ] || check "wchan after rollback, asleep since $tag" \
		diff /tmp/places.stock /tmp/places
	check "stacks after rollback, asleep since $tag" stacks_sane $tag
done
check "sysrq-t after rollback" all_traces_sane
sleepers_end stock
sleepers_end active
check "unload" modules_unload

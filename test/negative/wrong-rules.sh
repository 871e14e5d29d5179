# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel tool
# TIMEOUT: 900
#
# Each kind of mistake in a rules file is reported with file, line and column, and
# nothing is written.
set -e

# with_section KEY TEXT: the rules with that top-level section replaced.
with_section()
{
	python3 - "$RULES" "$1" "$2" >rules.yaml <<'END'
import re, sys
path, key, text = sys.argv[1:]
rules = open(path).read()
rules = re.sub(r"^%s:.*\n(?:(?:[ #].*)?\n)*" % re.escape(key), "", rules, flags=re.M)
sys.stdout.write(rules.rstrip("\n") + "\n" + text + "\n")
END
}

# refused REGEX [anywhere]: rules.yaml is refused, with a place and this message.
refused()
{
	local place='^[^ ]*rules\.yaml:[0-9]+:[0-9]+: error: '
	[ $# -lt 2 ] || place='error: '
	if cut_into "$PWD/out" --config "$PWD/rules.yaml" >messages 2>&1; then
		echo "accepted:"
		tail -n 3 rules.yaml
		return 1
	fi
	cat messages
	[ ! -e out ] || { echo "left a tree"; return 1; }
	grep -E -- "$place" messages | grep -qE -- "$1" ||
		{ echo "no error with a place and '$1'"; return 1; }
}

with_section nonsense 'nonsense: 1';			refused nonsense
with_section keep_in_vmlinux 'keep_in_vmlinux: [a, b'; refused "YAML|syntax"
with_section keep_in_vmlinux 'keep_in_vmlinux: {a: b}'; refused keep_in_vmlinux
with_section keep_in_vmlinux 'keep_in_vmlinux: [pick_next_task, pick_next_task]'; refused pick_next_task
with_section boundary '# none';				refused boundary
with_section boundary 'boundary: {directories: [kernel/sched], units: [mm/slub.c]}'
refused mm/slub.c
with_section private 'private: [{name: x, init: magic}]'; refused magic
with_section nothing '---';				refused document
# Names that the kernel does not have.
with_section keep_in_vmlinux 'keep_in_vmlinux: [no_such_function]'; refused no_such_function
with_section interface 'interface: {add: [no_such_function]}'; refused no_such_function
with_section private 'private: [{name: no_such_variable, init: keep}]'
refused no_such_variable
with_section shared 'shared: [no_such_variable]';	refused no_such_variable
with_section count_calls 'count_calls: [no_such_function]'; refused no_such_function
with_section switch 'switch: {schedule: no_such_function}'; refused no_such_function
with_section switch 'switch: {class_type: no_such_class}'; refused no_such_class
with_section boundary \
	'boundary: {directories: [kernel/sched], units: [kernel/sched/no_such_file.c]}'
refused no_such_file.c
# Files of sidecars, and copied files.
with_section sidecar 'sidecar: [{file: kernel/cgroup/no_such_file.c, functions: [x]}]'
refused no_such_file.c
with_section sidecar 'sidecar: [{file: kernel/sched/core.c, functions: [schedule]}]'
refused "in the boundary as a whole"
with_section sidecar 'sidecar: [{file: kernel/sched/rt.c, functions: [init_rt_rq]}]'
refused "'kernel/sched/rt.c' is no unit"
with_section extra_files 'extra_files: [include/linux/no_such_file.h]'; refused no_such_file.h
with_section extra_files 'extra_files: [../etc/passwd]';		refused "plain path"

# Options that vmlinux was built with or without, and invalid values.
with_section config 'config: {SMP: y}';			refused "'SMP' is an option that vmlinux was built with"
with_section config 'config: {CONFIG_SCHED_DEBUG: y}';	refused "'SCHED_DEBUG' is an option that vmlinux was built with"
off=$(sed -n '/^# CONFIG_.* is not set$/{s/# CONFIG_\(.*\) is not set/\1/p;q}' "$HEADERS/.config")
with_section config "config: {MINE: y, $off: y}";	refused "'$off' is an option that vmlinux was built without"
# An option that others rule out: the headers know it, but the configuration does not.
with_section config 'config: {PREEMPT_RT: y}';		refused "'PREEMPT_RT' is an option that vmlinux was built without.*/include/.*\.h"
with_section config 'config: {MINE: m}';		refused "'m' is for options"

# Functions and variables that exist, but cannot be what the rules want. A cut reports
# only one, so each kind is tried once; unit/rule_effects has all.
with_section interface 'interface: {add: [schedule]}';	refused "'schedule' cannot be an interface: sleeps"
with_section keep_in_vmlinux 'keep_in_vmlinux: [rq_of]'; refused "'rq_of' cannot stay in vmlinux"
with_section private 'private: [{name: fair_sched_class, init: keep}]'
refused "'fair_sched_class' cannot be private"
with_section shared 'shared: [sched_rr_handler:mutex]';	refused "cannot be shared"
with_section shared 'shared: [mutex]';			refused "more than one variable"
with_section sidecar 'sidecar: [{file: kernel/cgroup/cpuset.c, functions: [task_cs]}]'
refused "'task_cs' cannot be an interface|no function 'task_cs'"
# A key's old name is accepted, with a note, and means the same.
with_section keep_in_vmlinux 'outside: [no_such_function]'; refused no_such_function
grep -qE "rules\.yaml:[0-9]+:1: note: 'outside' is now 'keep_in_vmlinux'" messages
# No file at all.
rm rules.yaml
refused "rules\.yaml" anywhere

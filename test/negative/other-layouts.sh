# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel tool
# TIMEOUT: 900
#
# A patched source, or headers, with other layouts of records than vmlinux is refused at
# the member's line. What fits vmlinux's objects is cut.
set -e

unpack_for_patches source

# edit FILE SED-SCRIPT: edit a copy of the source; the script must change it.
edit()
{
	rm -rf patched
	cp -al source patched
	rm "patched/$1"
	sed "$2" "source/$1" >"patched/$1"
	if cmp -s "source/$1" "patched/$1"; then exit 1; fi
}

# refused LINE MESSAGE OPTION...: refused with MESSAGE, at the line of the edited file that
# contains LINE.
refused()
{
	local line=$1 message=$2 at
	shift 2
	if SRC_TAR=$PWD/patched cut_into "$PWD/out" "$@" >messages 2>&1; then
		echo "accepted: $line"
		return 1
	fi
	echo "--- $line"
	cat messages
	[ ! -e out ]
	grep -q "^note: " messages
	at=$(grep -oE -- "^[^ ]+:[0-9]+:([0-9]+:)? error: $message" messages)
	sed -n "$(cut -d: -f2 <<<"$at")p" "$(find_file "${at%%:*}")" | grep -qF -- "$line"
}

find_file() { case $1 in /*) echo "$1" ;; *) echo "patched/$1" ;; esac }

echo "# the record keeps its size, and every member after the new one moves"
edit kernel/sched/sched.h '/^	unsigned int		clock_update_flags;/i\	u64			mine;'
refused mine "'mine' of struct rq is new and lies at byte [0-9]+, where vmlinux has 'clock_update_flags' \(byte [0-9]+, 4 bytes, 'unsigned int'\); [0-9]+ other members differ, too"

echo "# two members have changed places; only the scheduler uses them"
edit kernel/sched/sched.h '/^struct cfs_rq {/,/^}/{/^	struct list_head	leaf_cfs_rq_list;/{h;d};/^	struct task_group	\*tg;	/G}'
refused "struct task_group	*tg;" "'tg' of struct cfs_rq has moved from byte [0-9]+ to byte [0-9]+; 1 other member differs, too"

# headers_with SED-SCRIPT: this kernel's headers, with include/linux/sched.h edited.
headers_with()
{
	local common file=include/linux/sched.h
	common=$(sed -n 's,^include \(.*\)/Makefile$,\1,p' "$HEADERS/Makefile")
	rm -rf common headers
	cp -rs "$common" common
	rm common/$file
	sed "$1" "$common/$file" >common/$file
	if cmp -s "$common/$file" common/$file; then exit 1; fi
	cp -rs "$HEADERS" headers
	ln -sfn "$HEADERS/scripts" headers/scripts
	ln -sfn "$HEADERS/tools" headers/tools
	rm headers/Makefile
	echo "include $PWD/common/Makefile" >headers/Makefile
}

rm -rf patched
ln -s source patched
echo "# headers in which an entity's members, and so a task's, lie elsewhere"
headers_with '/^struct sched_entity {/,/^}/s/^	struct list_head		group_node;/	u64 mine;\n&/'
refused "mine" "'mine' of struct sched_entity is new and lies at byte [0-9]+, where .*" --headers "$PWD/headers"
grep -q "^note: headers and vmlinux must be those of one kernel package" messages
echo "# padding is used, an internal member renamed, and a record of the stack has grown"
edit kernel/sched/sched.h '/^	int			on_list;/a\	int			mine;'
rm patched/kernel/sched/fair.c
sed '/^struct lb_env {/a\	unsigned long		mine;' source/kernel/sched/fair.c >patched/kernel/sched/fair.c
for file in sched.h fair.c debug.c; do
	sed -i 's/\<idle_nr_running\>/my_nr_running/' patched/kernel/sched/$file
done
SRC_TAR=$PWD/patched cut_into "$PWD/out"

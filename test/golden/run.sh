#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh [--update] GOLDEN_CUT - build the miniature kernel, cut it, compare
# with expected/, compile the result.
#
# When the output is meant to change: meson compile -C BUILD golden_cut, then
# test/golden/run.sh --update BUILD/golden_cut, and read git diff.
set -eu
export LC_ALL=C
here=$(dirname "$(realpath "$0")")
update=
[ "$1" != --update ] || { update=1; shift; }
golden_cut=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$here/mini"
./build.sh "$work/vmlinux"

for reader in relocs scan; do
	mkdir -p "$work/$reader/kernel/sched" "$work/$reader/kernel/cgroup" \
		"$work/$reader/generated/layout"
	"$golden_cut" . "$work/vmlinux" rules.yaml "$work/$reader" "$reader" 2>"$work/said"
done
cd "$work"
echo "# there is no message about the source that vmlinux was compiled from"
cat said
[ ! -s said ]
echo "# relocations and scan lead to the same decisions"
diff -ru relocs scan

if [ "$update" ]; then
	rm -rf "$here/expected"
	cp -r relocs "$here/expected"
else
	echo "# the cut is as expected (see run.sh --update)"
	diff -ru "$here/expected" relocs
fi

# refused MESSAGE: a cut of the kernel in ./mini by ./rules.yaml is refused.
refused()
{
	if (cd mini && "$golden_cut" . "$work/vmlinux" "$work/rules.yaml" "$work/relocs" relocs) \
			2>log; then
		echo "no error"
		exit 1
	fi
	grep -q "$1" log || { cat log; exit 1; }
}

echo "# one declaration cannot be both shared and private"
cp -r "$here/mini" .
sed 's/^private:.*/private: [{name: nr_iowait, init: keep}]/' mini/rules.yaml >rules.yaml
refused "core.c:24:1: error: cannot remove 'nr_throttled': it is declared together with 'nr_iowait'"

echo "# a class type without an object"
sed 's/^sleepers:/switch: {class_type: sched_clas}\n&/' mini/rules.yaml >rules.yaml
refused "rules.yaml:15:22: error: no object of type 'struct sched_clas'"

echo "# code after a comment would be disabled with what is before it"
cp mini/rules.yaml .
for behind in '/* boot */ extern int other;' '/* boot\n */ extern int other;'; do
	sed "s|^int sysctl_sched_latency;|& $behind|" "$here/mini/kernel/sched/core.c" \
		>mini/kernel/sched/core.c
	refused "core.c:12:1: error: cannot remove 'sysctl_sched_latency': it shares a line with something else"
done

cp -r "$here/mini/kernel" mini/
# edit FILE SED-SCRIPT: edit a fresh copy of the source; the script must change it.
edit()
{
	cp "$here/mini/kernel/sched/"*.[ch] mini/kernel/sched/
	sed "$2" "$here/mini/kernel/sched/$1" >"mini/kernel/sched/$1"
	if cmp -s "$here/mini/kernel/sched/$1" "mini/kernel/sched/$1"; then exit 1; fi
}
# said: cut the edited source, which must succeed; keep what the cut prints.
said()
{
	(cd mini && "$golden_cut" . "$work/vmlinux" "$work/rules.yaml" "$work/relocs" relocs) 2>said ||
		{ cat said; exit 1; }
	cat said
}
cp -r relocs pristine

echo "# members of lasting records keep their places, internal or not"
edit sched.h 's/^	unsigned long load;/	XX/;s/^	struct task_struct \*curr;/	unsigned long load;/;s/XX/struct task_struct *curr;/'
refused "sched.h:[0-9]*:22: error: 'curr' of struct rq has moved from byte 16 to byte 8; 1 other member differs, too"
edit sched.h 's/idle:1, pushing:3/pushing:3, idle:1/'
refused "'pushing' of struct rq has moved from byte 40 bit 1 to byte 40 bit 0; 1 other member differs, too"
edit sched.h 's/(\*pick_task)(struct rq \*rq)/(*pick_task)(const struct sched_class *rq)/'
refused "'pick_task' of struct sched_class has 8 bytes, 'struct task_struct \*(\*)(const struct sched_class \*)', but in vmlinux 8 bytes, 'struct task_struct \*(\*)(struct rq \*)'"
edit sched.h 's/^	unsigned long kabi_reserved1;/&\n	int mine;/'
refused "error: struct rq now has [0-9]* bytes, but objects that vmlinux has made have"

echo "# objects of vmlinux keep their size"
edit core.c 's/"LOAD", NULL };/"LOAD", "MINE", NULL };/'
refused "core.c:31:26: error: 'feature_names' now has 32 bytes, but vmlinux's object has 24"
edit core.c 's/"LOAD", NULL };/NULL };/'
refused "core.c:31:26: error: 'feature_names' now has 16 bytes, but vmlinux's object has 24"

echo "# allowed: a reserved member is replaced, padding is used, a record on stacks grows, a record is new"
edit sched.h 's/^	unsigned long kabi_reserved1;/	int mine, others;/;s/^	unsigned int limit;/	char in_padding;\n&/;s/^struct sched_class {/struct my_own { int mine; };\n\n&/'
sed -i 's/^	char tried;/	long mine;\n&/' mini/kernel/sched/core.c
said
[ ! -s said ]

echo "# signatures of functions that vmlinux enters, or that the module calls in vmlinux"
edit core.c 's/^static int cpu_callback(struct notifier_block \*nb, unsigned long action)/static int cpu_callback(struct notifier_block *nb, unsigned int action)/'
refused "core.c:[0-9]*:12: error: the signature of 'cpu_callback' is 'int (struct notifier_block \*, unsigned int)', but the kernel enters it as 'int (struct notifier_block \*, unsigned long)'"

echo "# the source lacks a function that vmlinux has and enters, or a file"
edit core.c 's/cpu_callback(/mine(/;s/= cpu_callback/= mine/'
refused "core.c: error: this source has no 'cpu_callback', which vmlinux has from line [0-9]* of this file and enters (cpu_notifier)"
edit fair.c 's/smoothed(/mine(/'
refused "fair.c: error: this source lacks 1 function that vmlinux has from such files: 'smoothed'"
echo "removed: [smoothed]" >>rules.yaml
said
[ ! -s said ]
edit fair.c 's/total_load = 1;/total_load = 2;/'
refused "rules.yaml:[0-9]*:11: error: 'smoothed' is not removed"
cp mini/rules.yaml .
mv mini/kernel/sched/stats.h mini/kernel/sched/mine.h
sed -i 's/stats.h/mine.h/' mini/kernel/sched/sched.h
sed -i 's/stats_ticks/mine_ticks/' mini/kernel/sched/*.[ch]
refused "kernel/sched/stats.h: error: this source lacks the file, from which vmlinux has 'stats_ticks'"
rm mini/kernel/sched/mine.h

echo "# edits without effect are found by the number of lines"
edit core.c 's/^void schedule(void)/&\n{\n	barrier();/;/^void schedule(void)/{n;d}'
said
grep -q "core.c:[0-9]*:6: warning: 'schedule' stays in vmlinux: this edit has no effect" said
grep -q "^note: outsider: " said
[ "$(grep -c warning: said)" = 1 ]
edit core.c '/^	rq->nohz.active = 0;/i\	barrier();'
said
grep -q "core.c:[0-9]*:20: warning: 'stop_nohz' is edited, but old code of it stays in use, in vmlinux's .*schedule" said
[ "$(grep -c warning: said)" = 1 ]
edit core.c '/^	this_rq()->cpu = boot_cpus;/d'
said
grep -q "warning: 'sched_init' only ran at boot: this edit has no effect" said
edit core.c 's/^void __init sched_init(void)/static int __init mine(void) { return 0; }\ncore_initcall(mine);\n\n&/'
said
grep -q "core.c:[0-9]*:19: warning: 'mine' is __init, and vmlinux does not have it: nothing calls it" said
[ "$(grep -c warning: said)" = 1 ]
echo "# but not in functions that are replaced, nor between functions"
edit core.c '/^	p->prio--;/i\	barrier();'
sed -i 's/^void schedule(void)/int mine(int mine)\n{\n	return mine;\n}\n\n&/;s/^long wait_for_completion(/\n\n&/;s/^asmlinkage __visible/int added;\n&/' mini/kernel/sched/core.c
said
[ ! -s said ]
rm -rf relocs mini/kernel
mv pristine relocs
cp -r "$here/mini/kernel" mini/

echo "# the emitted C is valid, and the compiler lays its records out as the cut says"
# compile UNIT FILE TREE: compile the unit of FILE, with its layouts.
compile()
{
	cat >"$1.c" <<-END
		#define SCHEDCUT_UNIT "$1"
		#include "prelude.h"
		#include "kernel/$2.c"
		#include <schedcut/layout.h>
		#define offsetof(type, member) __builtin_offsetof(type, member)
		const unsigned int schedcut_layout_$1[] = {
		#include "generated/layout/$1.h"
		};
	END
	# Functions that only other functions of the sidecar use are unused now.
	gcc -c -O2 -Wall -Wno-unused-const-variable -Wno-unused-variable -Werror \
		-ffreestanding -mcmodel=kernel \
		-fno-pic -fcf-protection=none -I"$3" -I"$here/mini" -I"$here/mini/include" \
		-I"$here/../../include" "$1.c" -o "$1.o"
}
for unit in sched/core sched/fair cgroup/cpuset; do
	compile "${unit#*/}" "$unit" relocs
done

# moved EXPRESSION MESSAGE: after that edit of sched.h the compiler prints MESSAGE.
moved()
{
	cp -r relocs edited
	sed -i "$1" edited/kernel/sched/sched.h
	if cmp -s relocs/kernel/sched/sched.h edited/kernel/sched/sched.h; then exit 1; fi
	if compile fair sched/fair edited 2>log; then
		echo "the compiler did not see $1"
		exit 1
	fi
	grep -q "$2" log || { cat log; exit 1; }
	rm -r edited
}
echo "# the compiler refuses a member in another place than the kernel's"
moved 's/^\tint cpu, nr_running;/&\n\tunsigned long mine;/' "the size of struct rq is not as in vmlinux; schedcut check says more"
moved 's/^\tint cpu, nr_running;/\tint nr_running, cpu;/' "cpu of struct rq is not as in vmlinux"
moved 's/^\t\tchar active;/\t\tint active;/' "nohz.active of struct rq is not as in vmlinux"
echo "# but not a member that takes a reserved member's place"
cp -r relocs edited
sed -i 's/unsigned long kabi_reserved1/void *mine/' edited/kernel/sched/sched.h
compile fair sched/fair edited
compile fair sched/fair relocs

echo "# vmlinux exports, or the provider has, every symbol that it needs"
ld -r core.o fair.o cpuset.o -o module.o
{
	sed 's/ .*//' relocs/symbols
	nm vmlinux | sed -n 's/.* __ksymtab_//p'
	echo schedcut_counter_pick_next_task
} | sort -u >offered
nm -u module.o | awk '{ print $2 }' | sort -u >needed
comm -23 needed offered >missing
if [ -s missing ]; then
	echo "undefined:"
	cat missing
	exit 1
fi

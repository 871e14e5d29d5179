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
	mkdir -p "$work/$reader/kernel/sched" "$work/$reader/kernel/cgroup"
	"$golden_cut" . "$work/vmlinux" rules.yaml "$work/$reader" "$reader"
done
cd "$work"
echo "# both readers of references decide the same"
diff -ru relocs scan

if [ "$update" ]; then
	rm -rf "$here/expected"
	cp -r relocs "$here/expected"
else
	echo "# the cut is as expected (see run.sh --update)"
	diff -ru "$here/expected" relocs
fi

# refused MESSAGE: the kernel in mini, cut by rules.yaml, both here.
refused()
{
	if (cd mini && "$golden_cut" . "$work/vmlinux" "$work/rules.yaml" "$work/relocs" relocs) \
			2>log; then
		echo "no error"
		exit 1
	fi
	grep -q "$1" log || { cat log; exit 1; }
}

echo "# one declaration cannot be shared and private"
cp -r "$here/mini" .
sed 's/^private:.*/private: [{name: nr_iowait, init: keep}]/' mini/rules.yaml >rules.yaml
refused "core.c:24:1: error: cannot remove 'nr_throttled': it is declared together with 'nr_iowait'"

echo "# a class type that nothing has"
sed 's/^sleepers:/switch: {class_type: sched_clas}\n&/' mini/rules.yaml >rules.yaml
refused "rules.yaml:15:22: error: no object of type 'struct sched_clas'"

echo "# code behind a comment would go with what stands before it"
cp mini/rules.yaml .
for behind in '/* boot */ extern int other;' '/* boot\n */ extern int other;'; do
	sed "s|^int sysctl_sched_latency;|& $behind|" "$here/mini/kernel/sched/core.c" \
		>mini/kernel/sched/core.c
	refused "core.c:12:1: error: cannot remove 'sysctl_sched_latency': it shares a line with something else"
done

echo "# what was emitted is valid C"
for unit in sched/core sched/fair cgroup/cpuset; do
	name=${unit#*/}
	printf '#define SCHEDCUT_UNIT "%s"\n#include "prelude.h"\n#include "kernel/%s.c"\n' \
		"$name" "$unit" >"$name.c"
	# What only the sidecar's other functions use is left over.
	gcc -c -O2 -Wall -Wno-unused-const-variable -Wno-unused-variable -Werror \
		-ffreestanding -mcmodel=kernel \
		-fno-pic -fcf-protection=none -Irelocs -I"$here/mini" -I"$here/mini/include" \
		-I"$here/../../include" "$name.c" -o "$name.o"
done

echo "# vmlinux exports, or the provider offers, all that it needs"
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

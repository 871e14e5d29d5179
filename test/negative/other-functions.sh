# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel tool
# TIMEOUT: 900
#
# A patched source whose functions do not fit vmlinux is refused. Edits that do not get
# into the module are reported, and no others.
set -e

unpack_for_patches source

# edit FILE SED-SCRIPT: edit the patched source; the script must change it.
edit()
{
	cp "patched/$1" new
	sed -i "$2" new
	if cmp -s new "patched/$1"; then exit 1; fi
	rm "patched/$1"
	mv new "patched/$1"
}

begin() { rm -rf patched; cp -al source patched; }

# refused LINE MESSAGE
refused()
{
	local at
	if SRC_TAR=$PWD/patched cut_into "$PWD/out" >messages 2>&1; then
		echo "accepted: $1"
		return 1
	fi
	echo "--- $1"
	cat messages
	[ ! -e out ]
	grep -q "^note: " messages
	at=$(grep -oE -- "^[^ ]+:([0-9]+:[0-9]+:)? error: $2" messages)
	[ -z "$1" ] || sed -n "$(cut -d: -f2 <<<"$at")p" "patched/${at%%:*}" | grep -qF -- "$1"
}

core=kernel/sched/core.c fair=kernel/sched/fair.c

echo "# vmlinux enters a function with another signature"
begin
edit $core 's/^static int migration_cpu_stop(void \*data)/static int migration_cpu_stop(struct migration_arg *data)/'
refused "migration_cpu_stop(struct" "the signature of 'migration_cpu_stop' is 'int \(struct migration_arg \*\)', but the kernel enters it as 'int \(void \*\)'"

echo "# a function that vmlinux enters is not there"
begin
edit $core 's/^void kick_process(/void mine(/'
refused "" "this source has no 'kick_process', which vmlinux has from line [0-9]+ of this file and enters \(.*\)"

echo "# edits of what stays in vmlinux, of what ran at boot, of what lives on in other code"
begin
edit $core '/^void __sched schedule_preempt_disabled(void)/{n;s/$/\n	barrier();/};/^int io_schedule_prepare(void)/{n;s/$/\n	barrier();/};/^void __init sched_init_smp(void)/{n;s/$/\n	barrier();/}'
# An insider, which is replaced, and a function after an outsider, whose edit moves it.
edit $fair '/^static void update_curr(struct cfs_rq/{n;s/$/\n	barrier();/}'
edit $core 's/^void __sched io_schedule(void)/static int __maybe_unused mine(void)\n{\n	return 1;\n}\n\n&/'
SRC_TAR=$PWD/patched cut_into "$PWD/out" 2>&1 | tee messages
grep warning: messages | sed 's/:[0-9:]* warning/: warning/' | sort >said
sort >expected <<'SAID'
kernel/sched/core.c: warning: 'schedule_preempt_disabled' stays in vmlinux: this edit has no effect
kernel/sched/core.c: warning: 'io_schedule_prepare' is edited, but old code of it stays in use, in vmlinux's io_schedule_timeout, io_schedule
kernel/sched/core.c: warning: 'sched_init_smp' only ran at boot: this edit has no effect
SAID
diff expected said
grep -q "^note: 4 functions are longer or shorter than in vmlinux: " messages

# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 3
# TIMEOUT: 300
#
# kexec under load, with the scheduler active: another kernel takes over. That kernel
# ends this test, because the script does not come back. All its devices can suspend, so
# it suspends to idle, under the scheduler and under vmlinux's.
. "$GUEST_DIR/lib.sh"
ROOT_DIR=/tmp/next

mkdir -p $ROOT_DIR/dev $ROOT_DIR/proc $ROOT_DIR/sys
cp "$(command -v busybox)" "$(ko schedcut)" "$(ko "$PROVIDER")" "$(ko "$NAME")" "$PROBE" $ROOT_DIR/
echo "PROVIDER=$PROVIDER NAME=$NAME" >$ROOT_DIR/env
cat >$ROOT_DIR/init <<'EOF'
#!/busybox sh
B=/busybox
. /env
SYSFS=/sys/kernel/schedcut

say() { echo "schedcut-test: $*" >/dev/kmsg; }
end()
{
	say "@@ end kexec $1 0"
	echo "@@ end kexec $1 0" >/dev/ttyS1
	echo $1 >/dev/ttyS2
	$B reboot -f
}
fail() { echo "FAILED: in the next kernel: $*" >/dev/ttyS1; end 1; }
suspend()
{
	# The alarm is in 10 s, so that it does not fire before the machine sleeps.
	echo "2710 0" >/sys/kernel/debug/schedcut_probe/wake
	echo freeze >/sys/power/state
}
entries() { $B awk '$1 == "entries" { print $2 }' $SYSFS/stats; }

$B mount -t devtmpfs dev /dev
$B mount -t proc proc /proc
$B mount -t sysfs sys /sys
for port in 1 2; do
	$B stty -F /dev/ttyS$port raw -echo -opost
done
say "the next kernel runs"
$B mount -t debugfs debugfs /sys/kernel/debug
for module in schedcut_probe schedcut $PROVIDER $NAME; do
	$B insmod /$module.ko || fail "insmod $module"
done
echo 1 >/sys/module/schedcut/parameters/check_invariants
cpus=$($B grep -c ^processor /proc/cpuinfo)
[ $cpus -gt 1 ] || fail "it has only one CPU"
for try in 1 2 3; do
	echo $NAME >$SYSFS/active || fail "switch"
	before=$(entries)
	suspend || fail "suspend"
	$B grep -qx $NAME $SYSFS/active || fail "the scheduler went"
	[ $(entries) -gt $before ] || fail "the module was not used"
	echo vmlinux >$SYSFS/active || fail "roll back"
	# Once more, the other way round.
	suspend || fail "suspend with vmlinux's scheduler"
done
slept=$($B cat /sys/power/suspend_stats/success)
echo "    suspended $slept times, $cpus CPUs" >/dev/ttyS1
[ $slept -eq 6 ] || fail "it was suspended $slept times"
for module in $NAME $PROVIDER; do
	$B rmmod $module || fail "rmmod $module"
done
end 0
EOF
chmod +x $ROOT_DIR/init
(cd $ROOT_DIR && find . | busybox cpio -o -H newc >/tmp/next.cpio)

check "load modules" modules_load
load_start
check "switch" switch_to "$NAME"
sleep 1
echo "schedcut-test: kexec while $(active) is active" >/dev/kmsg
python3 - "$VMLINUZ" /tmp/next.cpio <<'EOF'
import ctypes, os, sys

SYS_KEXEC_FILE_LOAD = 320
LINUX_REBOOT_CMD_KEXEC = 0x45584543
libc = ctypes.CDLL(None, use_errno=True)
kernel, initrd = (os.open(path, os.O_RDONLY) for path in sys.argv[1:3])
command = b"console=ttyS0 panic=-1 no_timer_check tsc=reliable printk.time=1 loglevel=7 " \
          b"rcupdate.rcu_cpu_stall_timeout=120 watchdog_thresh=60\0"
if libc.syscall(SYS_KEXEC_FILE_LOAD, kernel, initrd, len(command), command, 0):
    sys.exit("kexec_file_load: " + os.strerror(ctypes.get_errno()))
libc.reboot(LINUX_REBOOT_CMD_KEXEC)
sys.exit("reboot: " + os.strerror(ctypes.get_errno()))
EOF
fail "this kernel still runs"

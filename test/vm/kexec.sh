# SPDX-License-Identifier: GPL-2.0-only
# CPUS: 3
# TIMEOUT: 300
#
# kexec under load, with the scheduler active: another kernel takes over. It ends
# this test, whose script does not come back.
. "$GUEST_DIR/lib.sh"
ROOT_DIR=/tmp/next

mkdir -p $ROOT_DIR/bin $ROOT_DIR/dev
cp "$(command -v busybox)" $ROOT_DIR/bin/
cat >$ROOT_DIR/init <<'EOF'
#!/bin/busybox sh
B=/bin/busybox
$B mount -t devtmpfs dev /dev
echo "schedcut-test: the next kernel runs" >/dev/kmsg
for port in 1 2; do
	$B stty -F /dev/ttyS$port raw -echo -opost
done
echo "schedcut-test: @@ end kexec 0 0" >/dev/kmsg
echo "@@ end kexec 0 0" >/dev/ttyS1
echo 0 >/dev/ttyS2
$B reboot -f
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
command = b"console=ttyS0 panic=-1 no_timer_check tsc=reliable printk.time=1 loglevel=7\0"
if libc.syscall(SYS_KEXEC_FILE_LOAD, kernel, initrd, len(command), command, 0):
    sys.exit("kexec_file_load: " + os.strerror(ctypes.get_errno()))
libc.reboot(LINUX_REBOOT_CMD_KEXEC)
sys.exit("reboot: " + os.strerror(ctypes.get_errno()))
EOF
fail "this kernel still runs"

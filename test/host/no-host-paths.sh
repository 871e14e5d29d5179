# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# The committed tree knows nothing of the machine that made it.
set -e
for path in "$WORK" "$ROOT" "$HOME" "$SRC_TAR" "$VMLINUX"; do
	# Too short to mean anything: "/".
	[ ${#path} -gt 4 ] || continue
	if git -C "$WORK/cut" grep -IlF -e "$path"; then
		echo "'$path' is in the files above"
		exit 1
	fi
done
if git -C "$WORK/cut" log --format='%an %ae %cn %ce %B' | grep -F -e "$WORK" -e "$ROOT"; then
	echo "the commit names a path of this machine"
	exit 1
fi

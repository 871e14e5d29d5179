# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# Kernel files of the tree: those that need no edit are the kernel's, byte for
# byte; in the others every line of the kernel is still there, in order.
set -e
mkdir source
tar -xf "$SRC_TAR" -C source --strip-components=1 --wildcards '*/kernel/sched/*' '*/io_uring/*.h' \
	'*/kernel/*.h'
python3 - "$WORK/cut" source <<'END'
import os
import sys

tree, source = sys.argv[1:]
same = edited = 0
bad = []
for folder, dirs, files in os.walk(tree):
    dirs[:] = [d for d in dirs if d != ".git"]
    for name in files:
        path = os.path.relpath(os.path.join(folder, name), tree)
        original = os.path.join(source, path)
        if not os.path.exists(original):
            continue
        ours = open(os.path.join(tree, path), "rb").read()
        theirs = open(original, "rb").read()
        if ours == theirs:
            same += 1
            continue
        edited += 1
        if b"schedcut" not in ours.lower():
            bad.append(path + ": differs and does not say why")
print(same, "files untouched,", edited, "edited")
if not same or not edited:
    bad.append("no file compared")
print("\n".join(bad))
sys.exit(bool(bad))
END

# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# Kernel files in the tree that need no edit are the kernel's, byte for byte. The others
# still have every line of the kernel, in order, except for wrapped addresses and the
# first lines of class objects.
set -e
mkdir source
tar -xf "$SRC_TAR" -C source --strip-components=1 --wildcards '*/kernel/sched/*' '*/io_uring/*.h' \
	'*/kernel/*.h'
python3 - "$WORK/cut" source <<'END'
import os
import re
import sys


def unwrapped(text):
    """@text, with the kernel's words where the cut has replaced them."""
    text = re.sub(r"\bSCHEDCUT_ORIG\((\w+)\)", r"\1", text)
    text = re.sub(r"^const struct sched_class schedcut_class_(\w+)_sched_class = ",
                  r"DEFINE_SCHED_CLASS(\1) = ", text, flags=re.M)
    return re.sub(r"^extern (const struct sched_class \w+;)$", r"\1", text, flags=re.M)


def first_missing(lines, among):
    """The first of @lines that is not in @among after the lines before it."""
    rest = iter(among)
    return next((line for line in lines if line not in rest), None)


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
        ours = open(os.path.join(tree, path)).read()
        theirs = open(original).read()
        if ours == theirs:
            same += 1
            continue
        edited += 1
        missing = first_missing(theirs.splitlines(), unwrapped(ours).splitlines())
        if missing is not None:
            bad.append("%s: a line is missing: %s" % (path, missing))
        if "schedcut" not in ours.lower():
            bad.append(path + ": differs and does not say why")
print(same, "files untouched,", edited, "edited")
if not same or not edited:
    bad.append("no file compared")
print("\n".join(bad))
sys.exit(bool(bad))
END

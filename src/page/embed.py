#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
embed.py - put the page's files into one and make C strings of it.

    embed.py PAGE FILE... OUTPUT

A line "@@ NAME" of PAGE stands for the FILE of that name, "@@ data" for the
place where a report is put.
"""
import os
import sys


def c_string(name, text):
    """Octal escapes have three digits, so nothing behind them is taken in."""
    lines = []
    for line in text.encode("utf-8").splitlines(keepends=True):
        quoted = "".join(chr(c) if 32 <= c < 127 and chr(c) not in '"\\?' else "\\%03o" % c
                         for c in line)
        lines.append('\t"%s"' % quoted)
    return "const char %s[] =\n%s;\n" % (name, "\n".join(lines))


def main():
    page, *files, output = sys.argv[1:]
    parts = {os.path.basename(f): open(f, encoding="utf-8").read() for f in files}
    halves = [""]
    for line in open(page, encoding="utf-8"):
        if line == "@@ data\n":
            halves.append("")
        elif line.startswith("@@ "):
            halves[-1] += parts.pop(line[3:-1])
        else:
            halves[-1] += line
    if len(halves) != 2 or parts:
        sys.exit("%s: must name data and %s once" % (page, ", ".join(parts) or "each file"))
    with open(output, "w", encoding="ascii") as f:
        f.write('#include "page.h"\n\n')
        f.write(c_string("page_before", halves[0]) + "\n" + c_string("page_after", halves[1]))


main()

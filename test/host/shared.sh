# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: modules
#
# The linked module has no copy of a variable of vmlinux, except those that the report
# calls private, class or glue, and no static call.
set -e
export LC_ALL=C
# Static variables of functions ("count.0") cannot be told by their names.
nm "$WORK/tree/scheduler.ko" | awk 'NF == 3 && $2 ~ /^[BbDd]$/ && $3 !~ /\.[0-9]+$/ { print $3 }' |
	sort -u >own
nm "$VMLINUX" | awk '$2 ~ /^[BbDdA]$/ { print $3 }' | sort -u >vmlinux
# Debian's python3, which has Debian's python3-yaml.
/usr/bin/python3 - "$WORK/tree/boundary.yaml" >private <<'END'
import sys
import yaml

with open(sys.argv[1]) as f:
    report = yaml.load(f, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
for var in report["variables"]:
    if var["class"] in ("private", "class", "glue"):
        print(var["name"])
END
sort -u -o private private
comm -12 own vmlinux | comm -23 - private >both
echo "$(wc -l <own) variables, $(wc -l <private) private, in both: $(wc -l <both)"
[ -s own ]
[ "$(wc -l <vmlinux)" -gt 5000 ]
cat both
[ ! -s both ]
[ -z "$(nm "$WORK/tree/scheduler.ko" | grep -E ' [TtDdBb] __SC[KT]__')" ]

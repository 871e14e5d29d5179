# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# `schedcut explain` follows the reasons of boundary.yaml to their end, and names what
# refers to a function from outside.
set -e

explain()
{
	"$SCHEDCUT" explain "$1" "$WORK/cut" >said
}

echo "# three hops: why does sched_yield()'s function stay in vmlinux?"
explain do_sched_yield
grep -q '^do_sched_yield: outsider, kernel/sched/core.c:[0-9]*$' said
grep -q '^  reason: sleeps: calls schedule$' said
grep -q '^  because schedule (outsider): sleeps: calls __schedule$' said
grep -q '^  because __schedule (interface): ' said
grep -q '^    __do_sys_sched_yield (code, ' said

echo "# each reason that leads to another function leads to one that is listed"
/usr/bin/python3 - "$WORK/cut/boundary.yaml" <<'EOF'
import sys, yaml
report = yaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader)
assert report["format"] == 1
functions = {(f["name"], f["at"]) for f in report["functions"]}
old_code = {c["name"] for c in report["old_code"]}
links = [e["next"] for e in report["functions"] + report["old_code"] if "next" in e]
lost = [n for n in links if (n.get("function"), n.get("at")) not in functions and
        n.get("old_code") not in old_code]
assert len(links) > 50 and not lost, (len(links), lost[:5])
EOF

echo "# records, with or without their kind; variables"
explain 'struct cfs_rq'
grep -q '^  free: ' said
grep -q '^  min_vruntime: internal$' said
mv said with_kind
explain cfs_rq
diff with_kind said
explain runqueues
grep -q '^runqueues: shared, ' said

echo "# what is not there, what is no tree, and wrong arguments"
if explain no_such_function 2>errors; then exit 1; fi
grep -q "boundary.yaml: error: no function, variable or record is called 'no_such_function'" errors
mkdir empty
if "$SCHEDCUT" explain schedule empty 2>errors; then exit 1; fi
grep -q '^empty/boundary.yaml: error: cannot read the file' errors
grep -q '^note: empty is not a tree that schedcut made' errors
sed 's/, by: \[{.*}\]/, by: [outsider]/' "$WORK/cut/boundary.yaml" >empty/boundary.yaml
"$SCHEDCUT" explain rq empty >said
grep -q '^  nr_running: not internal$' said
sed 's/^format: 1$/format: 2/' "$WORK/cut/boundary.yaml" >empty/boundary.yaml
if "$SCHEDCUT" explain schedule empty 2>errors; then exit 1; fi
grep -q 'error: not a report of format 1' errors
status=0
"$SCHEDCUT" explain schedule 2>errors || status=$?
[ $status = 2 ]

echo "# cut and no command are the same"
"$SCHEDCUT" cut --help | diff - <("$SCHEDCUT" --help)

# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
# TIMEOUT: 900
#
# BTF and DWARF agree about all records that a cut compares. A vmlinux without BTF is
# cut by its DWARF, into the same tree.
set -e
units=$(sed -n 's/^unit\t[^\t]*\t//p' "$WORK/cut/generated/manifest" | paste -sd,)
awk '/^records:/ { on = 1 } on && /^  - name:/ { print $3 }' "$WORK/cut/boundary.yaml" >names
[ "$(wc -l <names)" -gt 50 ]
"$WORK/build/compare_types" "$VMLINUX" "$units" $(cat names) task_struct list_head \
	cpumask hrtimer cgroup_subsys_state | tee said
grep -qE '^[0-9]{2,} records, 0 differ$' said
# It fails if nothing was compared.
if "$WORK/build/compare_types" "$VMLINUX" kernel/fork.c no_such_record; then exit 1; fi

cat >rename.py <<'END'
import mmap, shutil, sys
shutil.copyfile(*sys.argv[1:])
with open(sys.argv[2], "r+b") as f, mmap.mmap(f.fileno(), 0) as m:
    at = m.rfind(b"\0.BTF\0")
    m[at + 1:at + 5] = b".XTF"
END
python3 rename.py "$VMLINUX" vmlinux
[ -z "$(readelf -SW vmlinux | grep ' \.BTF ')" ]
cut_into "$PWD/out" --vmlinux "$PWD/vmlinux"
diff -r --exclude=.git --exclude=local.mk "$WORK/cut" out

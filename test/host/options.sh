# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel tool
# TIMEOUT: 900
#
# The compiler, make and the check know the options of the rules, and the tree lists
# them.
set -e
cat "$RULES" - >rules.yaml <<'END'
config: {TEST_MINE: y, CONFIG_TEST_SHIFT: 3, TEST_NAME: "a \"b\" $c"}
END
cut_into "$PWD/tree" --config "$PWD/rules.yaml"
cd tree
grep -qx '  TEST_MINE: "y"' boundary.yaml
grep -q 'CONFIG_TEST_MINE=y.*CONFIG_TEST_SHIFT=3.*CONFIG_TEST_NAME="a \\"b\\" $c"' README.md

check()
{
	"$SCHEDCUT" check -q --headers "$HEADERS" . 2>../findings
	cat ../findings
}
check
[ ! -s ../findings ]

echo "# an edit that tests them, and one that does not exist"
cat >kernel/sched/mine.c <<'END'
#define SCHEDCUT_UNIT "core"
#include <schedcut/prelude.h>
#include <linux/build_bug.h>

#if !IS_ENABLED(CONFIG_TEST_MINE) || CONFIG_TEST_SHIFT != 3
#error without its options
#endif
const char test_name[] = CONFIG_TEST_NAME;
static_assert(sizeof(test_name) == sizeof("a 'b' $c"));
static_assert(IS_BUILTIN(CONFIG_TEST_MINE));

int test_mine(int n)
{
	return IS_ENABLED(CONFIG_TEST_MINE) && !IS_ENABLED(CONFIG_TEST_OTHER) ? n : 0;
}
#ifdef CONFIG_TEST_MINE
int test_more;
#endif
END
echo 'scheduler-$(CONFIG_TEST_MINE) += kernel/sched/mine.o' >>Kbuild
echo 'obj-$(CONFIG_TEST_MINE) += mine.o' >>kernel/sched/Makefile
printf 'config TEST_MINE\n\tbool "Mine"\n' >kernel/sched/Kconfig
check
[ "$(grep -c 'warning: ' ../findings)" = 1 ]
grep -q '^kernel/sched/mine.c:14:[0-9]*: warning: this is always false: CONFIG_TEST_OTHER' ../findings
[ "$(make -s -f - show <<'END'
src := .
include Kbuild
show: ; @echo $(filter kernel/%,$(scheduler-y))
END
)" = kernel/sched/mine.o ]

echo "# the compiler"
make -C "$HEADERS" M="$PWD" kernel/sched/mine.o 2>&1 | tee ../make.log
[ -f kernel/sched/mine.o ]
[ -z "$(grep warning: ../make.log)" ]

# SPDX-License-Identifier: GPL-2.0-only
#
# identity.sh TREE - print generated/build.h, which says what the modules are
# built from. Kbuild runs it at every build.
#
# The same sources at the same commit give the same text: it has no date and no
# path. Sources are what a build reads, so notes in the tree do not count.
set -e
cd "$1"
# git is asked about this tree, whatever repository's hook make was called by.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR GIT_PREFIX

# short: the beginning of a digest of standard input.
short() { sha1sum | cut -c 1-12; }

# sources DIRECTORY...: digest of the sources in there.
sources()
{
	find "$@" -name '.?*' -prune -o -name '*.mod.c' -o -path '*generated/build.h' -o \
		-type f \( -name '*.[chS]' -o -name Kbuild -o -name Makefile \) \
		-exec sha1sum {} + | LC_ALL=C sort -k 2 | short
}

# warn TEXT: its first line.
warn() { printf '%s\n' "warning: the modules name no commit: $1" | sed q >&2; }

# "cut-3-g0123456789ab-dirty": three commits after that of the cut, and edited
# since. "none" without git.
commit()
{
	if ! command -v git >/dev/null; then
		[ ! -e .git ] || warn "git is not installed"
		echo none
	elif ! why=$(git ls-files --error-unmatch Kbuild 2>&1 >/dev/null); then
		[ ! -e .git ] || warn "$why"
		echo none
	elif ! name=$(git describe --tags --match cut --long --always --abbrev=12 2>/dev/null); then
		warn "git has no commit of the tree"
		echo none
	else
		edited=$(git --no-optional-locks status --porcelain --untracked-files=all -- \
			 '*.[chS]' '*Kbuild' '*Makefile')
		echo "$name${edited:+-dirty}"
	fi
}

cut=$(sed -n 's/^cut	//p' generated/manifest | cut -c 1-12)
commit=$(commit)
all=$(sources .)
runtime=$(sources runtime include/schedcut generated/features.h)
cat <<END
/* Made by runtime/identity.sh at each build. */
#define SCHEDCUT_CUT		"$cut"
#define SCHEDCUT_COMMIT		"$commit"
#define SCHEDCUT_SOURCES	"$all"
/* Of the runtime alone. */
#define SCHEDCUT_RUNTIME	"$runtime"
END

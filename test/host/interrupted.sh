# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: kernel tool
# TIMEOUT: 900
#
# A cut that a signal ends, or that cannot write, leaves the old tree as it was,
# and nothing else: no half-written tree, no temporary directory.
set -e

mkdir out tmp
export TMPDIR=$PWD/tmp

# nothing_left [NAME]: out/ contains nothing but NAME.
nothing_left()
{
	[ "$(ls -A out)" = "${1-}" ] && [ -z "$(ls -A tmp)" ] ||
		{ echo "left:"; ls -A out tmp; return 1; }
}

# interrupt SIGNAL GLOB: run a cut, and send it SIGNAL as soon as GLOB exists; set
# status to its exit status.
interrupt()
{
	# Not cut_into: $! must be schedcut itself. Background jobs ignore SIGINT, and
	# jobs below nohup ignore SIGHUP; schedcut would inherit that.
	env --default-signal "$SCHEDCUT" --config "$RULES" --release "$REL" --source "$SRC_TAR" \
		--headers "$HEADERS" --vmlinux "$VMLINUX" -o out/tree -q --force 2>messages &
	local pid=$!
	status=0
	until compgen -G "$2" >/dev/null; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.01
	done
	kill -"$1" "$pid" 2>/dev/null || true
	wait "$pid" || status=$?
	cat messages
}

# ended SIGNAL GLOB: such a cut is ended by the signal at once, and says so. If it was
# ready before the signal came, that proves nothing: try again with the old out/.
ended()
{
	echo "--- $1 at $2"
	rm -rf before && cp -a out before
	for try in 1 2 3 4 5 6 7 8 9 10; do
		interrupt "$1" "$2"
		[ "$status" -eq 0 ] || break
		rm -rf out && cp -a before out
	done
	[ "$status" -eq $((128 + $(kill -l "$1"))) ]
	grep -q "error: interrupted by signal" messages
}

ended TERM 'tmp/*';		nothing_left
ended TERM 'out/tree.*';	nothing_left
ended HUP 'out/tree.*/.git';	nothing_left
mkdir out/tree
echo old >out/tree/file
ended INT 'out/tree.*/runtime';	nothing_left tree
[ "$(cat out/tree/file)" = old ]
rm -r out/tree

# The unpacked source, too, gets into the cache as a whole or not at all.
(
	export XDG_CACHE_HOME=$PWD/cache
	ended TERM 'cache/schedcut/source/*/kernel'
	nothing_left
	[ -z "$(ls -A cache/schedcut/source)" ]
)

# full SIZE: if files may have at most SIZE KiB, the cut fails and leaves nothing.
full()
{
	echo "--- at most $1 KiB a file"
	if (ulimit -f "$1"; cut_into out/tree -q 2>messages); then
		echo "succeeded"
		return 1
	fi
	cat messages
	grep -q "File too large" messages
	nothing_left
}

full 2		# the compiler, when it is asked for its flags
full 100	# a file of schedcut's own

# A file system without space, if one can be mounted.
if unshare -rm true 2>/dev/null; then
	echo "--- no space"
	if unshare -rm bash -c '
		. "$ROOT/test/lib/prepare.sh"
		mount -t tmpfs -o size=2m none out
		if cut_into out/tree -q; then exit 0; fi
		ls -A out >left
		exit 1' 2>messages; then
		echo "succeeded"
		exit 1
	fi
	cat messages
	grep -q "No space left" messages
	[ ! -s left ]
fi

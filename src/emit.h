/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit.h - write the tree: into a temporary directory beside its place,
 * committed as a git repository, renamed into place.
 */
#ifndef SCHEDCUT_EMIT_H
#define SCHEDCUT_EMIT_H

#include "generate.h"
#include "rewrite.h"

struct emit_input {
	const char *dir;		/* where the tree goes */
	bool force;			/* replace an existing one */
	const char *runtime_dir, *include_dir;
	const struct generate_input *generate;
	const struct generated *generated;
	const struct rewritten *rewritten;
};

/*
 * The runtime's sources: data_dir/runtime of an installed schedcut, or
 * kmod-runtime/ of the source tree that the running program was built in.
 * Both paths are owned by the caller.
 */
struct error *emit_find_runtime(char **runtime_dir, char **include_dir);
/* Object names ("core", "tail_x86_64") of what schedcut.ko is made of. */
struct error *emit_runtime_objects(const char *runtime_dir, struct arena *arena,
				   const char ***objects, size_t *n);
/* Fails early if @dir exists and @force is not given. */
struct error *emit_check_dir(const char *dir, bool force);
struct error *emit_tree(const struct emit_input *in);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * identity.c - which builds of scheduler and runtime are in use.
 *
 * generated/build.h names the sources. The build ID is made by the linker and not known
 * to them; it is read from the module's note, as the kernel shows it in
 * /sys/module/NAME/notes.
 */
#include <linux/elf.h>

#include "../base/common.h"
#include "identity.h"
#include "../../generated/build.h"

#define RUNTIME_VERSION SCHEDCUT_VERSION "+" SCHEDCUT_RUNTIME
MODULE_VERSION(RUNTIME_VERSION);

#ifndef NT_GNU_BUILD_ID
#define NT_GNU_BUILD_ID 3
#endif
#define MAX_BUILD_ID ((SCHEDCUT_BUILD_ID_SIZE - 1) / 2)

struct build_id_note {
	struct elf_note head;
	char name[sizeof("GNU")];
	u8 id[MAX_BUILD_ID];
};

/* Write the build ID of @mod to @text as hexadecimal digits, or "unknown" if it has none. @mod
 * stays loaded meanwhile. May sleep. */
void schedcut_module_build_id(const struct module *mod, char text[SCHEDCUT_BUILD_ID_SIZE])
{
	struct build_id_note note;
	size_t size = schedcut_build_id_note(mod, &note, sizeof(note));

	strscpy(text, "unknown", SCHEDCUT_BUILD_ID_SIZE);
	if (size > offsetof(struct build_id_note, id) && note.head.n_type == NT_GNU_BUILD_ID &&
	    note.head.n_namesz == sizeof(note.name) &&
	    note.head.n_descsz == size - offsetof(struct build_id_note, id) &&
	    !memcmp(note.name, "GNU", sizeof(note.name)))
		snprintf(text, SCHEDCUT_BUILD_ID_SIZE, "%*phN", (int)note.head.n_descsz, note.id);
}

/* `version` of a scheduler: one `key value` per line in @buf, a page; returns the bytes.
 * Process context. */
ssize_t schedcut_identity_show(const struct schedcut_state *state, char *buf)
{
	const struct schedcut_build *build = state->scheduler->build;

	return sysfs_emit(buf,
			  "schedcut %s\nrelease %s\ncut %s\ncommit %s\nsources %s\nbuild_id %s\n",
			  build->tool, build->release, build->cut, build->commit, build->sources,
			  state->build_id);
}

/* `version` of the runtime, likewise. */
ssize_t schedcut_runtime_show(char *buf)
{
	char build_id[SCHEDCUT_BUILD_ID_SIZE];

	schedcut_module_build_id(THIS_MODULE, build_id);
	return sysfs_emit(buf, "schedcut %s\nsources %s\nbuild_id %s\n", SCHEDCUT_VERSION,
			  SCHEDCUT_RUNTIME, build_id);
}

/* Log which build the registered scheduler @s is, and @what has become of it. Nothing if @s is
 * NULL (vmlinux's). */
void schedcut_identity_log(const struct schedcut_scheduler *s, const char *what)
{
	const struct schedcut_build *build;

	if (!s)
		return;
	build = s->build;
	pr_info("%s %s: release %s, cut %s, commit %s, sources %s, build ID %s\n", s->name, what,
		build->release, build->cut, build->commit, build->sources, s->state->build_id);
}

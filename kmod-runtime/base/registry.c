// SPDX-License-Identifier: GPL-2.0-only
#include "common.h"
#include "registry.h"

/* Priority inheritance: the watchdog must not wait for a holder that is starved. */
DEFINE_RT_MUTEX(schedcut_mutex);
struct schedcut_scheduler *schedcut_active;
static LIST_HEAD(schedulers); /* struct schedcut_state, oldest first; schedcut_mutex */

/* The name of @s in files and in the log; NULL is vmlinux's own scheduler. Any context. */
const char *schedcut_name_of(const struct schedcut_scheduler *s)
{
	return s ? s->name : "vmlinux";
}

/* Log @why @s is refused because of its function or object @what; returns @error. */
int schedcut_refuse(const struct schedcut_scheduler *s, const char *what, const char *why, int error)
{
	pr_err("%s refused: %s: %s\n", s->name, what, why);
	return error;
}

/* The registered scheduler @name, or NULL. */
struct schedcut_scheduler *schedcut_find(const char *name)
{
	struct schedcut_state *state;

	lockdep_assert_held(&schedcut_mutex);
	list_for_each_entry(state, &schedulers, node) {
		if (!strcmp(state->scheduler->name, name))
			return state->scheduler;
	}
	return NULL;
}

void schedcut_registry_add(struct schedcut_state *state)
{
	lockdep_assert_held(&schedcut_mutex);
	state->scheduler->state = state;
	list_add_tail(&state->node, &schedulers);
}

/* Forget @s; its state, now the caller's, or NULL if @s is not registered. */
struct schedcut_state *schedcut_registry_remove(struct schedcut_scheduler *s)
{
	struct schedcut_state *state = s->state;

	lockdep_assert_held(&schedcut_mutex);
	if (state)
		list_del(&state->node);
	s->state = NULL;
	return state;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* identity.h - which builds of scheduler and runtime are in use. */
#ifndef _SCHEDCUT_CORE_IDENTITY_H
#define _SCHEDCUT_CORE_IDENTITY_H

#include "../base/registry.h"

void schedcut_module_build_id(const struct module *mod, char text[SCHEDCUT_BUILD_ID_SIZE]);
ssize_t schedcut_identity_show(const struct schedcut_state *state, char *buf);
ssize_t schedcut_runtime_show(char *buf);
void schedcut_identity_log(const struct schedcut_scheduler *s, const char *what);

#endif

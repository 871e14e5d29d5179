/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * requirements.h - which options of a kernel's configuration a cut needs, and which
 * it cannot deal with. They are checked before anything else, so the error names the
 * cause, not one of its many consequences. docs/requirements.md has the same table for
 * people.
 */
#pragma once

#include "base/diag.h"

enum demand {
	DEMAND_SET,   /* an error if it is not set */
	DEMAND_UNSET, /* an error if it is set */
	DEMAND_NOTED, /* a remark if it is set */
};

struct requirement {
	const char *name; /* without "CONFIG_" */
	enum demand demand;
	const char *why; /* what is wrong: "CONFIG_X is set: WHY" */
	const char *remedy;
};

/* Ends with a name that is NULL. */
extern const struct requirement requirements[];

/*
 * Check the configuration that the directory @headers was made for. Error: the
 * first option in the way, with the names of the others. @remarks: what the user
 * should know besides; the caller frees them, also after an error.
 */
struct error *requirements_check(const char *headers, error_list *remarks);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * provide.h - the symbols that the provider module has to offer: what the
 * emitted code needs from vmlinux and vmlinux does not export.
 */
#pragma once

#include "decide/classify.h"
#include "emit/tables.h"

struct provision {
	struct arena arena;
	provided_vec symbols; /* sorted by name, as strcmp sorts */
	struct strmap by_name;
};

/* "vml.UNIT.NAME", the assembler name of vmlinux's NAME as UNIT sees it. */
#define VML_PREFIX "vml."
/* "vml.text.ADDRESS", replaced code by its link-time address: names of clones
 * may be too long, and two of one unit may be equal. */
#define VML_TEXT VML_PREFIX "text."
/* Before the name of a scheduler: the digest of layouts that its provider has. */
#define VML_LAYOUT VML_PREFIX "layout."
/* modpost's limit on names it records versions of (MODULE_NAME_LEN on 64 bit). */
#define SYMBOL_NAME_MAX 55

/*
 * Collect them, and the own one of the provider of scheduler @name. A name that the
 * emitted text needs for certain and vmlinux does not have is an error; names that only
 * may be needed are left out then.
 */
struct error *provide(const struct facts *facts, const struct decisions *decisions,
		      const char *name, struct provision **provision);
void provision_free(struct provision *provision);

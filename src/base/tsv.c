// SPDX-License-Identifier: GPL-2.0-only
#include "base/tsv.h"

#include <string.h>

const char *tsv_next(struct tsv *tsv)
{
	char *line = strsep(&tsv->rest, "\n"), *field;

	if (!line)
		return NULL;
	tsv->line++;
	for (tsv->n = 0; tsv->n <= TSV_MAX_FIELDS && (field = strsep(&line, "\t")); tsv->n++)
		if (tsv->n < TSV_MAX_FIELDS)
			tsv->fields[tsv->n] = field;
	return tsv->fields[0];
}

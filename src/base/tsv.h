/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tsv.h - read text of lines whose fields are separated by tabs; the first field
 * says what the line is.
 */
#pragma once

#include <stddef.h>

#define TSV_MAX_FIELDS 12

struct tsv {
	char *rest;	   /* text not read yet; it is changed, and the fields are in it */
	unsigned int line; /* number of the line read last, from 1 */
	char *fields[TSV_MAX_FIELDS];
	size_t n; /* fields, at least 1; more than TSV_MAX_FIELDS: there are more */
};

/* Split the next line of tsv->rest into tsv->fields. Returns its first field, which may
 * be empty, or NULL after the last line. */
const char *tsv_next(struct tsv *tsv);

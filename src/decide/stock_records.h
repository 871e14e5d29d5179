/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stock_records.h - do the records of the source lie in memory as vmlinux's do?
 *
 * In two steps, because it is known late which members only the module accesses: first
 * what differs, then whether it may differ.
 */
#pragma once

#include "decide/records.h"
#include "types/layout.h"

/* A record that differs between vmlinux and the source. */
struct stock_record {
	const struct src_record *src;
	unsigned int number;	 /* of @src in source.records */
	struct layout then, now; /* vmlinux's and the source's */
};

struct stock_records {
	struct arena arena;
	VEC(struct stock_record) changed;
	size_t same; /* records that are as in vmlinux */
};

/* Compare every record of @source whose members are known. A new one, which vmlinux does
 * not have, is neither same nor changed. Error: vmlinux has no types. */
struct error *stock_records_find(const struct source *source, const struct kernel *kernel,
				 struct stock_records **stock);
/* The names to search the source for: of every member that is recorded, and of those that
 * vmlinux has instead. The caller frees the list; what it points to is the arguments'. */
const char **stock_records_names(const struct stock_records *stock, const struct source *source,
				 size_t *n);
/* The first change that a module must not make to vmlinux's objects, as an error. */
struct error *stock_records_check(struct stock_records *stock, const struct source *source,
				  const struct record_decisions *decisions);
void stock_records_free(struct stock_records *stock);

/* The layout of @record; its strings are @record's. */
struct layout record_layout(const struct src_record *record);

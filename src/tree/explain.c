// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain.c - follow the reasons in boundary.yaml, which libyaml reads.
 */
#include "tree/explain.h"

#include <yaml.h>

#include "base/os.h"
#include "emit/report.h"

#define MAX_REFERRERS 20 /* that are printed */

struct report {
	const char *path;
	yaml_document_t doc;
};

/* --- the document */

static yaml_node_t *node_at(struct report *r, int index)
{
	return yaml_document_get_node(&r->doc, index);
}

/* The value of @key in the mapping @node; NULL: it has none. */
static yaml_node_t *get(struct report *r, const yaml_node_t *node, const char *key)
{
	if (!node || node->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
	     p++) {
		const yaml_node_t *k = node_at(r, p->key);

		if (k->type == YAML_SCALAR_NODE && !strcmp((char *)k->data.scalar.value, key))
			return node_at(r, p->value);
	}
	return NULL;
}

/* The scalar at @key of @node, or "". */
static const char *text(struct report *r, const yaml_node_t *node, const char *key)
{
	const yaml_node_t *value = get(r, node, key);

	return value && value->type == YAML_SCALAR_NODE ? (char *)value->data.scalar.value : "";
}

static size_t list_len(const yaml_node_t *list)
{
	return list && list->type == YAML_SEQUENCE_NODE ?
		       list->data.sequence.items.top - list->data.sequence.items.start :
		       0;
}

/* The head of a loop over the items of @list, which may be NULL. */
#define list_for_each(item, r, list)                                                              \
	for (size_t i_ = 0;                                                                       \
	     i_ < list_len(list) && (item = node_at((r), (list)->data.sequence.items.start[i_])); \
	     i_++)

/* The entry of @list called @name, at @place if that is not empty; NULL: none is. */
static yaml_node_t *find_entry(struct report *r, const char *list, const char *name, const char *place)
{
	yaml_node_t *entries = get(r, yaml_document_get_root_node(&r->doc), list), *entry;

	list_for_each(entry, r, entries)
		if (!strcmp(text(r, entry, "name"), name) &&
		    (!*place || !strcmp(text(r, entry, "at"), place)))
			return entry;
	return NULL;
}

/* --- what is printed */

static yaml_node_t *next_of(struct report *r, const yaml_node_t *entry)
{
	const yaml_node_t *next = get(r, entry, "next");
	const char *symbol = text(r, next, "old_code");

	if (*symbol)
		return find_entry(r, "old_code", symbol, "");
	return next ? find_entry(r, "functions", text(r, next, "function"), text(r, next, "at")) :
		      NULL;
}

/* Reasons may refer to each other: the chain ends at the first that was seen. */
static void print_chain(struct report *r, const yaml_node_t *entry)
{
	VEC(const yaml_node_t *) seen = { 0 };

	while (entry) {
		const char *class = text(r, entry, "class");

		for (size_t i = 0; i < seen.n; i++)
			if (seen.v[i] == entry)
				entry = NULL;
		if (!entry)
			break;
		if (seen.n)
			printf("  because %s (%s): %s\n", text(r, entry, "name"),
			       *class ? class : "old code that stays in use",
			       text(r, entry, "reason"));
		vec_push(&seen, entry);
		entry = next_of(r, entry);
	}
	vec_free(&seen);
}

static void print_referrers(struct report *r, const yaml_node_t *entry)
{
	const yaml_node_t *list = get(r, entry, "referrers"), *ref;
	size_t n = 0;

	list_for_each(ref, r, list) {
		const char *in = text(r, ref, "in");

		if (!n)
			printf("  referred to from outside by:\n");
		if (n++ < MAX_REFERRERS)
			printf("    %s (%s%s%s)\n", text(r, ref, "from"), text(r, ref, "by"),
			       *in ? ", " : "", in);
	}
	if (n > MAX_REFERRERS)
		printf("    and %zu more, see %s\n", n - MAX_REFERRERS, r->path);
}

/* A record: what accesses its members from outside the module. */
static void print_members(struct report *r, const yaml_node_t *record)
{
	const yaml_node_t *members = get(r, record, "members"), *member, *observer;

	list_for_each(member, r, members) {
		const yaml_node_t *by = get(r, member, "by");
		const char *before = ", accessed by";

		printf("  %s: %s", text(r, member, "name"),
		       !strcmp(text(r, member, "internal"), "true") ? "internal" : "not internal");
		list_for_each(observer, r, by)
			for (int kind = 0; kind < OBSERVER_NR_KINDS; kind++) {
				const char *name = text(r, observer, observer_kind_name[kind]);

				if (!*name)
					continue;
				printf("%s %s %s", before, observer_kind_name[kind], name);
				before = ",";
			}
		putchar('\n');
	}
}

static void print_record(struct report *r, const yaml_node_t *record)
{
	bool free = !strcmp(text(r, record, "free"), "true");
	bool lasting = !strcmp(text(r, record, "lasting"), "true");

	printf("%s %s, %s\n", text(r, record, "kind"), text(r, record, "name"),
	       text(r, record, "at"));
	printf("  %s; %s\n",
	       free ? "free: only the module accesses its members" :
		      "not free: code outside the module accesses members",
	       lasting ? "objects of it outlive a switch" : "no object of it outlives a switch");
	print_members(r, record);
}

static void print_entry(struct report *r, const yaml_node_t *entry, bool is_record)
{
	if (is_record) {
		print_record(r, entry);
		return;
	}
	printf("%s: %s, %s\n  reason: %s\n", text(r, entry, "name"), text(r, entry, "class"),
	       text(r, entry, "at"), text(r, entry, "reason"));
	print_chain(r, entry);
	print_referrers(r, entry);
}

static const char *const lists[] = { "functions", "variables", "records" };

static struct error *explain_all(struct report *r, const char *name)
{
	const yaml_node_t *root = yaml_document_get_root_node(&r->doc);
	_cleanup_free_ char *format = xasprintf("%d", REPORT_FORMAT);
	static const char *const kinds[] = { "struct ", "union " };
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_starts(name, kinds[i]))
			name += strlen(kinds[i]);
	if (strcmp(text(r, root, "format"), format))
		return error_note(error_at(r->path, 0, 0, "not a report of format %s", format),
				  "use the schedcut that made this tree, or cut again");
	for (size_t l = 0; l < ARRAY_SIZE(lists); l++) {
		const yaml_node_t *list = get(r, root, lists[l]), *entry;

		list_for_each(entry, r, list) {
			if (strcmp(text(r, entry, "name"), name))
				continue;
			print_entry(r, entry, l == 2);
			found = true;
		}
	}
	return found ? NULL :
		       error_note(error_at(r->path, 0, 0,
					   "no function, variable or record is called '%s'", name),
				  "only what the cut's files define is listed");
}

struct error *explain(const char *name, const char *dir)
{
	_cleanup_free_ char *path = xasprintf("%s/boundary.yaml", dir);
	_cleanup_free_ char *bytes = os_read_file(path);
	struct report r = { .path = path };
	struct error *err;
	yaml_parser_t parser;

	if (!bytes)
		return error_note(error_errno(path, "cannot read the file"),
				  "%s is not a tree that schedcut made", dir);
	if (!yaml_parser_initialize(&parser))
		return error_new("out of memory");
	yaml_parser_set_input_string(&parser, (unsigned char *)bytes, strlen(bytes));
	if (yaml_parser_load(&parser, &r.doc)) {
		err = explain_all(&r, name);
		yaml_document_delete(&r.doc);
	} else {
		err = error_note(error_at(path, parser.problem_mark.line + 1, 0, "%s",
					  parser.problem ? parser.problem : "not YAML"),
				 "take back the file that the cut made, or cut again");
	}
	yaml_parser_delete(&parser);
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rules_reader.h - read YAML by tables: a schema per mapping says which keys it may
 * hold, and a key says what becomes of its value. Only rule*.c files use libyaml.
 */
#pragma once

#include <yaml.h>

#include "input/rules.h"

struct reader {
	yaml_parser_t parser;
	const char *text;    /* its contents */
	size_t len;	     /* of @text, in bytes */
	struct rules *rules; /* what is read, and the arena of its names */
};

/* A key that a mapping may hold, and what its value becomes. */
struct key {
	const char *name;     /* as the file has it */
	const char *old_name; /* what older versions called it; NULL: the same */
	/* Consume the value that starts with @event; @base is the struct that
	 * @offset counts from. */
	struct error *(*read)(struct reader *reader, const struct key *key,
			      const yaml_event_t *event, void *base);
	size_t offset;		      /* of the member, in bytes */
	const struct schema *section; /* what the value's mapping may hold */
	/* A further check of each name; NULL: none. */
	struct error *(*check)(const struct reader *reader, const struct rule_name *name);
	/* Of a list of mappings: read the one that starts with @item, and store it. NULL:
	 * it is a list of names. */
	struct error *(*add)(struct reader *reader, const struct key *key, const yaml_event_t *item,
			     struct rules *rules);
	const char *example; /* an entry of such a list, for messages */
	size_t max;	     /* most entries of a list; 0: as many as any list */
	bool required;	     /* the mapping is wrong without it */
};

struct schema {
	const char *name;	/* for messages: "'boundary'", "the rules" */
	const struct key *keys; /* in the order of docs/rules.md */
	size_t n;		/* of @keys, at most the bits of a long */
};

#define _cleanup_event_ __attribute__((__cleanup__(yaml_event_delete)))

/* An error at the place of @event, and one at that of @name: "'@name' @problem". */
#define reader_error(reader, event, ...)                              \
	error_at((reader)->rules->path, (event)->start_mark.line + 1, \
		 (event)->start_mark.column + 1, __VA_ARGS__)
struct error *reader_name_error(const struct reader *reader, const struct rule_name *name,
				const char *problem);
/* The same for a @name that was at @first before. */
struct error *reader_twice(const struct reader *reader, const struct rule_name *name,
			   const char *problem, const struct rule_name *first);
/* The value of @key is of another kind than @wanted, which @example shows. */
struct error *reader_wrong_kind(const struct reader *reader, const yaml_event_t *event,
				const char *key, const char *wanted, const char *example);
/* An error if @key, which has @n entries, may not have another one, @event. */
struct error *reader_check_count(const struct reader *reader, const struct key *key,
				 const yaml_event_t *event, size_t n);
/* What @event begins, in words: "a list". */
const char *reader_event_kind(const yaml_event_t *event);
/* The entry of @names that is @name, or NULL. */
const struct rule_name *reader_find_name(const rule_names *names, const char *name);

/* The next event into @event; the caller deletes it, also after an error. */
struct error *reader_next(struct reader *reader, yaml_event_t *event);
/* The scalar @event, a value of @key, as a name: not empty, printable, of sane length. */
struct error *reader_scalar(struct reader *reader, const char *key, const yaml_event_t *event,
			    struct rule_name *name);
/* The mapping that starts with @event, by @schema, into the struct at @base. */
struct error *reader_mapping(struct reader *reader, const struct schema *schema,
			     const yaml_event_t *event, void *base);
/* Go to the document's root node, a mapping; and to the end after it. */
struct error *reader_root(struct reader *reader, yaml_event_t *root);
struct error *reader_end(struct reader *reader);

/* For key.read: a name, a mapping, a list of names or mappings. */
struct error *reader_read_name(struct reader *reader, const struct key *key,
			       const yaml_event_t *event, void *base);
struct error *reader_read_section(struct reader *reader, const struct key *key,
				  const yaml_event_t *event, void *base);
struct error *reader_read_list(struct reader *reader, const struct key *key,
			       const yaml_event_t *event, void *base);

// SPDX-License-Identifier: GPL-2.0-only
#include "input/rules_reader.h"

#define RULES_MAX_NAME 1024 /* bytes of one name */
#define RULES_MAX_LIST 4096 /* entries of one list */

struct error *reader_name_error(const struct reader *reader, const struct rule_name *name,
				const char *problem)
{
	return error_at_rule(reader->rules, name, "'%s' %s", name->name, problem);
}

struct error *reader_twice(const struct reader *reader, const struct rule_name *name,
			   const char *problem, const struct rule_name *first)
{
	return error_note(reader_name_error(reader, name, problem), "remove it here, or in line %u",
			  first->line);
}

/*
 * libyaml reports undecodable input by byte offset, everything else by line
 * and column.
 */
static void problem_position(const struct reader *reader, unsigned int *line, unsigned int *col)
{
	const yaml_parser_t *parser = &reader->parser;

	if (parser->error != YAML_READER_ERROR) {
		*line = parser->problem_mark.line + 1;
		*col = parser->problem_mark.column + 1;
		return;
	}
	*line = *col = 1;
	for (size_t i = 0; i < parser->problem_offset && i < reader->len; i++) {
		if (reader->text[i] == '\n') {
			(*line)++;
			*col = 1;
		} else {
			(*col)++;
		}
	}
}

static struct error *syntax_error(const struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "unreadable input";
	unsigned int line, col;

	problem_position(reader, &line, &col);
	struct error *err = error_at(reader->rules->path, line, col, "YAML syntax: %s", problem);
	if (parser->error == YAML_READER_ERROR)
		return error_note(err, "rules are plain UTF-8 text");
	if (strstr(problem, "cannot start any token"))
		return error_note(err,
				  "indent with blanks, not tabs; quote a name that starts with a special character");
	if (parser->context)
		return error_note(err, "%s, which starts in line %zu", parser->context,
				  parser->context_mark.line + 1);
	return error_note(err, "docs/rules.md shows the form of a rules file");
}

struct error *reader_next(struct reader *reader, yaml_event_t *event)
{
	if (!yaml_parser_parse(&reader->parser, event)) {
		memset(event, 0, sizeof(*event));
		return syntax_error(reader);
	}
	if (event->type == YAML_ALIAS_EVENT)
		return error_note(reader_error(reader, event, "alias '*%s'",
					       (char *)event->data.alias.anchor),
				  "rules cannot have aliases: write the value out");
	return NULL;
}

const char *reader_event_kind(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT: return "a single value";
	case YAML_SEQUENCE_START_EVENT: return "a list";
	case YAML_MAPPING_START_EVENT: return "a mapping";
	default: return "nothing";
	}
}

struct error *reader_wrong_kind(const struct reader *reader, const yaml_event_t *event,
				const char *key, const char *wanted, const char *example)
{
	return error_note(reader_error(reader, event, "'%s' is %s, not %s", key,
				       reader_event_kind(event), wanted),
			  "write %s%s", key, example);
}

struct error *reader_scalar(struct reader *reader, const char *key, const yaml_event_t *event,
			    struct rule_name *name)
{
	const unsigned char *s = event->data.scalar.value;
	size_t len = event->data.scalar.length;

	if (!len)
		return error_note(reader_error(reader, event, "empty name in '%s'", key),
				  "remove the entry, or write a name");
	if (len > RULES_MAX_NAME)
		return error_note(reader_error(reader, event, "a name of %zu bytes in '%s'", len, key),
				  "names have at most %d bytes", RULES_MAX_NAME);
	for (size_t i = 0; i < len; i++) {
		if (s[i] < 0x20 || s[i] == 0x7f)
			return error_note(reader_error(reader, event,
						       "control character in a name of '%s'", key),
					  "remove the character \\x%02x", s[i]);
	}
	*name = (struct rule_name){
		.name = arena_strndup(&reader->rules->arena, (const char *)s, len),
		.line = event->start_mark.line + 1,
		.col = event->start_mark.column + 1,
	};
	return NULL;
}

struct error *reader_read_name(struct reader *reader, const struct key *key,
			       const yaml_event_t *event, void *base)
{
	struct rule_name *name = (struct rule_name *)((char *)base + key->offset);

	if (event->type != YAML_SCALAR_EVENT)
		return reader_wrong_kind(reader, event, key->name, "a name", ": NAME");
	TRY(reader_scalar(reader, key->name, event, name));
	return key->check ? key->check(reader, name) : NULL;
}

struct error *reader_check_count(const struct reader *reader, const struct key *key,
				 const yaml_event_t *event, size_t n)
{
	size_t max = key->max ? key->max : RULES_MAX_LIST;

	if (n < max)
		return NULL;
	return error_note(reader_error(reader, event, "more than %zu entries in '%s'", max, key->name),
			  "shorten the list");
}

const struct rule_name *reader_find_name(const rule_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++) {
		if (!strcmp(names->v[i].name, name))
			return &names->v[i];
	}
	return NULL;
}

static struct error *add_rule_name(struct reader *reader, const struct key *key,
				   const yaml_event_t *item, rule_names *names)
{
	struct rule_name name;

	TRY(reader_scalar(reader, key->name, item, &name));
	if (key->check)
		TRY(key->check(reader, &name));
	const struct rule_name *first = reader_find_name(names, name.name);
	if (first)
		return reader_twice(reader, &name, "is listed twice", first);
	vec_push(names, name);
	return NULL;
}

struct error *reader_read_list(struct reader *reader, const struct key *key,
			       const yaml_event_t *event, void *base)
{
	if (event->type != YAML_SEQUENCE_START_EVENT)
		return error_note(reader_error(reader, event, "'%s' is %s, not a list", key->name,
					       reader_event_kind(event)),
				  "write %s: [%s, ...]", key->name, key->add ? key->example : "NAME");
	for (size_t n = 0;; n++) {
		_cleanup_event_ yaml_event_t item = { 0 };

		TRY(reader_next(reader, &item));
		if (item.type == YAML_SEQUENCE_END_EVENT)
			return NULL;
		if (item.type != (key->add ? YAML_MAPPING_START_EVENT : YAML_SCALAR_EVENT))
			return error_note(reader_error(reader, &item, "%s inside the list '%s'",
						       reader_event_kind(&item), key->name),
					  "its entries are %s",
					  key->add ? key->example : "plain names");
		TRY(reader_check_count(reader, key, &item, n));
		TRY(key->add ? key->add(reader, key, &item, base) :
			       add_rule_name(reader, key, &item,
					     (rule_names *)((char *)base + key->offset)));
	}
}

static struct error *unknown_key(const struct reader *reader, const struct schema *schema,
				 const yaml_event_t *event)
{
	const unsigned char *key = event->data.scalar.value;
	const char *known = schema->keys[0].name;
	int len = 0;

	for (size_t i = 1; i < schema->n; i++)
		known = arena_printf(&reader->rules->arena, "%s, %s", known, schema->keys[i].name);
	/* a key that is not a word may have many lines */
	while (len < 64 && key[len] >= 0x20 && key[len] != 0x7f)
		len++;
	return error_note(reader_error(reader, event, "unknown key '%.*s' in %s", len,
				       (const char *)key, schema->name),
			  "the keys are: %s", known);
}

static bool is_key(const struct reader *reader, const struct key *key, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.scalar.value;

	if (!strcmp(name, key->name))
		return true;
	if (!key->old_name || strcmp(name, key->old_name))
		return false;
	vec_push(&reader->rules->notes,
		 reader_error(reader, event, "'%s' is now '%s'", name, key->name));
	return true;
}

/* The table entry of the key that @event holds; @seen are those already read. */
static struct error *find_key(const struct reader *reader, const struct schema *schema,
			      const yaml_event_t *event, unsigned long *seen, const struct key **key)
{
	if (event->type != YAML_SCALAR_EVENT)
		return error_note(reader_error(reader, event, "%s as a key of %s",
					       reader_event_kind(event), schema->name),
				  "keys are plain words");
	for (size_t i = 0; i < schema->n; i++) {
		*key = &schema->keys[i];
		if (!is_key(reader, *key, event))
			continue;
		if (*seen & 1UL << i)
			return error_note(reader_error(reader, event, "key '%s' appears twice in %s",
						       (*key)->name, schema->name),
					  "join the two");
		*seen |= 1UL << i;
		return NULL;
	}
	return unknown_key(reader, schema, event);
}

struct error *reader_mapping(struct reader *reader, const struct schema *schema,
			     const yaml_event_t *event, void *base)
{
	unsigned long seen = 0;

	for (;;) {
		_cleanup_event_ yaml_event_t name = { 0 }, value = { 0 };
		const struct key *key = NULL;

		TRY(reader_next(reader, &name));
		if (name.type == YAML_MAPPING_END_EVENT)
			break;
		TRY(find_key(reader, schema, &name, &seen, &key));
		TRY(reader_next(reader, &value));
		TRY(key->read(reader, key, &value, base));
	}
	for (size_t i = 0; i < schema->n; i++) {
		if (schema->keys[i].required && !(seen & 1UL << i))
			return error_note(reader_error(reader, event, "missing key '%s' in %s",
						       schema->keys[i].name, schema->name),
					  "the key is required, see docs/rules.md");
	}
	return NULL;
}

struct error *reader_read_section(struct reader *reader, const struct key *key,
				  const yaml_event_t *event, void *base)
{
	if (event->type != YAML_MAPPING_START_EVENT)
		return reader_wrong_kind(reader, event, key->name, "a mapping",
					 ": and its keys, indented, below");
	return reader_mapping(reader, key->section, event, base);
}

struct error *reader_root(struct reader *reader, yaml_event_t *root)
{
	do {
		yaml_event_delete(root);
		TRY(reader_next(reader, root));
	} while (root->type == YAML_STREAM_START_EVENT || root->type == YAML_DOCUMENT_START_EVENT);
	if (root->type == YAML_MAPPING_START_EVENT)
		return NULL;
	return error_note(reader_error(reader, root, "the rules are %s, not a mapping",
				       reader_event_kind(root)),
			  "the top keys are target, boundary, ...: see docs/rules.md");
}

struct error *reader_end(struct reader *reader)
{
	for (;;) {
		_cleanup_event_ yaml_event_t event = { 0 };

		TRY(reader_next(reader, &event));
		if (event.type == YAML_STREAM_END_EVENT)
			return NULL;
		if (event.type == YAML_DOCUMENT_START_EVENT)
			return error_note(reader_error(reader, &event, "a second document"),
					  "a rules file holds one: remove the '---'");
	}
}

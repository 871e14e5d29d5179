// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules.c - read the YAML rules of a cut. One table per mapping says which
 * keys it knows; the only file that includes yaml.h.
 */
#include "input/rules.h"

#include <errno.h>
#include <yaml.h>

#define RULES_MAX_SIZE (1024 * 1024) /* bytes of a rules file */
#define RULES_MAX_NAME 1024	     /* bytes of one name */
#define RULES_MAX_LIST 4096	     /* entries of one list */
/* struct src_func holds the units that define it in an unsigned long. */
#define RULES_MAX_UNITS (8 * sizeof(unsigned long))

static const char option_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

struct reader {
	yaml_parser_t parser;
	const char *path;
	const char *text;
	size_t len;
	struct rules *rules;
};

struct schema;

/* A key that a mapping may hold, and what its value becomes. */
struct key {
	const char *name;
	const char *old_name; /* what older versions called it; NULL: the same */
	/* Consume the value that starts with @event; @base is the struct that
	 * @offset counts from. */
	struct error *(*read)(struct reader *reader, const struct key *key,
			      const yaml_event_t *event, void *base);
	size_t offset;
	const struct schema *section; /* what the value's mapping may hold */
	struct error *(*check)(const struct reader *reader, const struct rule_name *name);
	size_t max; /* most entries of a list; 0: RULES_MAX_LIST */
	bool required;
};

struct schema {
	const char *name; /* for messages: "boundary", "the rules" */
	const struct key *keys;
	size_t n;
};

static struct error *error_in(const struct reader *reader, const yaml_event_t *event,
			      const char *fmt, ...) __printf(3, 4);

static struct error *error_in(const struct reader *reader, const yaml_event_t *event,
			      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	_cleanup_free_ char *message = xvasprintf(fmt, ap);
	va_end(ap);
	return error_at(reader->path, event->start_mark.line + 1, event->start_mark.column + 1,
			"%s", message);
}

static struct error *error_name(const struct reader *reader, const struct rule_name *name,
				const char *problem)
{
	return error_at(reader->path, name->line, name->col, "'%s' %s", name->name, problem);
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
	struct error *err = error_at(reader->path, line, col, "YAML syntax: %s", problem);
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

/* The next event into @event, which the caller deletes also after an error. */
static struct error *next_event(struct reader *reader, yaml_event_t *event)
{
	if (!yaml_parser_parse(&reader->parser, event)) {
		memset(event, 0, sizeof(*event));
		return syntax_error(reader);
	}
	if (event->type == YAML_ALIAS_EVENT)
		return error_note(error_in(reader, event, "alias '*%s'",
					   (char *)event->data.alias.anchor),
				  "rules know no aliases: write the value out");
	return NULL;
}

#define _cleanup_event_ __attribute__((__cleanup__(yaml_event_delete)))

static const char *event_kind(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT: return "a single value";
	case YAML_SEQUENCE_START_EVENT: return "a list";
	case YAML_MAPPING_START_EVENT: return "a mapping";
	default: return "nothing";
	}
}

static struct error *wrong_kind(const struct reader *reader, const yaml_event_t *event,
				const char *key, const char *wanted, const char *example)
{
	return error_note(error_in(reader, event, "'%s' is %s, not %s", key, event_kind(event),
				   wanted),
			  "write %s%s", key, example);
}

/* A scalar of @key's value as a name: not empty, printable, of sane length. */
static struct error *read_scalar(struct reader *reader, const char *key, const yaml_event_t *event,
				 struct rule_name *name)
{
	const unsigned char *s = event->data.scalar.value;
	size_t len = event->data.scalar.length;

	if (!len)
		return error_note(error_in(reader, event, "empty name in '%s'", key),
				  "remove the entry, or write a name");
	if (len > RULES_MAX_NAME)
		return error_note(error_in(reader, event, "a name of %zu bytes in '%s'", len, key),
				  "names have at most %d bytes", RULES_MAX_NAME);
	for (size_t i = 0; i < len; i++) {
		if (s[i] < 0x20 || s[i] == 0x7f)
			return error_note(error_in(reader, event,
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

static struct error *read_name(struct reader *reader, const struct key *key,
			       const yaml_event_t *event, void *base)
{
	struct rule_name *name = (struct rule_name *)((char *)base + key->offset);

	if (event->type != YAML_SCALAR_EVENT)
		return wrong_kind(reader, event, key->name, "a name", ": NAME");
	TRY(read_scalar(reader, key->name, event, name));
	return key->check ? key->check(reader, name) : NULL;
}

static struct error *check_count(const struct reader *reader, const struct key *key,
				 const yaml_event_t *event, size_t n)
{
	size_t max = key->max ? key->max : RULES_MAX_LIST;

	if (n < max)
		return NULL;
	return error_note(error_in(reader, event, "more than %zu entries in '%s'", max, key->name),
			  "shorten the list");
}

static const struct rule_name *find_name(const rule_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++) {
		if (!strcmp(names->v[i].name, name))
			return &names->v[i];
	}
	return NULL;
}

static struct error *read_names(struct reader *reader, const struct key *key,
				const yaml_event_t *event, void *base)
{
	rule_names *names = (rule_names *)((char *)base + key->offset);

	if (event->type != YAML_SEQUENCE_START_EVENT)
		return wrong_kind(reader, event, key->name, "a list", ": [NAME, ...]");
	for (;;) {
		_cleanup_event_ yaml_event_t item = { 0 };
		struct rule_name name;

		TRY(next_event(reader, &item));
		if (item.type == YAML_SEQUENCE_END_EVENT)
			return NULL;
		if (item.type != YAML_SCALAR_EVENT)
			return error_note(error_in(reader, &item, "%s inside the list '%s'",
						   event_kind(&item), key->name),
					  "its entries are plain names");
		TRY(check_count(reader, key, &item, names->n));
		TRY(read_scalar(reader, key->name, &item, &name));
		if (key->check)
			TRY(key->check(reader, &name));
		const struct rule_name *first = find_name(names, name.name);
		if (first)
			return error_note(error_name(reader, &name, "is listed twice"),
					  "remove it here, or in line %u", first->line);
		vec_push(names, name);
	}
}

static char *known_keys(const struct schema *schema)
{
	char *list = xstrdup("");

	for (size_t i = 0; i < schema->n; i++) {
		char *longer = xasprintf("%s%s%s", list, i ? ", " : "", schema->keys[i].name);
		free(list);
		list = longer;
	}
	return list;
}

static struct error *unknown_key(const struct reader *reader, const struct schema *schema,
				 const yaml_event_t *event)
{
	_cleanup_free_ char *known = known_keys(schema);
	const unsigned char *key = event->data.scalar.value;
	int len = 0;

	/* what is no word at all may have many lines */
	while (len < 64 && key[len] >= 0x20 && key[len] != 0x7f)
		len++;
	return error_note(error_in(reader, event, "unknown key '%.*s' in %s", len,
				   (const char *)key, schema->name),
			  "it knows: %s", known);
}

static bool is_key(const struct reader *reader, const struct key *key, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.scalar.value;

	if (!strcmp(name, key->name))
		return true;
	if (!key->old_name || strcmp(name, key->old_name))
		return false;
	vec_push(&reader->rules->notes, error_in(reader, event, "'%s' is now '%s'", name, key->name));
	return true;
}

/* The table entry of the key that @event holds; @seen are those already read. */
static struct error *find_key(const struct reader *reader, const struct schema *schema,
			      const yaml_event_t *event, unsigned long *seen, const struct key **key)
{
	if (event->type != YAML_SCALAR_EVENT)
		return error_note(error_in(reader, event, "%s as a key of %s", event_kind(event),
					   schema->name),
				  "keys are plain words");
	for (size_t i = 0; i < schema->n; i++) {
		*key = &schema->keys[i];
		if (!is_key(reader, *key, event))
			continue;
		if (*seen & 1UL << i)
			return error_note(error_in(reader, event, "key '%s' appears twice in %s",
						   (*key)->name, schema->name),
					  "join the two");
		*seen |= 1UL << i;
		return NULL;
	}
	return unknown_key(reader, schema, event);
}

/* The mapping that starts with @event, by @schema, into the struct at @base. */
static struct error *read_mapping(struct reader *reader, const struct schema *schema,
				  const yaml_event_t *event, void *base)
{
	unsigned long seen = 0;

	for (;;) {
		_cleanup_event_ yaml_event_t name = { 0 }, value = { 0 };
		const struct key *key = NULL;

		TRY(next_event(reader, &name));
		if (name.type == YAML_MAPPING_END_EVENT)
			break;
		TRY(find_key(reader, schema, &name, &seen, &key));
		TRY(next_event(reader, &value));
		TRY(key->read(reader, key, &value, base));
	}
	for (size_t i = 0; i < schema->n; i++) {
		if (schema->keys[i].required && !(seen & 1UL << i))
			return error_note(error_in(reader, event, "missing key '%s' in %s",
						   schema->keys[i].name, schema->name),
					  "a cut cannot do without it, see docs/rules.md");
	}
	return NULL;
}

static struct error *read_section(struct reader *reader, const struct key *key,
				  const yaml_event_t *event, void *base)
{
	if (event->type != YAML_MAPPING_START_EVENT)
		return wrong_kind(reader, event, key->name, "a mapping",
				  ": and its keys, indented, below");
	return read_mapping(reader, key->section, event, base);
}

/*
 * The next entry of the list of mappings that @key holds. @item: where it
 * starts; @n: how many there were before. *@end: there is none.
 */
static struct error *next_entry(struct reader *reader, const struct key *key, size_t n,
				const char *example, yaml_event_t *item, bool *end)
{
	TRY(next_event(reader, item));
	*end = item->type == YAML_SEQUENCE_END_EVENT;
	if (*end)
		return NULL;
	if (item->type != YAML_MAPPING_START_EVENT)
		return error_note(error_in(reader, item, "%s inside the list '%s'",
					   event_kind(item), key->name),
				  "its entries are %s", example);
	return check_count(reader, key, item, n);
}

static struct error *read_private(struct reader *reader, const struct key *key,
				  const yaml_event_t *event, void *base)
{
	static const char example[] = "{name: VARIABLE, init: keep}";
	struct rules *rules = base;

	if (event->type != YAML_SEQUENCE_START_EVENT)
		return wrong_kind(reader, event, key->name, "a list",
				  ": [{name: VARIABLE, init: keep}, ...]");
	for (;;) {
		_cleanup_event_ yaml_event_t item = { 0 };
		struct rule_private entry = { .init = PRIVATE_KEEP };
		bool end;

		TRY(next_entry(reader, key, rules->private.n, example, &item, &end));
		if (end)
			return NULL;
		TRY(read_mapping(reader, key->section, &item, &entry));
		vec_for_each(other, &rules->private) {
			if (!strcmp(other->var.name, entry.var.name))
				return error_note(error_name(reader, &entry.var, "is private twice"),
						  "remove it here, or in line %u", other->var.line);
		}
		vec_push(&rules->private, entry);
	}
}

static struct error *read_sidecar(struct reader *reader, const struct key *key,
				  const yaml_event_t *event, void *base)
{
	static const char example[] = "{file: PATH, functions: [NAME, ...]}";
	struct rules *rules = base;

	if (event->type != YAML_SEQUENCE_START_EVENT)
		return wrong_kind(reader, event, key->name, "a list",
				  ": [{file: PATH, functions: [NAME, ...]}, ...]");
	for (;;) {
		_cleanup_event_ yaml_event_t item = { 0 };
		struct rule_sidecar *entry;
		bool end;

		TRY(next_entry(reader, key, rules->sidecars.n, example, &item, &end));
		if (end)
			return NULL;
		/* In place, so that its list is freed with the rules. */
		vec_push(&rules->sidecars, ((struct rule_sidecar){ 0 }));
		entry = &rules->sidecars.v[rules->sidecars.n - 1];
		TRY(read_mapping(reader, key->section, &item, entry));
		if (!entry->functions.n)
			return error_note(error_name(reader, &entry->file, "has no functions"),
					  "name those that the module is to replace, or remove the entry");
		for (struct rule_sidecar *other = rules->sidecars.v; other < entry; other++)
			if (!strcmp(other->file.name, entry->file.name))
				return error_note(error_name(reader, &entry->file,
							     "is a sidecar twice"),
						  "join it with the one in line %u",
						  other->file.line);
	}
}

/* "MINE" of a key "MINE" or "CONFIG_MINE". */
static struct error *read_option_name(struct reader *reader, const yaml_event_t *event,
				      struct rule_name *name)
{
	static const char prefix[] = "CONFIG_";

	if (event->type != YAML_SCALAR_EVENT)
		return error_note(error_in(reader, event, "%s as a key of 'config'",
					   event_kind(event)),
				  "keys are names of options: config: {MINE: y}");
	TRY(read_scalar(reader, "config", event, name));
	if (str_starts(name->name, prefix))
		name->name += strlen(prefix);
	if (!*name->name || name->name[strspn(name->name, option_chars)])
		return error_note(error_name(reader, name, "is no name of an option"),
				  "it has letters, digits and '_' only: MINE for CONFIG_MINE");
	vec_for_each(other, &reader->rules->config)
		if (!strcmp(other->name.name, name->name))
			return error_note(error_name(reader, name, "is set twice"),
					  "remove it here, or in line %u", other->name.line);
	return NULL;
}

/* A number that C takes as it is: decimal, or hexadecimal with 0x. */
static bool is_number(const char *s)
{
	const char *digits = s + (*s == '-');
	bool hex = str_starts(digits, "0x");
	const char *end;

	errno = 0;
	if (*s == '-')
		strtoll(s, (char **)&end, hex ? 16 : 10);
	else
		strtoull(s, (char **)&end, hex ? 16 : 10);
	/* C takes a leading 0 for octal. */
	return !errno && *digits >= '0' && *digits <= '9' && !*end &&
	       (hex || *digits != '0' || !digits[1]);
}

/* @text as a literal of C. */
static const char *quote(struct arena *arena, const char *text)
{
	char *quoted = arena_alloc(arena, 2 * strlen(text) + 3), *out = quoted;

	*out++ = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			*out++ = '\\';
		*out++ = *text;
	}
	*out = '"';
	return quoted;
}

/* y, a number, or a string in quotes. What else could be meant is refused. */
static struct error *read_option_value(struct reader *reader, const yaml_event_t *event,
				       struct rule_option *option)
{
	struct arena *arena = &reader->rules->arena;
	struct rule_name value;

	if (event->type != YAML_SCALAR_EVENT)
		return error_note(error_in(reader, event, "'%s' is %s, not y, a number or a string",
					   option->name.name, event_kind(event)),
				  "write %s: y", option->name.name);
	TRY(read_scalar(reader, "config", event, &value));
	option->value = value.name;
	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
		option->value = quote(arena, value.name);
		return NULL;
	}
	option->is_yes = !strcmp(value.name, "y");
	if (option->is_yes)
		option->value = "1";
	if (option->is_yes || is_number(value.name))
		return NULL;
	if (!strcmp(value.name, "m"))
		return error_note(error_name(reader, &value,
					     "is for options that are modules of their own"),
				  "the scheduler is one module: write %s: y", option->name.name);
	if (!strcmp(value.name, "n"))
		return error_note(error_name(reader, &value, "is what an option is that is not set"),
				  "remove the entry");
	return error_note(error_name(reader, &value, "is no value of an option"),
			  "it is y, a number (3, -3, 0x10), or a string in quotes");
}

static struct error *read_config(struct reader *reader, const struct key *key,
				 const yaml_event_t *event, void *base)
{
	struct rules *rules = base;

	if (event->type != YAML_MAPPING_START_EVENT)
		return wrong_kind(reader, event, key->name, "a mapping", ": {MINE: y}");
	for (;;) {
		_cleanup_event_ yaml_event_t name = { 0 }, value = { 0 };
		struct rule_option option = { 0 };

		TRY(next_event(reader, &name));
		if (name.type == YAML_MAPPING_END_EVENT)
			return NULL;
		TRY(check_count(reader, key, &name, rules->config.n));
		TRY(read_option_name(reader, &name, &option.name));
		TRY(next_event(reader, &value));
		TRY(read_option_value(reader, &value, &option));
		vec_push(&rules->config, option);
	}
}

static struct error *read_init(struct reader *reader, const struct key *key,
			       const yaml_event_t *event, void *base)
{
	static const char *const names[] = {
		[PRIVATE_KEEP] = "keep",
		[PRIVATE_COPY] = "copy",
		[PRIVATE_REBUILD] = "rebuild",
	};
	struct rule_name name;

	if (event->type != YAML_SCALAR_EVENT)
		return wrong_kind(reader, event, key->name, "a word", ": keep");
	TRY(read_scalar(reader, key->name, event, &name));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(names[i], name.name)) {
			*(enum private_init *)((char *)base + key->offset) = i;
			return NULL;
		}
	}
	return error_note(error_name(reader, &name, "is no way to initialise a variable"),
			  "it is one of keep, copy, rebuild");
}

/* Paths of the boundary are created in the emitted tree: they stay inside. */
static struct error *check_inside(const struct reader *reader, const struct rule_name *path)
{
	_cleanup_free_ char *framed = xasprintf("/%s/", path->name);

	if (path->name[0] != '/' && !str_ends(path->name, "/") && !strstr(framed, "/../") &&
	    !strstr(framed, "/./") && !strstr(framed, "//"))
		return NULL;
	return error_note(error_name(reader, path, "is not a plain path below the kernel source"),
			  "write it like 'kernel/sched', without '.', '..' and outer '/'");
}

static struct error *check_unit(const struct reader *reader, const struct rule_name *path)
{
	TRY(check_inside(reader, path));
	if (str_ends(path->name, ".c"))
		return NULL;
	return error_note(error_name(reader, path, "is not a C file"),
			  "units are the files that the kernel's Makefile compiles, 'kernel/sched/core.c'");
}

#define SCHEMA(what, table)                                         \
	{                                                           \
		.name = what, .keys = table, .n = ARRAY_SIZE(table) \
	}
#define NAMES(key, member) .name = key, .read = read_names, .offset = offsetof(struct rules, member)
#define NAME(key, member) .name = key, .read = read_name, .offset = offsetof(struct rules, member)
#define SECTION(key, schema) .name = key, .read = read_section, .section = &(schema)

static const struct key target_keys[] = {
	{ NAMES("release", release) },
	{ NAMES("source", source) },
	{ NAMES("headers", headers) },
	{ NAMES("vmlinux", vmlinux) },
};
static const struct schema target_schema = SCHEMA("'target'", target_keys);

static const struct key boundary_keys[] = {
	{ NAMES("directories", directories), .check = check_inside, .required = true },
	{ NAMES("units", units), .check = check_unit, .max = RULES_MAX_UNITS, .required = true },
};
static const struct schema boundary_schema = SCHEMA("'boundary'", boundary_keys);

static const struct key switch_keys[] = {
	{ NAME("schedule", schedule) },
	{ NAME("finish", finish) },
	{ NAME("class_type", class_type) },
};
static const struct schema switch_schema = SCHEMA("'switch'", switch_keys);

static const struct key interface_keys[] = {
	{ NAMES("add", interface_add) },
	{ NAMES("remove", interface_remove) },
};
static const struct schema interface_schema = SCHEMA("'interface'", interface_keys);

static const struct key private_keys[] = {
	{ .name = "name",
	  .read = read_name,
	  .offset = offsetof(struct rule_private, var),
	  .required = true },
	{ .name = "init", .read = read_init, .offset = offsetof(struct rule_private, init) },
};
static const struct schema private_schema = SCHEMA("an entry of 'private'", private_keys);

static const struct key sidecar_keys[] = { { .name = "file",
					     .read = read_name,
					     .offset = offsetof(struct rule_sidecar, file),
					     .check = check_unit,
					     .required = true },
					   { .name = "functions",
					     .read = read_names,
					     .offset = offsetof(struct rule_sidecar, functions),
					     .required = true } };
static const struct schema sidecar_schema = SCHEMA("an entry of 'sidecar'", sidecar_keys);

static const struct key rules_keys[] = {
	{ SECTION("target", target_schema) },
	{ SECTION("boundary", boundary_schema), .required = true },
	{ SECTION("switch", switch_schema) },
	{ NAMES("sleepers", sleepers) },
	{ NAMES("keep_in_vmlinux", keep_in_vmlinux), .old_name = "outside" },
	{ SECTION("interface", interface_schema) },
	{ .name = "private", .read = read_private, .section = &private_schema },
	{ NAMES("shared", shared) },
	{ NAMES("removed_by_patch", removed_by_patch), .old_name = "removed" },
	{ .name = "sidecar", .read = read_sidecar, .section = &sidecar_schema },
	{ NAMES("extra_files", extra_files), .old_name = "files", .check = check_inside },
	{ NAMES("count_calls", count_calls), .old_name = "count" },
	{ .name = "config", .read = read_config },
};
static const struct schema rules_schema = SCHEMA("the rules", rules_keys);

/* Is @path below one of the boundary's directories? */
static bool in_boundary(struct rules *rules, const char *path)
{
	vec_for_each(dir, &rules->directories) {
		if (str_starts(path, dir->name) && path[strlen(dir->name)] == '/')
			return true;
	}
	return false;
}

static struct error *check_boundary(const struct reader *reader, const yaml_event_t *event)
{
	struct rules *rules = reader->rules;

	if (!rules->directories.n || !rules->units.n)
		return error_note(error_in(reader, event, "'boundary' has no %s",
					   rules->units.n ? "directories" : "units"),
				  "name what is to be cut out");
	vec_for_each(unit, &rules->units) {
		if (!in_boundary(rules, unit->name))
			return error_note(error_name(reader, unit,
						     "is in none of the boundary's directories"),
					  "add its directory to boundary.directories");
	}
	vec_for_each(sidecar, &rules->sidecars) {
		const struct rule_name *unit = find_name(&rules->units, sidecar->file.name);

		if (unit)
			return error_note(error_name(reader, &sidecar->file,
						     "is in the boundary as a whole"),
					  "remove it here, or from boundary.units in line %u",
					  unit->line);
	}
	if (rules->units.n + rules->sidecars.n > RULES_MAX_UNITS)
		return error_note(error_name(reader, &rules->sidecars.v[0].file, "is a unit too many"),
				  "units and sidecars may be %zu together", RULES_MAX_UNITS);
	return NULL;
}

/* What one list demands another may not forbid. */
static struct error *check_conflicts(const struct reader *reader)
{
	struct rules *rules = reader->rules;
	const struct {
		rule_names *a, *b;
		const char *problem, *key;
	} pairs[] = {
		{ &rules->interface_add, &rules->interface_remove,
		  "is both added to the interface and removed from it", "interface.remove" },
		{ &rules->interface_add, &rules->keep_in_vmlinux,
		  "is added to the interface and kept in vmlinux", "keep_in_vmlinux" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		vec_for_each(name, pairs[i].a) {
			const struct rule_name *other = find_name(pairs[i].b, name->name);

			if (other)
				return error_note(error_name(reader, name, pairs[i].problem),
						  "remove it here, or from %s in line %u",
						  pairs[i].key, other->line);
		}
	}
	vec_for_each(entry, &rules->private) {
		const struct rule_name *other = find_name(&rules->shared, entry->var.name);

		if (other)
			return error_note(error_name(reader, &entry->var,
						     "is both private and shared"),
					  "remove it here, or from shared in line %u", other->line);
	}
	return NULL;
}

/* Events before the document's root node, and the end after it. */
static struct error *expect_root(struct reader *reader, yaml_event_t *root)
{
	do {
		yaml_event_delete(root);
		TRY(next_event(reader, root));
	} while (root->type == YAML_STREAM_START_EVENT || root->type == YAML_DOCUMENT_START_EVENT);
	if (root->type == YAML_MAPPING_START_EVENT)
		return NULL;
	return error_note(error_in(reader, root, "the rules are %s, not a mapping", event_kind(root)),
			  "the top keys are target, boundary, ...: see docs/rules.md");
}

static struct error *expect_end(struct reader *reader)
{
	for (;;) {
		_cleanup_event_ yaml_event_t event = { 0 };

		TRY(next_event(reader, &event));
		if (event.type == YAML_STREAM_END_EVENT)
			return NULL;
		if (event.type == YAML_DOCUMENT_START_EVENT)
			return error_note(error_in(reader, &event, "a second document"),
					  "a rules file holds one: remove the '---'");
	}
}

static struct error *read_rules(struct reader *reader)
{
	_cleanup_event_ yaml_event_t root = { 0 };

	TRY(expect_root(reader, &root));
	TRY(read_mapping(reader, &rules_schema, &root, reader->rules));
	TRY(check_boundary(reader, &root));
	TRY(check_conflicts(reader));
	return expect_end(reader);
}

static struct error *too_large(const char *path)
{
	return error_note(error_at(path, 0, 0, "more than %d bytes", RULES_MAX_SIZE),
			  "is this a rules file?");
}

struct error *rules_parse(const char *path, const char *text, size_t len, struct rules **result)
{
	struct reader reader = { .path = path, .text = text, .len = len };

	if (len > RULES_MAX_SIZE)
		return too_large(path);
	_cleanup_rules_ struct rules *rules = xcalloc(1, sizeof(*rules));
	rules->path = arena_strdup(&rules->arena, path);
	rules->schedule.name = "__schedule";
	rules->finish.name = "finish_task_switch";
	rules->class_type.name = "sched_class";
	reader.rules = rules;

	if (!yaml_parser_initialize(&reader.parser))
		return error_new("libyaml cannot be initialised");
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, len);
	struct error *err = read_rules(&reader);
	yaml_parser_delete(&reader.parser);
	if (!err)
		*result = return_ptr(rules);
	return err;
}

struct error *rules_load(const char *path, struct rules **rules)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");

	if (!file)
		return error_note(error_errno(path, "cannot open the rules"),
				  "give the path of a rules file, like rules/debian-6.1.yaml");
	_cleanup_free_ char *text = xmalloc(RULES_MAX_SIZE + 1);
	size_t len = fread(text, 1, RULES_MAX_SIZE + 1, file);
	if (ferror(file))
		return error_errno(path, "cannot read the rules");
	return rules_parse(path, text, len, rules);
}

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	/* clang-format off */
	rule_names *const lists[] = {
		&rules->release, &rules->source, &rules->headers, &rules->vmlinux,
		&rules->directories, &rules->units, &rules->sleepers, &rules->keep_in_vmlinux,
		&rules->interface_add, &rules->interface_remove, &rules->shared,
		&rules->removed_by_patch, &rules->count_calls, &rules->extra_files,
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		vec_free(lists[i]);
	vec_free(&rules->private);
	vec_free(&rules->config);
	vec_for_each(sidecar, &rules->sidecars)
		vec_free(&sidecar->functions);
	vec_free(&rules->sidecars);
	error_list_free(&rules->notes);
	arena_free(&rules->arena);
	free(rules);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules.c - the tables of keys, what their values may be, and the defaults.
 */
#include "input/rule_options.h"
#include "input/rules_reader.h"

#define RULES_MAX_SIZE (1024 * 1024) /* bytes of a rules file */
/* struct src_func holds the units that define it in an unsigned long. */
#define RULES_MAX_UNITS (8 * sizeof(unsigned long))

static struct error *add_private(struct reader *reader, const struct key *key,
				 const yaml_event_t *item, struct rules *rules)
{
	struct rule_private entry = { .init = PRIVATE_KEEP };

	TRY(reader_mapping(reader, key->section, item, &entry));
	vec_for_each(other, &rules->private)
		if (!strcmp(other->var.name, entry.var.name))
			return reader_twice(reader, &entry.var, "is private twice", &other->var);
	vec_push(&rules->private, entry);
	return NULL;
}

static struct error *add_sidecar(struct reader *reader, const struct key *key,
				 const yaml_event_t *item, struct rules *rules)
{
	/* Store it first: rules_free() then frees its list after an error, too. */
	vec_push(&rules->sidecars, (struct rule_sidecar){ 0 });
	struct rule_sidecar *entry = &rules->sidecars.v[rules->sidecars.n - 1];

	TRY(reader_mapping(reader, key->section, item, entry));
	if (!entry->functions.n)
		return error_note(reader_name_error(reader, &entry->file, "has no functions"),
				  "name those that the module is to replace, or remove the entry");
	for (struct rule_sidecar *other = rules->sidecars.v; other < entry; other++)
		if (!strcmp(other->file.name, entry->file.name))
			return error_note(reader_name_error(reader, &entry->file,
							    "is a sidecar twice"),
					  "join it with the one in line %u", other->file.line);
	return NULL;
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
		return reader_wrong_kind(reader, event, key->name, "a word", ": keep");
	TRY(reader_scalar(reader, key->name, event, &name));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(names[i], name.name)) {
			*(enum private_init *)((char *)base + key->offset) = i;
			return NULL;
		}
	}
	return error_note(reader_name_error(reader, &name, "is no way to initialise a variable"),
			  "it is one of keep, copy, rebuild");
}

/* These paths are created in the emitted tree and must not lead out of it. */
static struct error *check_inside(const struct reader *reader, const struct rule_name *path)
{
	_cleanup_free_ char *framed = xasprintf("/%s/", path->name);

	if (path->name[0] != '/' && !str_ends(path->name, "/") && !strstr(framed, "/../") &&
	    !strstr(framed, "/./") && !strstr(framed, "//"))
		return NULL;
	return error_note(reader_name_error(reader, path,
					    "is not a plain path below the kernel source"),
			  "write it like 'kernel/sched', without '.', '..' and outer '/'");
}

static struct error *check_unit(const struct reader *reader, const struct rule_name *path)
{
	TRY(check_inside(reader, path));
	if (str_ends(path->name, ".c"))
		return NULL;
	return error_note(reader_name_error(reader, path, "is not a C file"),
			  "units are the files that the kernel's Makefile compiles, 'kernel/sched/core.c'");
}

#define SCHEMA(what, table)                                         \
	{                                                           \
		.name = what, .keys = table, .n = ARRAY_SIZE(table) \
	}
#define NAMES(key, object, member) \
	.name = key, .read = reader_read_list, .offset = offsetof(struct object, member)
#define NAME(key, object, member) \
	.name = key, .read = reader_read_name, .offset = offsetof(struct object, member)
#define SECTION(key, schema) .name = key, .read = reader_read_section, .section = &(schema)

static const struct key target_keys[] = {
	{ NAMES("release", rules, release) },
	{ NAMES("source", rules, source) },
	{ NAMES("headers", rules, headers) },
	{ NAMES("vmlinux", rules, vmlinux) },
};
static const struct schema target_schema = SCHEMA("'target'", target_keys);

static const struct key boundary_keys[] = {
	{ NAMES("directories", rules, directories), .check = check_inside, .required = true },
	{ NAMES("units", rules, units), .check = check_unit, .max = RULES_MAX_UNITS,
	  .required = true },
};
static const struct schema boundary_schema = SCHEMA("'boundary'", boundary_keys);

static const struct key switch_keys[] = {
	{ NAME("schedule", rules, schedule) },
	{ NAME("finish", rules, finish) },
	{ NAME("class_type", rules, class_type) },
};
static const struct schema switch_schema = SCHEMA("'switch'", switch_keys);

static const struct key interface_keys[] = {
	{ NAMES("add", rules, interface_add) },
	{ NAMES("remove", rules, interface_remove) },
};
static const struct schema interface_schema = SCHEMA("'interface'", interface_keys);

static const struct key private_keys[] = {
	{ NAME("name", rule_private, var), .required = true },
	{ .name = "init", .read = read_init, .offset = offsetof(struct rule_private, init) },
};
static const struct schema private_schema = SCHEMA("an entry of 'private'", private_keys);

static const struct key sidecar_keys[] = {
	{ NAME("file", rule_sidecar, file), .check = check_unit, .required = true },
	{ NAMES("functions", rule_sidecar, functions), .required = true },
};
static const struct schema sidecar_schema = SCHEMA("an entry of 'sidecar'", sidecar_keys);

static const struct key rules_keys[] = {
	{ SECTION("target", target_schema) },
	{ SECTION("boundary", boundary_schema), .required = true },
	{ SECTION("switch", switch_schema) },
	{ NAMES("sleepers", rules, sleepers) },
	{ NAMES("keep_in_vmlinux", rules, keep_in_vmlinux), .old_name = "outside" },
	{ SECTION("interface", interface_schema) },
	{ .name = "private",
	  .read = reader_read_list,
	  .add = add_private,
	  .example = "{name: VARIABLE, init: keep}",
	  .section = &private_schema },
	{ NAMES("shared", rules, shared) },
	{ NAMES("removed_by_patch", rules, removed_by_patch), .old_name = "removed" },
	{ .name = "sidecar",
	  .read = reader_read_list,
	  .add = add_sidecar,
	  .example = "{file: PATH, functions: [NAME, ...]}",
	  .section = &sidecar_schema },
	{ NAMES("extra_files", rules, extra_files), .old_name = "files", .check = check_inside },
	{ NAMES("count_calls", rules, count_calls), .old_name = "count" },
	{ .name = "config", .read = reader_read_options },
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

static struct error *check_boundary_rules(const struct reader *reader, const yaml_event_t *event)
{
	struct rules *rules = reader->rules;

	if (!rules->directories.n || !rules->units.n)
		return error_note(reader_error(reader, event, "'boundary' has no %s",
					       rules->units.n ? "directories" : "units"),
				  "name what is to be cut out");
	vec_for_each(unit, &rules->units) {
		if (!in_boundary(rules, unit->name))
			return error_note(reader_name_error(reader, unit,
							    "is in none of the boundary's directories"),
					  "add its directory to boundary.directories");
	}
	vec_for_each(sidecar, &rules->sidecars) {
		const struct rule_name *unit = reader_find_name(&rules->units, sidecar->file.name);

		if (unit)
			return error_note(reader_name_error(reader, &sidecar->file,
							    "is in the boundary as a whole"),
					  "remove it here, or from boundary.units in line %u",
					  unit->line);
	}
	if (rules->units.n + rules->sidecars.n > RULES_MAX_UNITS)
		return error_note(reader_name_error(reader, &rules->sidecars.v[0].file,
						    "is a unit too many"),
				  "units and sidecars may be %zu together", RULES_MAX_UNITS);
	return NULL;
}

/* One list must not forbid what another one demands. */
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
			const struct rule_name *other = reader_find_name(pairs[i].b, name->name);

			if (other)
				return error_note(reader_name_error(reader, name, pairs[i].problem),
						  "remove it here, or from %s in line %u",
						  pairs[i].key, other->line);
		}
	}
	vec_for_each(entry, &rules->private) {
		const struct rule_name *other = reader_find_name(&rules->shared, entry->var.name);

		if (other)
			return error_note(reader_name_error(reader, &entry->var,
							    "is both private and shared"),
					  "remove it here, or from shared in line %u", other->line);
	}
	return NULL;
}

static struct error *read_rules(struct reader *reader)
{
	_cleanup_event_ yaml_event_t root = { 0 };

	TRY(reader_root(reader, &root));
	TRY(reader_mapping(reader, &rules_schema, &root, reader->rules));
	TRY(check_boundary_rules(reader, &root));
	TRY(check_conflicts(reader));
	return reader_end(reader);
}

struct error *rules_parse(const char *path, const char *text, size_t len, struct rules **result)
{
	struct reader reader = { .text = text, .len = len };

	if (len > RULES_MAX_SIZE)
		return error_note(error_at(path, 0, 0, "more than %d bytes", RULES_MAX_SIZE),
				  "is this a rules file?");
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

/* Free the lists of names that @schema has in the struct at @base. */
static void free_names(const struct schema *schema, void *base)
{
	for (const struct key *key = schema->keys; key < schema->keys + schema->n; key++) {
		if (key->read == reader_read_section)
			free_names(key->section, base);
		else if (key->read == reader_read_list && !key->add)
			vec_free((rule_names *)((char *)base + key->offset));
	}
}

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	free_names(&rules_schema, rules);
	vec_free(&rules->private);
	vec_free(&rules->config);
	vec_for_each(sidecar, &rules->sidecars)
		free_names(&sidecar_schema, sidecar);
	vec_free(&rules->sidecars);
	error_list_free(&rules->notes);
	arena_free(&rules->arena);
	free(rules);
}

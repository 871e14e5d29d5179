// SPDX-License-Identifier: GPL-2.0-only
#include "input/rule_options.h"

#include <errno.h>

static const char option_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

/* "MINE" of a key "MINE" or "CONFIG_MINE". */
static struct error *read_option_name(struct reader *reader, const yaml_event_t *event,
				      struct rule_name *name)
{
	static const char prefix[] = "CONFIG_";

	if (event->type != YAML_SCALAR_EVENT)
		return error_note(reader_error(reader, event, "%s as a key of 'config'",
					       reader_event_kind(event)),
				  "keys are names of options: config: {MINE: y}");
	TRY(reader_scalar(reader, "config", event, name));
	if (str_starts(name->name, prefix))
		name->name += strlen(prefix);
	if (!*name->name || name->name[strspn(name->name, option_chars)])
		return error_note(reader_name_error(reader, name, "is no name of an option"),
				  "it has letters, digits and '_' only: MINE for CONFIG_MINE");
	vec_for_each(other, &reader->rules->config)
		if (!strcmp(other->name.name, name->name))
			return reader_twice(reader, name, "is set twice", &other->name);
	return NULL;
}

/* A number as C writes it: decimal, or hexadecimal with 0x. */
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
	/* A leading 0 is octal in C. */
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

/* y, a number, or a string in quotes. Anything ambiguous is refused. */
static struct error *read_option_value(struct reader *reader, const yaml_event_t *event,
				       struct rule_option *option)
{
	struct arena *arena = &reader->rules->arena;
	struct rule_name value;

	if (event->type != YAML_SCALAR_EVENT)
		return error_note(reader_error(reader, event,
					       "'%s' is %s, not y, a number or a string",
					       option->name.name, reader_event_kind(event)),
				  "write %s: y", option->name.name);
	TRY(reader_scalar(reader, "config", event, &value));
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
		return error_note(reader_name_error(reader, &value,
						    "is for options that are modules of their own"),
				  "the scheduler is one module: write %s: y", option->name.name);
	if (!strcmp(value.name, "n"))
		return error_note(reader_name_error(reader, &value,
						    "is the value of an option that is not set"),
				  "remove the entry");
	return error_note(reader_name_error(reader, &value, "is no value of an option"),
			  "it is y, a number (3, -3, 0x10), or a string in quotes");
}

struct error *reader_read_options(struct reader *reader, const struct key *key,
				  const yaml_event_t *event, void *base)
{
	struct rules *rules = base;

	if (event->type != YAML_MAPPING_START_EVENT)
		return reader_wrong_kind(reader, event, key->name, "a mapping", ": {MINE: y}");
	for (;;) {
		_cleanup_event_ yaml_event_t name = { 0 }, value = { 0 };
		struct rule_option option = { 0 };

		TRY(reader_next(reader, &name));
		if (name.type == YAML_MAPPING_END_EVENT)
			return NULL;
		TRY(reader_check_count(reader, key, &name, rules->config.n));
		TRY(read_option_name(reader, &name, &option.name));
		TRY(reader_next(reader, &value));
		TRY(read_option_value(reader, &value, &option));
		vec_push(&rules->config, option);
	}
}

// SPDX-License-Identifier: GPL-2.0-only
#include "emit/report_html.h"

#include <yaml.h>

#include "base/quote.h"
#include "emit/template.h"

/* What print_scalar() has not put in quotes and could be no string: a number or a truth. */
static void print_value(FILE *f, const yaml_event_t *event)
{
	const char *s = (const char *)event->data.scalar.value;
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

	if (plain && !*s)
		fputs("null", f);
	else if (plain && (!strcmp(s, "true") || !strcmp(s, "false") || !s[strspn(s, "0123456789")]))
		fputs(s, f);
	else
		print_quoted(f, s);
}

/* Print what begins with the next event; at the end of a list or mapping, nothing. */
static bool print_node(yaml_parser_t *parser, FILE *f, const char *before, bool is_key)
{
	yaml_event_t event;
	const char *between = "";
	bool is_mapping, more = true;

	if (!yaml_parser_parse(parser, &event))
		return false;
	is_mapping = event.type == YAML_MAPPING_START_EVENT;
	if (event.type == YAML_SCALAR_EVENT) {
		fputs(before, f);
		is_key ? print_quoted(f, (const char *)event.data.scalar.value) :
			 print_value(f, &event);
	} else if (is_mapping || event.type == YAML_SEQUENCE_START_EVENT) {
		fprintf(f, "%s%c", before, is_mapping ? '{' : '[');
		while (more) {
			more = print_node(parser, f, between, is_mapping) &&
			       (!is_mapping || print_node(parser, f, ":", false));
			between = ",\n";
		}
		fputc(is_mapping ? '}' : ']', f);
	}
	more = event.type != YAML_MAPPING_END_EVENT && event.type != YAML_SEQUENCE_END_EVENT;
	yaml_event_delete(&event);
	return more;
}

static struct error *print_json(const char *yaml, FILE *f)
{
	struct error *err = NULL;
	yaml_parser_t parser;
	yaml_event_t event;

	if (!yaml_parser_initialize(&parser))
		return error_new("out of memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, strlen(yaml));
	for (int i = 0; i < 2; i++) /* the stream begins, the document begins */
		if (yaml_parser_parse(&parser, &event))
			yaml_event_delete(&event);
	print_node(&parser, f, "", false);
	if (parser.error)
		err = error_at("boundary.yaml", parser.problem_mark.line + 1, 0, "%s",
			       parser.problem ? parser.problem : "not YAML");
	yaml_parser_delete(&parser);
	return err;
}

struct error *report_html(const char *yaml, FILE *f)
{
	_cleanup_free_ char *report = NULL;
	size_t len;
	FILE *json = text_open(&report, &len);
	struct error *err = print_json(yaml, json);

	fclose(json);
	if (err)
		return err;

	const struct template_value values[] = {
		{ "style.css", embedded_text("style.css") },
		{ "report", report },
		{ "report.js", embedded_text("report.js") },
		{ "picture.js", embedded_text("picture.js") },
		{ "table.js", embedded_text("table.js") },
		{ "main.js", embedded_text("main.js") },
		{},
	};

	return template_print(f, "page.html", values);
}

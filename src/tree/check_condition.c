// SPDX-License-Identifier: GPL-2.0-only
#include "tree/check_condition.h"

#include "emit/rewrite.h"

#include <ctype.h>

#include "base/os.h"
#include "source/source_text.h"

/* --- conditionals of a file */

/* The start of a line: its offset and number. */
struct place {
	size_t pos;
	unsigned int line;
};

/* Text from one directive of a conditional to the next. */
struct branch {
	struct place directive, body, end; /* lines: of the directive, after it, and of the next one */
	size_t group;			   /* number of the branch that begins with #if */
	char *text;			   /* of the directive in one line, "#ifdef CONFIG_X" */
};
typedef VEC(struct branch) branches;

struct scan {
	const char *text; /* without comments */
	struct place at;
	branches *out;
	VEC(size_t) open; /* branches that have no end yet */
};

/* [@start, @end) of @text with single blanks and no line ends. */
static char *one_line(const char *text, size_t start, size_t end)
{
	char *line = xmalloc(end - start + 1);
	size_t n = 0;

	for (size_t i = start; i < end; i++) {
		if (!isspace((unsigned char)text[i]) && text[i] != '\\')
			line[n++] = text[i];
		else if (n && line[n - 1] != ' ')
			line[n++] = ' ';
	}
	n -= n && line[n - 1] == ' ';
	line[n] = '\0';
	return line;
}

static void begin_branch(struct scan *s, struct place body, size_t group)
{
	struct branch b = { .directive = s->at,
			    .body = body,
			    .end = body,
			    .group = group,
			    .text = one_line(s->text, s->at.pos, body.pos) };

	vec_push(&s->open, s->out->n);
	vec_push(s->out, b);
}

/* End the innermost branch; returns the group that it is of. */
static size_t end_branch(struct scan *s)
{
	struct branch *b = &s->out->v[s->open.v[--s->open.n]];

	b->end = s->at;
	return b->group;
}

static void read_directive(struct scan *s, struct place body)
{
	const char *word = text_directive(s->text + s->at.pos);

	if (str_starts(word, "if"))
		begin_branch(s, body, s->out->n);
	else if (str_starts(word, "el") && s->open.n)
		begin_branch(s, body, end_branch(s));
	else if (str_starts(word, "endif") && s->open.n)
		end_branch(s);
}

static void find_branches(const char *text, branches *out)
{
	struct scan s = { .text = text, .at.line = 1, .out = out };

	while (text[s.at.pos]) {
		struct place next = s.at;

		next.pos = text_next_line(text, next.pos, &next.line);
		read_directive(&s, next);
		s.at = next;
	}
	while (s.open.n)
		end_branch(&s);
	vec_free(&s.open);
}

static void free_branches(branches *list)
{
	vec_for_each(b, list)
		free(b->text);
	vec_free(list);
}

/* --- options */

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool starts_word(const char *text, size_t pos)
{
	return is_word_char(text[pos]) && !(pos && is_word_char(text[pos - 1]));
}

/* Does @text have @before and @option, which ends a word? */
static bool has_option(const char *text, const char *before, const char *option)
{
	_cleanup_free_ char *wanted = xasprintf("%s%s", before, option);

	for (const char *p = text; (p = strstr(p, wanted)); p++)
		if (!is_word_char(p[strlen(wanted)]))
			return true;
	return false;
}

bool check_defines_option(const struct check *c, const char *option)
{
	_cleanup_free_ char *path = xasprintf("%s/Kbuild", c->tree->dir);
	_cleanup_free_ char *kbuild = os_read_file(path);

	/* The rules' options are there for make, too. */
	if (kbuild && (has_option(kbuild, "-D", option) || has_option(kbuild, "\n", option)))
		return true;
	if (!c->tree->work)
		return false;
	vec_for_each(file, &c->tree->work->files)
		if ((*file)->text && (has_option((*file)->text, "define ", option) ||
				      has_option((*file)->text, "define\t", option)))
			return true;
	return false;
}

static enum option_state state_of(const struct check *c, const char *option)
{
	enum option_state state = kconfig_state(c->config, option + strlen("CONFIG_"));

	return state == OPTION_UNKNOWN && check_defines_option(c, option) ? OPTION_SET : state;
}

/* Is the option at @pos of @text asked for by "!defined(CONFIG_X)" or the like? */
static bool is_negated(const char *text, size_t pos)
{
	while (pos && strchr(" (", text[pos - 1]))
		pos--;
	while (pos && is_word_char(text[pos - 1]))
		pos--;
	while (pos && strchr(" (", text[pos - 1]))
		pos--;
	return pos && text[pos - 1] == '!';
}

/* The option without which the condition @text is false: one that does not exist
 * before one that is off; NULL: none. */
static char *missing_option(const struct check *c, const char *text, enum option_state *state)
{
	char *found = NULL;

	if (str_starts(text_directive(text), "ifndef"))
		return NULL;
	for (size_t pos = 0; text[pos]; pos++) {
		size_t len = starts_word(text, pos) ? kconfig_option_length(text + pos) : 0;
		_cleanup_free_ char *option = len ? xstrndup(text + pos, len) : NULL;

		if (!option || is_negated(text, pos))
			continue;

		enum option_state s = state_of(c, option);

		if (s == OPTION_SET || (found && s != OPTION_UNKNOWN))
			continue;
		free(found);
		found = return_ptr(option);
		*state = s;
		if (s == OPTION_UNKNOWN)
			break;
	}
	return found;
}

static const struct {
	const char *what, *remedy;
} states[] = {
	[OPTION_UNKNOWN] = {
		"is not an option of this kernel's configuration",
		"say 'config: {%s: y}' in the rules and cut again, or take the condition away",
	},
	[OPTION_OFF] = {
		"is not set in this kernel's configuration",
		"vmlinux was built without %s, which no module can change: take the condition away, or leave the hunk out",
	},
	[OPTION_MODULE] = {
		"is m in this kernel's configuration, not y",
		"ask with IS_ENABLED(CONFIG_%s), which is true for both",
	},
};

static void note_option(struct error *err, const char *option, enum option_state state)
{
	/* Each remedy has one %s, of which this is the rest. */
	const char *remedy = states[state].remedy, *name = strstr(remedy, "%s");

	error_note(err, "%.*s%s%s", (int)(name - remedy), remedy, option + strlen("CONFIG_"),
		   name + strlen("%s"));
}

/* --- text that is left out */

struct file_scan {
	struct check *c;
	const struct src_file *file;
	const struct edited *edited;
	branches branches;
};

static bool is_skipped(const struct src_file *file, size_t offset)
{
	vec_for_each(range, &file->skipped)
		if (offset >= range->start && offset < range->end)
			return true;
	return false;
}

static bool is_dropped(const struct file_scan *s, const struct branch *b)
{
	return b->body.pos < b->end.pos && is_skipped(s->file, b->body.pos);
}

/* Is there text in @b? "#error" is meant to be left out. */
static bool has_code(const struct file_scan *s, const struct branch *b)
{
	const char *text = s->edited->now;
	unsigned int line = 0;

	for (size_t pos = b->body.pos; pos < b->end.pos; pos = text_next_line(text, pos, &line)) {
		pos += strspn(text + pos, " \t\r\n");
		if (pos < b->end.pos && !str_starts(text_directive(text + pos), "error"))
			return true;
	}
	return false;
}

/* The first line of @b that was edited; 0: none. Its directive counts, too. */
static unsigned int edited_line(const struct file_scan *s, const struct branch *b)
{
	const struct line_diff *diff = &s->edited->diff;
	unsigned int line = line_diff_first(diff, b->body.line, b->end.line);

	/* Lines that are missing before the end are of this branch, a new end is not. */
	if (line && (line < b->end.line || !line_diff_is_new(diff, line)))
		return line;
	line = line_diff_first(diff, b->directive.line, b->body.line - 1);
	return line && line_diff_is_new(diff, line) ? b->directive.line : 0;
}

/*
 * The branch of @b's conditional that is compiled, NULL if there is none. An empty
 * one before an "#else" counts as compiled.
 */
static const struct branch *compiled_branch(const struct file_scan *s, const struct branch *b)
{
	vec_for_each(other, &s->branches)
		if (other->group == b->group && other != b && !is_dropped(s, other) &&
		    other->body.pos < other->end.pos)
			return other;
	return str_starts(text_directive(b->text), "else") ? &s->branches.v[b->group] : NULL;
}

/* Text that clang, which reads the tree here, leaves out and gcc does not, or that
 * its author wants in the kernel only. */
static bool is_meant_for_others(const struct branch *b)
{
	/* clang-format off */
	static const char *const names[] = {
		"SCHEDCUT_UNIT",
		"__clang__", "__clang_major__", "__GNUC__", "GCC_VERSION", "CLANG_VERSION",
		"__has_attribute", "__has_builtin",
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strstr(b->text, names[i]))
			return true;
	return false;
}

static void found_left_out(struct file_scan *s, const struct branch *b, unsigned int line)
{
	const struct branch *instead = compiled_branch(s, b);
	bool taken = instead && instead < b; /* an earlier condition was true */
	enum option_state state = OPTION_SET;
	/* An "#else" is left out for the sake of an earlier condition. */
	_cleanup_free_ char *option = taken ? NULL : missing_option(s->c, b->text, &state);

	if (option) {
		note_option(check_found(s->c, SEVERITY_WARNING, s->file->path, line,
					"the preprocessor leaves these lines out: %s %s", option,
					states[state].what),
			    option, state);
		return;
	}
	/* Both branches were edited, and one of them is compiled. */
	if (instead && edited_line(s, instead))
		return;
	error_note(check_found(s->c, SEVERITY_WARNING, s->file->path, line,
			       "the preprocessor leaves these lines out: '%s' is %s",
			       taken ? instead->text : b->text, taken ? "true" : "false"),
		   "this edit has no effect: take the condition away, or leave the hunk out");
}

static bool is_schedcuts(const struct file_scan *s, const struct branch *b)
{
	return str_starts(s->file->text + b->directive.pos, DISABLED_START);
}

/* Of nested conditionals the outermost that is left out is the cause. */
static void check_branches(struct file_scan *s)
{
	vec_for_each(b, &s->branches) {
		const struct branch *first = &s->branches.v[b->group];
		unsigned int line;

		if (!is_dropped(s, b) || !has_code(s, b) ||
		    is_skipped(s->file, first->directive.pos) || is_schedcuts(s, first) ||
		    is_meant_for_others(first) || is_meant_for_others(b))
			continue;
		line = edited_line(s, b);
		if (line)
			found_left_out(s, b, line);
	}
}

/* --- options that code asks for */

/* The length of the option in "IS_ENABLED(CONFIG_X)" at @text; its start in *@option. */
static size_t asked_option(const char *text, const char **option)
{
	static const char *const macros[] = { "IS_ENABLED", "IS_BUILTIN", "IS_MODULE",
					      "IS_REACHABLE" };

	const char *macro = str_find(text, macros, str_starts);

	if (!macro)
		return 0;
	text += strlen(macro);
	text += strspn(text, " \t");
	if (*text++ != '(')
		return 0;
	*option = text + strspn(text, " \t\n");
	return kconfig_option_length(*option);
}

/* An option that does not exist; one that is off is off in vmlinux, too. */
static void check_question(struct file_scan *s, size_t offset)
{
	const char *start;
	size_t len = asked_option(s->edited->now + offset, &start);
	_cleanup_free_ char *option = len ? xstrndup(start, len) : NULL;

	if (!option || !starts_word(s->edited->now, offset) || is_skipped(s->file, offset) ||
	    state_of(s->c, option) != OPTION_UNKNOWN)
		return;
	note_option(check_found_at(s->c, SEVERITY_WARNING, s->file, offset,
				   "this is always false: %s %s", option, states[OPTION_UNKNOWN].what),
		    option, OPTION_UNKNOWN);
}

/* In edited lines; those of conditionals have been looked at. */
static void check_questions(struct file_scan *s)
{
	const char *text = s->edited->now;
	unsigned int line = 1;

	for (size_t pos = 0; text[pos];) {
		const char *word = text_directive(text + pos);
		bool condition = str_starts(word, "if") || str_starts(word, "elif");
		bool edited = line_diff_is_new(&s->edited->diff, line);
		size_t end = pos + strcspn(text + pos, "\n");

		for (size_t i = pos; edited && !condition && i < end; i++)
			check_question(s, i);
		if (condition)
			pos = text_next_line(text, pos, &line);
		else
			pos = end + (text[end] == '\n'), line++;
	}
}

struct error *check_conditions(struct check *c)
{
	TRY(check_config(c));
	vec_for_each(file, &c->tree->work->files) {
		struct file_scan s = { .c = c, .file = *file };

		if (!check_is_edited(c, *file))
			continue;
		s.edited = check_edited(c, (*file)->path);
		find_branches(s.edited->now, &s.branches);
		check_branches(&s);
		check_questions(&s);
		free_branches(&s.branches);
	}
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_rules.c - what a rules file may contain, and where each error points. Damaged
 * input only causes an error.
 */
#include "input/rules.h"
#include "test.h"

#define BOUNDARY "boundary: {directories: [d], units: [d/a.c]}\n"

static struct error *parse(const char *text, struct rules **rules)
{
	*rules = NULL;
	return rules_parse("r.yaml", text, strlen(text), rules);
}

static const char full[] =
	"target:\n"
	"  release: ['6.1.0-*']\n"
	"  source: [/src, /src.tar.xz]\n"
	"  headers: ['/headers-${release}']\n"
	"  vmlinux: [/vmlinux]\n"
	"boundary:\n"
	"  directories: [kernel/sched]\n"
	"  units:\n"
	"    - kernel/sched/core.c\n"
	"    - kernel/sched/fair.c\n"
	"switch: {schedule: s, finish: f, class_type: c}\n"
	"sleepers: [schedule_timeout]\n"
	"keep_in_vmlinux: [yield]\n"
	"interface: {add: [a], remove: [b]}\n"
	"private:\n"
	"  - {name: p, init: copy}\n"
	"  - {init: rebuild, name: q}\n"
	"  - name: r\n"
	"shared: [t]\n"
	"count_calls: [pick]\n"
	"sidecar:\n"
	"  - file: kernel/cgroup/cpuset.c\n"
	"    functions: [u, v]\n"
	"  - {functions: [w], file: kernel/kthread.c}\n"
	"extra_files: [include/linux/cpuset.h]\n"
	"config: {MINE: y, CONFIG_SHIFT: 3, MASK: 0x1F, LESS: -1, 2ND: 'a \"b\\ y', EMPTYISH: ' '}\n"
	"removed_by_patch: [gone]\n";

static void everything_is_read(void)
{
	struct rules *rules;
	struct error *err = parse(full, &rules);

	CHECK(!err);
	if (err) {
		error_print(stdout, err);
		error_free(err);
		return;
	}
	CHECK_STR(rules->path, "r.yaml");
	CHECK(!rules->notes.n);
	CHECK_STR(rules->release.v[0].name, "6.1.0-*");
	CHECK(rules->source.n == 2);
	CHECK_STR(rules->source.v[1].name, "/src.tar.xz");
	CHECK_STR(rules->headers.v[0].name, "/headers-${release}");
	CHECK_STR(rules->vmlinux.v[0].name, "/vmlinux");
	CHECK_STR(rules->directories.v[0].name, "kernel/sched");
	CHECK(rules->units.n == 2);
	CHECK(rules->units.v[1].line == 10 && rules->units.v[1].col == 7);
	CHECK_STR(rules->schedule.name, "s");
	CHECK_STR(rules->finish.name, "f");
	CHECK_STR(rules->class_type.name, "c");
	CHECK_STR(rules->sleepers.v[0].name, "schedule_timeout");
	CHECK_STR(rules->keep_in_vmlinux.v[0].name, "yield");
	CHECK_STR(rules->interface_add.v[0].name, "a");
	CHECK_STR(rules->interface_remove.v[0].name, "b");
	CHECK(rules->private.n == 3);
	CHECK_STR(rules->private.v[0].var.name, "p");
	CHECK(rules->private.v[0].init == PRIVATE_COPY);
	CHECK(rules->private.v[1].init == PRIVATE_REBUILD);
	CHECK(rules->private.v[2].init == PRIVATE_KEEP);
	CHECK(rules->private.v[2].var.line == 18);
	CHECK_STR(rules->shared.v[0].name, "t");
	CHECK(rules->removed_by_patch.n == 1);
	CHECK_STR(rules->removed_by_patch.v[0].name, "gone");
	CHECK_STR(rules->count_calls.v[0].name, "pick");
	CHECK(rules->sidecars.n == 2);
	CHECK_STR(rules->sidecars.v[0].file.name, "kernel/cgroup/cpuset.c");
	CHECK(rules->sidecars.v[0].functions.n == 2);
	CHECK_STR(rules->sidecars.v[1].file.name, "kernel/kthread.c");
	CHECK_STR(rules->sidecars.v[1].functions.v[0].name, "w");
	CHECK(rules->sidecars.v[0].functions.v[1].line == 23 &&
	      rules->sidecars.v[0].functions.v[1].col == 20);
	CHECK_STR(rules->extra_files.v[0].name, "include/linux/cpuset.h");
	CHECK(rules->config.n == 6);
	CHECK_STR(rules->config.v[0].name.name, "MINE");
	CHECK(rules->config.v[0].is_yes && !rules->config.v[1].is_yes);
	CHECK_STR(rules->config.v[0].value, "1");
	CHECK_STR(rules->config.v[1].name.name, "SHIFT");
	CHECK(rules->config.v[1].name.line == 26 && rules->config.v[1].name.col == 19);
	CHECK_STR(rules->config.v[1].value, "3");
	CHECK_STR(rules->config.v[2].value, "0x1F");
	CHECK_STR(rules->config.v[3].value, "-1");
	CHECK_STR(rules->config.v[4].name.name, "2ND");
	CHECK_STR(rules->config.v[4].value, "\"a \\\"b\\\\ y\"");
	CHECK_STR(rules->config.v[5].value, "\" \"");
	rules_free(rules);
}

static void defaults(void)
{
	struct rules *rules;
	struct error *err = parse(BOUNDARY, &rules);

	CHECK(!err);
	if (err) {
		error_free(err);
		return;
	}
	CHECK_STR(rules->schedule.name, "__schedule");
	CHECK_STR(rules->finish.name, "finish_task_switch");
	CHECK_STR(rules->class_type.name, "sched_class");
	CHECK(!rules->release.n && !rules->private.n && !rules->count_calls.n);
	rules_free(rules);
}

static void renamed_keys(void)
{
	static const char now[] = BOUNDARY "keep_in_vmlinux: [a]\nremoved_by_patch: [b]\n"
					   "extra_files: [c]\ncount_calls: [d]\n";
	static const char before[] = BOUNDARY "outside: [a]\nremoved: [b]\n"
					      "files: [c]\ncount: [d]\n";
	static const char *const notes[] = {
		"'outside' is now 'keep_in_vmlinux'",
		"'removed' is now 'removed_by_patch'",
		"'files' is now 'extra_files'",
		"'count' is now 'count_calls'",
	};
	struct rules *new, *old;

	CHECK(!parse(now, &new));
	CHECK(!parse(before, &old));
	if (!new || !old)
		return;

	const rule_names *lists[][2] = {
		{ &new->keep_in_vmlinux, &old->keep_in_vmlinux },
		{ &new->removed_by_patch, &old->removed_by_patch },
		{ &new->extra_files, &old->extra_files },
		{ &new->count_calls, &old->count_calls },
	};
	CHECK(!new->notes.n);
	CHECK(old->notes.n == ARRAY_SIZE(notes));
	for (size_t i = 0; i < ARRAY_SIZE(lists) && i < old->notes.n; i++) {
		CHECK(lists[i][0]->n == 1 && lists[i][1]->n == 1);
		CHECK_STR(lists[i][1]->v[0].name, lists[i][0]->v[0].name);
		CHECK_STR(old->notes.v[i]->message, notes[i]);
		CHECK(old->notes.v[i]->line == i + 2 && old->notes.v[i]->col == 1);
	}
	rules_free(new);
	rules_free(old);
}

struct bad {
	const char *text;
	unsigned int line, col;
	const char *message, *note; /* parts of them */
};

static const struct bad bad[] = {
	{ "", 1, 1, "the rules are nothing, not a mapping", "top keys" },
	{ "- a\n", 1, 1, "the rules are a list, not a mapping", "top keys" },
	{ "count_calls: [a]\n", 1, 1, "missing key 'boundary' in the rules", "docs/rules.md" },
	{ "boundary: {units: [d/a.c]}\n", 1, 11, "missing key 'directories' in 'boundary'",
	  "docs/rules.md" },
	{ "boundary: {directories: [d]}\n", 1, 11, "missing key 'units' in 'boundary'",
	  "docs/rules.md" },
	{ "boundary: {directories: [d], units: []}\n", 1, 1, "'boundary' has no units", "cut out" },
	{ "boundary: [d]\n", 1, 11, "'boundary' is a list, not a mapping", "indented" },
	{ BOUNDARY "sleeper: [a]\n", 2, 1, "unknown key 'sleeper' in the rules", "sleepers" },
	{ BOUNDARY "private: [{a\n\n b: c}]\n", 2, 12, "unknown key 'a' in an entry", "name, init" },
	{ "boundary: {dirs: [a]}\n", 1, 12, "unknown key 'dirs' in 'boundary'", "directories, units" },
	{ BOUNDARY "count_calls: [a]\ncount_calls: [b]\n", 3, 1, "key 'count_calls' appears twice",
	  "join" },
	{ BOUNDARY "count_calls: a\n", 2, 14, "'count_calls' is a single value, not a list",
	  "count_calls: [NAME" },
	{ BOUNDARY "count_calls: {a: b}\n", 2, 14, "'count_calls' is a mapping, not a list",
	  "count_calls: [NAME" },
	{ BOUNDARY "count_calls: [[a]]\n", 2, 15, "a list inside the list 'count_calls'", "plain" },
	{ BOUNDARY "count_calls: [a, '']\n", 2, 18, "empty name in 'count_calls'", "remove" },
	{ BOUNDARY "count_calls: [\"a\\0b\"]\n", 2, 15, "control character", "\\x00" },
	{ BOUNDARY "count_calls: [a, b, a]\n", 2, 21, "'a' is listed twice", "line 2" },
	{ BOUNDARY "config: [MINE]\n", 2, 9, "'config' is a list, not a mapping",
	  "config: {MINE: y}" },
	{ BOUNDARY "config: {MINE: [y]}\n", 2, 16, "'MINE' is a list, not y", "MINE: y" },
	{ BOUNDARY "config: {[MINE]: y}\n", 2, 10, "a list as a key of 'config'", "MINE: y" },
	{ BOUNDARY "config: {MINE: n}\n", 2, 16, "'n' is the value", "remove" },
	{ BOUNDARY "config: {MINE: m}\n", 2, 16, "'m' is for", "MINE: y" },
	{ BOUNDARY "config: {MINE: yes}\n", 2, 16, "'yes' is no value", "string in quotes" },
	{ BOUNDARY "config: {MINE: 010}\n", 2, 16, "'010' is no value", "number" },
	{ BOUNDARY "config: {MINE: 1x}\n", 2, 16, "'1x' is no value", "number" },
	{ BOUNDARY "config: {MINE: 0x}\n", 2, 16, "'0x' is no value", "number" },
	{ BOUNDARY "config: {MINE: 18446744073709551616}\n", 2, 16, "is no value", "number" },
	{ BOUNDARY "config: {MINE: ''}\n", 2, 16, "empty name", "remove" },
	{ BOUNDARY "config: {MY-OWN: y}\n", 2, 10, "'MY-OWN' is no name of an option", "letters" },
	{ BOUNDARY "config: {CONFIG_: y}\n", 2, 10, "'' is no name of an option", "letters" },
	{ BOUNDARY "config:\n  MINE: y\n  CONFIG_MINE: 3\n", 4, 3, "'MINE' is set twice", "line 3" },
	{ BOUNDARY "outside: [a]\nkeep_in_vmlinux: [b]\n", 3, 1,
	  "key 'keep_in_vmlinux' appears twice", "join" },
	{ BOUNDARY "[a]: b\n", 2, 1, "a list as a key of the rules", "plain words" },
	{ BOUNDARY "switch: {schedule: [a]}\n", 2, 20, "'schedule' is a list, not a name",
	  "schedule: NAME" },
	{ BOUNDARY "private: [{name: a, init: move}]\n", 2, 27, "'move' is no way",
	  "keep, copy, rebuild" },
	{ BOUNDARY "private: [{init: keep}]\n", 2, 11,
	  "missing key 'name' in an entry of 'private'", "docs/rules.md" },
	{ BOUNDARY "private: [a]\n", 2, 11, "a single value inside the list", "{name:" },
	{ BOUNDARY "private: [{name: a}, {name: a}]\n", 2, 29, "'a' is private twice", "line 2" },
	{ BOUNDARY "private: [{name: a}]\nshared: [a]\n", 2, 18, "'a' is both private and shared",
	  "line 3" },
	{ BOUNDARY "interface: {add: [a], remove: [a]}\n", 2, 19, "both added", "line 2" },
	{ BOUNDARY "interface: {add: [a]}\nkeep_in_vmlinux: [a]\n", 2, 19, "kept in vmlinux",
	  "line 3" },
	{ BOUNDARY "count_calls: &x [a]\nshared: *x\n", 3, 9, "alias '*x'", "write the value out" },
	{ BOUNDARY "---\n" BOUNDARY, 2, 1, "a second document", "'---'" },
	{ "boundary: {directories: [/etc], units: [/etc/a.c]}\n", 1, 26,
	  "'/etc' is not a plain path", "kernel/sched" },
	{ "boundary: {directories: [a/../b], units: [x.c]}\n", 1, 26, "not a plain path", "'..'" },
	{ "boundary: {directories: [d], units: [d/a.o]}\n", 1, 38, "'d/a.o' is not a C file",
	  "core.c" },
	{ "boundary: {directories: [d], units: [e/a.c]}\n", 1, 38,
	  "'e/a.c' is in none of the boundary's directories", "boundary.directories" },
	{ "boundary: {directories: [d], units: [da.c]}\n", 1, 38, "in none", "boundary" },
	{ BOUNDARY "sidecar: {file: a.c}\n", 2, 10, "'sidecar' is a mapping, not a list",
	  "functions: [NAME" },
	{ BOUNDARY "sidecar: [a.c]\n", 2, 11, "a single value inside the list 'sidecar'",
	  "functions: [NAME" },
	{ BOUNDARY "sidecar: [{file: a.c}]\n", 2, 11, "missing key 'functions'", "docs/rules.md" },
	{ BOUNDARY "sidecar: [{functions: [f]}]\n", 2, 11, "missing key 'file'", "docs/rules.md" },
	{ BOUNDARY "sidecar: [{file: a.c, functions: []}]\n", 2, 18, "'a.c' has no functions",
	  "remove the entry" },
	{ BOUNDARY "sidecar: [{file: a.h, functions: [f]}]\n", 2, 18, "'a.h' is not a C file",
	  "Makefile compiles" },
	{ BOUNDARY "sidecar: [{file: ../a.c, functions: [f]}]\n", 2, 18, "not a plain path", "'..'" },
	{ BOUNDARY "sidecar: [{file: d/a.c, functions: [f]}]\n", 2, 18,
	  "'d/a.c' is in the boundary as a whole", "boundary.units in line 1" },
	{ BOUNDARY "sidecar: [{file: a.c, functions: [f]},\n {file: a.c, functions: [g]}]\n", 3, 9,
	  "'a.c' is a sidecar twice", "line 2" },
	{ BOUNDARY "extra_files: [/etc/passwd]\n", 2, 15, "not a plain path", "'..'" },
	{ "boundary:\n\tunits: [a]\n", 2, 1, "YAML syntax", "tabs" },
	{ "count_calls: [a\n", 2, 1, "YAML syntax", "flow sequence" },
	{ "count_calls: [a]\n# \xff\n", 2, 3, "YAML syntax", "UTF-8" },
};

static bool contains(const char *text, const char *part)
{
	return text && strstr(text, part);
}

static void errors_point_and_help(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct rules *rules;
		struct error *err = parse(bad[i].text, &rules);

		if (err && err->line == bad[i].line && err->col == bad[i].col &&
		    contains(err->message, bad[i].message) && contains(err->note, bad[i].note)) {
			error_free(err);
			continue;
		}
		printf("# of: %s", bad[i].text);
		if (err)
			error_print(stdout, err);
		CHECK(!"another error than expected");
		error_free(err);
		rules_free(rules);
	}
}

static void limits(void)
{
	VEC(char) text = { 0 };
	struct rules *rules;

	for (const char *p = BOUNDARY "count_calls: ["; *p; p++)
		vec_push(&text, *p);
	for (int i = 0; i < 5000; i++) {
		char item[16];

		snprintf(item, sizeof(item), "f%d, ", i);
		for (const char *p = item; *p; p++)
			vec_push(&text, *p);
	}
	vec_push(&text, ']');
	struct error *err = rules_parse("r.yaml", text.v, text.n, &rules);
	CHECK(err && contains(err->message, "more than 4096 entries in 'count_calls'"));
	error_free(err);

	while (text.n <= 1024 * 1024)
		vec_push(&text, ' ');
	err = rules_parse("r.yaml", text.v, text.n, &rules);
	CHECK(err && contains(err->message, "more than 1048576 bytes"));
	error_free(err);

	for (size_t i = 0; i < 200000; i++)
		text.v[i] = '[';
	err = rules_parse("r.yaml", text.v, 200000, &rules);
	CHECK(err);
	error_free(err);
	vec_free(&text);
}

static void missing_file(void)
{
	struct rules *rules;
	struct error *err = rules_load("does-not-exist.yaml", &rules);

	CHECK(err && err->note);
	CHECK_STR(err ? err->path : NULL, "does-not-exist.yaml");
	error_free(err);
}

/* Knuth's MMIX generator: the same inputs in every run. */
static unsigned int next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;
	return *state >> 33;
}

/* Damage @text in one place; it has room for @cap bytes. */
static size_t mutate(char *text, size_t len, size_t cap, uint64_t *state)
{
	static const char special[] = "[]{}:,-&*!|>'\"%@`#?~\t\n\\ \xff\xc3";
	size_t at = next_random(state) % len;
	size_t n = next_random(state) % 8;

	switch (next_random(state) % 4) {
	case 0: text[at] = special[next_random(state) % sizeof(special)]; return len;
	case 1: text[at] = next_random(state); return len;
	case 2: /* drop n bytes */
		n = n < len - at ? n : len - at - 1;
		memmove(text + at, text + at + n, len - at - n);
		return len - n;
	default: /* say n bytes twice */
		if (at + n > len || len + n > cap)
			return len;
		memmove(text + at + n, text + at, len - at);
		return len + n;
	}
}

static void damaged_input(void)
{
	uint64_t state = 1;

	for (int i = 0; i < 3000; i++) {
		char text[2 * sizeof(full)];
		size_t len = sizeof(full) - 1;
		struct rules *rules = NULL;

		memcpy(text, full, len);
		for (int j = 0; j <= i % 5; j++)
			len = mutate(text, len, sizeof(text), &state);
		struct error *err = rules_parse("r.yaml", text, len, &rules);
		CHECK(err ? err->message && err->note : rules && rules->units.n);
		error_free(err);
		rules_free(rules);
	}
}

int main(void)
{
	RUN(everything_is_read);
	RUN(defaults);
	RUN(renamed_keys);
	RUN(errors_point_and_help);
	RUN(limits);
	RUN(missing_file);
	RUN(damaged_input);
	return TEST_STATUS;
}

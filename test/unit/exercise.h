/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exercise.h - make all queries of the stages on an opened kernel, for tests whose
 * vmlinux need not make sense.
 */
#pragma once

#include "vmlinux/kernel_internal.h"
#include "vmlinux/btf.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/dwarf_line.h"
#include "vmlinux/dwarf_type.h"
#include "vmlinux/file_groups.h"
#include "vmlinux/kernel_types.h"
#include "vmlinux/patch_sites.h"
#include "vmlinux/refs.h"

#define EXERCISED 100

static inline bool exercise_func(const struct ksym *sym, void *arg)
{
	(void)arg;
	return sym->is_func;
}

static inline bool exercise_any(const struct ksym *sym, void *arg)
{
	(void)sym;
	(void)arg;
	return true;
}

static inline void exercise_symbols(const struct kernel *k)
{
	static const char *const names[] = { "update", "enqueue", "runqueue" };

	for (size_t i = 0; i < k->syms.n; i++) {
		const struct ksym *sym = &k->syms.v[i];
		uint64_t addr = sym->addr;
		size_t count;
		bool live;

		kernel_global(k, sym->name);
		if (i < EXERCISED) /* takes as long as the unit has symbols */
			kernel_local(k, sym->file, sym->name, &count);
		kernel_at(k, addr);
		kernel_at(k, addr + sym->size - 1);
		kernel_fentry(k, addr);
		kernel_code_site(k, addr, addr + 5, &live);
	}
	kernel_match_unit(k, "kernel/sched/core.c", names, ARRAY_SIZE(names));
}

static inline void exercise_types(const struct kernel *k, const char *name,
				  void (*layouts)(const struct kernel *, const char *, bool,
						  struct arena *, layout_vec *))
{
	layout_vec found = { 0 };
	struct arena arena = { 0 };

	layouts(k, name, false, &arena, &found);
	layouts(k, name, true, &arena, &found);
	layout_vec_free(&found);
	arena_free(&arena);
}

static inline void exercise_func_facts(struct kernel *k, const struct dw_func *func)
{
	struct arena arena = { 0 };
	kernel_names found = { 0 };
	bool closes;

	kernel_prototypes(k, func, func->name, &arena, &found);
	if (func->file)
		kernel_last_line(k, func->file, 0, func->line + 10, &closes);
	btf_prototypes(k, func->name, &arena, &found);
	vec_free(&found);
	arena_free(&arena);
}

static inline void exercise_dwarf(struct kernel *k, const char *path)
{
	struct dwarf_unit *unit = NULL;

	error_free(kernel_dwarf_unit(k, path, &unit));
	for (size_t i = 0; unit && i < unit->funcs.n && i < EXERCISED; i++) {
		for (unsigned int param = 0; param < 3; param++)
			kernel_param_in_place(k, unit, unit->funcs.v[i].low_pc, param);
		exercise_func_facts(k, &unit->funcs.v[i]);
	}
	exercise_types(k, "rq", dwarf_layouts);
}

static inline void exercise_kernel(struct kernel *k)
{
	kref_vec refs = { 0 };

	exercise_symbols(k);
	error_free(kernel_refs(k, true, exercise_func, NULL, &refs));
	error_free(kernel_refs(k, false, exercise_any, NULL, &refs));
	vec_free(&refs);
	kernel_record_size(k, "rq");
	kernel_has_member(k, "rq", "cpu");
	exercise_types(k, "rq", btf_layouts);
	exercise_types(k, "int", btf_layouts);
	exercise_dwarf(k, "kernel/sched/core.c");
}

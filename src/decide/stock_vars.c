// SPDX-License-Identifier: GPL-2.0-only
/*
 * stock_vars.c - sizes of shared variables against those of vmlinux's symbols.
 */
#include "decide/stock_vars.h"

/*
 * The elements of a shorter array may have other numbers; with a longer one the module
 * would use what is after vmlinux's object. A record that ends in a flexible array is
 * shorter than its object, and has not changed.
 */
static bool is_resized_var(const struct fact_var *var)
{
	unsigned long now = var->src->size, then = var->sym ? var->sym->size : 0;

	return now && then && now != then && (now > then || str_ends(var->src->canonical, "]"));
}

static struct error *size_error(const struct fact_var *var)
{
	const struct src_extent *at = &var->src->at;
	unsigned int line, col;

	source_position(at->file, at->name, &line, &col);
	return error_note(error_at(at->file->path, line, col,
				   "'%s' now has %lu bytes, but vmlinux's object has %lu",
				   var->name, var->src->size, (unsigned long)var->sym->size),
			  "keep its size, or say 'private: [{name: %s, init: copy}]' in the rules and cut again",
			  var->name);
}

struct error *stock_vars_check(const struct facts *facts, const struct decisions *decisions)
{
	for (size_t i = 0; i < facts->vars.n; i++)
		if (decisions->vars.v[i].class == VAR_SHARED && is_resized_var(&facts->vars.v[i]))
			return size_error(&facts->vars.v[i]);
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - the two forms of the report on a cut.
 */
#pragma once

#include "emit/edges.h"
#include "emit/generate.h"

/* The number in boundary.yaml; raised when a key is renamed or changes its meaning. */
#define REPORT_FORMAT 1

extern const char *const var_link_name[], *const private_init_name[];

/* report_html.c: boundary.html, a page that needs no other file. */
struct error *report_html(const struct generate_input *in, const struct edges *edges, FILE *f);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report_html.h - boundary.html: src/page/ with the report as one JSON object
 * in it. The page's scripts say what the object's members are used for.
 *
 * A name that occurs often is in a table once; elsewhere its index is used.
 */
#pragma once

#include "emit/report.h"

struct error *report_html(const struct generate_input *in, const struct edges *edges, FILE *f);

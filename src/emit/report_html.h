/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report_html.h - boundary.html: src/page/ with boundary.yaml in it, as JSON, which a
 * browser reads by itself.
 */
#pragma once

#include "base/diag.h"

/* Print the page of the report @yaml, the text of boundary.yaml. Error: it is not YAML. */
struct error *report_html(const char *yaml, FILE *f);

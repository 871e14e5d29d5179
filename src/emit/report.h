/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - the two forms of the report on a cut.
 */
#pragma once

#include "emit/edges.h"
#include "emit/generate.h"

/* The number in boundary.yaml; raised when a key is renamed or changes its meaning. */
#define REPORT_FORMAT 1

/* boundary.yaml, boundary.html */
struct error *generate_report(const struct generate_input *in, struct generated *generated);
/* What boundary.yaml says of records. */
void report_record_counts(const struct record_decisions *records, FILE *f);
void report_records(const struct record_decisions *records, FILE *f);

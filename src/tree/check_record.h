/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_record.h - layouts of structs and unions, by the rules of layout.h.
 */
#pragma once

#include "tree/check.h"

void check_records(struct check *c);
/* Has a lasting record that @type mentions another size than in the cut? */
bool check_record_resized(const struct check *c, const char *type);

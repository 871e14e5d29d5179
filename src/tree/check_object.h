/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check_object.h - symbols that the built scheduler needs and nothing offers.
 */
#pragma once

#include "tree/check.h"

struct error *check_objects(struct check *c, bool quiet);

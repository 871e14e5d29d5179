/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rule_options.h - read 'config': names and values of options.
 */
#pragma once

#include "input/rules_reader.h"

/* For key.read. */
struct error *reader_read_options(struct reader *reader, const struct key *key,
				  const yaml_event_t *event, void *base);

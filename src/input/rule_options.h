/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rule_options.h - the key 'config' of the rules.
 */
#pragma once

#include "input/rules_reader.h"

/* Read the mapping that starts with @event into rules.config. */
struct error *rule_options_read(struct reader *reader, const struct key *key,
				const yaml_event_t *event, void *base);

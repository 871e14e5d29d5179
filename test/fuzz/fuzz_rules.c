// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_rules.c - rules of any bytes are read or refused, with a remedy.
 */
#include "fuzz.h"
#include "input/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct rules *rules;
	struct error *err = rules_parse("rules.yaml", (const char *)bytes, len, &rules);

	if (err) {
		if (!err->note)
			abort();
		fuzz_error(err);
		return 0;
	}
	if (!rules->directories.n || !rules->units.n || !*rules->schedule.name)
		abort();
	rules_free(rules);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz.h - what the fuzz targets share.
 */
#pragma once

#include "base/diag.h"

/* libFuzzer calls this with every input; always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* An error says what is wrong with which file, in one line. Frees @err. */
static inline void fuzz_error(struct error *err)
{
	if (!err->path || !err->message || !*err->message || strchr(err->message, '\n') ||
	    (err->note && strchr(err->note, '\n')))
		abort();
	error_free(err);
}

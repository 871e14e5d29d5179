// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_kernel.c - a vmlinux of any bytes is read or refused.
 */
#include "../unit/exercise.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct kernel *k;
	struct error *err = kernel_open_memory("vmlinux", bytes, len, &k);

	if (err) {
		fuzz_error(err);
		return 0;
	}
	exercise_kernel(k);
	kernel_close(k);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * seed.c - write the smallest vmlinux that has one of everything to stdout.
 */
#include <stdio.h>

#include "../unit/mini_elf.h"

int main(void)
{
	return fwrite(&mini_elf, sizeof(mini_elf), 1, stdout) != 1;
}

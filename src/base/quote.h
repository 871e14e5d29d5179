/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * quote.h - strings in the formats that the reports are written in.
 */
#pragma once

#include <stdio.h>

/*
 * @s in double quotes: a JSON string that is a YAML scalar, too, and stays data
 * inside an HTML script element. A byte that is not UTF-8 becomes the
 * character of that number.
 */
void print_quoted(FILE *f, const char *s);
/* @s as a YAML scalar: plain if that cannot be taken for anything but a string. */
void print_scalar(FILE *f, const char *s);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test.h - what the unit tests share: CHECK() records the first failed
 * condition of a test function, RUN() prints one line for each function.
 */
#pragma once

#include <stdio.h>
#include <string.h>

static int test_failures;     /* test functions that failed */
static char test_reason[512]; /* first failure of the running one */

/* Record that @cond does not hold, and go on with the test function. */
#define CHECK(cond)                                                                       \
	do {                                                                              \
		if (!(cond) && !test_reason[0])                                           \
			snprintf(test_reason, sizeof(test_reason), "%s:%d: %s", __FILE__, \
				 __LINE__, #cond);                                        \
	} while (0)

/* Like CHECK(), for two strings; either may be NULL. */
#define CHECK_STR(a, b)                                                                           \
	do {                                                                                      \
		const char *check_a = (a), *check_b = (b);                                        \
		if ((!check_a || !check_b || strcmp(check_a, check_b)) && (check_a || check_b) && \
		    !test_reason[0])                                                              \
			snprintf(test_reason, sizeof(test_reason),                                \
				 "%s:%d: %s is \"%s\", not \"%s\"", __FILE__, __LINE__, #a,       \
				 check_a ? check_a : "(null)", check_b ? check_b : "(null)");     \
	} while (0)

/* Run test function void @fn(void) and print its verdict. */
#define RUN(fn)                                                            \
	do {                                                               \
		test_reason[0] = '\0';                                     \
		fn();                                                      \
		if (test_reason[0])                                        \
			test_failures++;                                   \
		printf("%sok %s%s%s\n", test_reason[0] ? "not " : "", #fn, \
		       test_reason[0] ? ": " : "", test_reason);           \
		fflush(stdout);                                            \
	} while (0)

/* The exit status of main(). */
#define TEST_STATUS (test_failures != 0)

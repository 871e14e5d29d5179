/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diag.h - errors as values: made where the fact is known, passed up
 * unchanged, printed once, by the command.
 */
#pragma once

#include "base/util.h"

/*
 * A failed operation returns one of these, a successful one NULL. The caller
 * owns it and either returns it or frees it.
 */
struct error {
	char *path;	   /* file that is wrong, or NULL */
	unsigned int line; /* from 1; 0: the file as a whole */
	unsigned int col;  /* from 1, in bytes; 0: the line as a whole */
	char *message;	   /* what is wrong, one line, no full stop */
	char *note;	   /* the remedy, one line, or NULL */
};

/* @path may be NULL; @line and @col may be 0. */
struct error *error_at(const char *path, unsigned int line, unsigned int col, const char *fmt, ...)
	__printf(4, 5);
#define error_new(...) error_at(NULL, 0, 0, __VA_ARGS__)
/* "@path: @fmt: strerror(errno)" */
struct error *error_errno(const char *path, const char *fmt, ...) __printf(2, 3);
/* Attach the remedy to @err, unless it has one already; return @err. */
struct error *error_note(struct error *err, const char *fmt, ...) __printf(2, 3);
void error_free(struct error *err);
/* "path:line:col: @severity: message\nnote: remedy\n" to @out. */
void error_print_as(FILE *out, const struct error *err, const char *severity);
#define error_print(out, err) error_print_as((out), (err), "error")

DEFINE_CLEANUP(struct error *, error_free)
#define _cleanup_error_ _cleanup_(error_free)

typedef VEC(struct error *) error_list;
void error_list_free(error_list *list);

/* Return the error of @call from the enclosing function, if there is one. */
#define TRY(call)                               \
	do {                                    \
		struct error *try_err = (call); \
		if (try_err)                    \
			return try_err;         \
	} while (0)

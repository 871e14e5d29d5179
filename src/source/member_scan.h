/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * member_scan.h - read C text for names of members, and for what it includes.
 */
#pragma once

#include "base/util.h"

/* An #include that may mean a header of the boundary. */
struct inclusion {
	size_t file; /* number of the file that has it */
	char *what;  /* between the quotes or brackets */
	bool quoted;
};

struct member_scanner {
	const struct strmap *names;   /* to look for: name -> its number, as a pointer */
	const struct strmap *headers; /* base names of the boundary's headers */
	size_t file;		      /* number of the file being scanned */
	const char *text;	      /* its contents */
	void (*found)(struct member_scanner *scanner, size_t name);
	VEC(struct inclusion) inclusions; /* found so far; each owns @what */
};

/* Call found() for each use of a name as a member's, and note inclusions. */
void member_scan(struct member_scanner *scanner);
/* Only the inclusions. */
void member_scan_inclusions(struct member_scanner *scanner);
void member_scanner_free(struct member_scanner *scanner);

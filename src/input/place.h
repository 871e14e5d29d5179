/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place.h - the parts of a target on disk: source, headers, vmlinux.
 */
#pragma once

#include "base/diag.h"

/* A part of a target that is looked for on disk. */
struct place {
	const char *what;	     /* "kernel headers", for messages */
	const char *option;	     /* the option of the command that names it */
	const char *const *suffixes; /* to try after a path; NULL at the end */
	bool (*usable)(const char *path);
	const char *wanted;	/* what @usable asks for, in words */
	const char *remedy;	/* Debian's package, up to the release */
	const char *remedy_end; /* and after the release */
	const char *remedy_rpm; /* the RPM, up to the release */
};

extern const struct place source_place, headers_place, vmlinux_place;

/* Say in a note of @err which package of @release has it, and which option names it. */
struct error *place_note(struct error *err, const struct place *place, const char *release);

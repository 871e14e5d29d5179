/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * target.h - find what is cut: release, source, headers, vmlinux, compiler.
 */
#pragma once

#include "input/requirements.h"
#include "input/rules.h"

struct target_options { /* NULL: find it through the rules */
	const char *release, *source, *headers, *vmlinux;
};

struct target {
	struct arena arena;
	const char *release; /* "6.1.0-56-cloud-amd64" */
	const char *source;  /* kernel source directory */
	char *source_tmp;    /* directory to remove afterwards (unpacked tarball), or NULL */
	const char *headers; /* build directory for out-of-tree modules */
	const char *vmlinux;
	const char *package;	  /* LINUX_PACKAGE_ID of the headers, "Debian 6.1.174-1";
				   "": they have none */
	const char *cc_version;	  /* CONFIG_CC_VERSION_TEXT */
	error_list remarks;	  /* what the user should know of its configuration */
	const char *cc;		  /* the compiler command that has it, "gcc-12" */
	VEC(const char *) cflags; /* Kbuild's flags for a built-in object, fit for clang */
};

/*
 * Find everything: by @options, else where the rules say. The source, if it is an
 * archive, is unpacked. Error: something is not found, the kernel's configuration
 * cannot be cut (before anything but the headers is looked for), @rules are for another
 * release, the source lacks what they want cut, or the compiler that the headers
 * name is not installed. *@target is the caller's, to be released by
 * target_free().
 */
struct error *target_find(const struct rules *rules, const struct target_options *options,
			  struct target **target);
/* Removes the unpacked source, too. */
void target_free(struct target *target);
DEFINE_CLEANUP(struct target *, target_free)
#define _cleanup_target_ _cleanup_(target_free)

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

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * target.h - find and verify what belongs together: release, source,
 * headers, vmlinux, compiler.
 */
#ifndef SCHEDCUT_TARGET_H
#define SCHEDCUT_TARGET_H

#include "input/requirements.h"
#include "vmlinux/kernel.h"
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
/*
 * Check that it belongs together, as far as can be said without parsing: the
 * release against the banner of @kernel, the target's vmlinux, and against the
 * headers; the version of the source's Makefile against LINUX_VERSION_CODE of the
 * headers; their package version and compiler against the banner. Error: what does
 * not match.
 */
struct error *target_verify(const struct target *target, const struct kernel *kernel);
/*
 * Are @headers, a build directory for modules, those that a tree of @release and
 * @package ("": not known) was cut with? Error: they are not, or are not there.
 */
struct error *target_compare_headers(const char *headers, const char *release, const char *package);
/*
 * Ask Kbuild for the compiler flags (builds a one-line probe object in a
 * temporary directory against the headers) and fill target->cflags. @kbuild:
 * lines that its Kbuild begins with, "" for a built-in object of the kernel's.
 */
struct error *target_cflags(struct target *target, const char *kbuild);
/* The same from @text, the .cmd file @path that Kbuild wrote; needs target->headers. */
struct error *target_parse_command(struct target *target, const char *path, const char *text);
/* Add the options of @rules to target->cflags. */
void target_define_options(struct target *target, const struct rules *rules);
/*
 * Length of the directory of the include path that @path, a header's below a
 * kernel's source, is in: "include" or "arch/x86/include", of either of which
 * uapi/ is another one. 0: in none.
 */
size_t target_include_dir(const char *path);
/* Removes the unpacked source, too. */
void target_free(struct target *target);
DEFINE_CLEANUP(struct target *, target_free)
#define _cleanup_target_ _cleanup_(target_free)

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kconfig.h - the configuration that a kernel was built with, as its headers
 * package has it.
 */
#pragma once

#include "base/diag.h"

enum option_state {
	OPTION_UNKNOWN, /* no such option, or one that others rule out */
	OPTION_OFF,	/* "# CONFIG_X is not set" */
	OPTION_MODULE,	/* m: CONFIG_X_MODULE is defined, CONFIG_X is not */
	OPTION_SET,	/* y, a number or a string */
};

struct kconfig {
	struct arena arena;
	char *path;	       /* of auto.conf */
	struct strmap options; /* name without CONFIG_ -> struct option */
};

/*
 * Read include/config/auto.conf below @headers and, if it is there, .config, which
 * also names options that are off. *@config is the caller's.
 */
struct error *kconfig_read(const char *headers, struct kconfig **config);
void kconfig_free(struct kconfig *config);
DEFINE_CLEANUP(struct kconfig *, kconfig_free)
#define _cleanup_kconfig_ _cleanup_(kconfig_free)
/* @name has no CONFIG_ before it. */
enum option_state kconfig_state(const struct kconfig *config, const char *name);
/* The line of auto.conf, from 1, that sets @name. 0: it does not set it. */
unsigned int kconfig_line(const struct kconfig *config, const char *name);

/*
 * The path of a header below @directory that names "CONFIG_@name", the caller's to
 * free; NULL: none does.
 */
char *kconfig_header_with(const char *directory, const char *name);

/* If @s begins with the name of an option, "CONFIG_X": its length; else 0. */
size_t kconfig_option_length(const char *s);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * target_verify.h - do the parts of a target belong together?
 */
#pragma once

#include "input/target.h"
#include "vmlinux/kernel.h"

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

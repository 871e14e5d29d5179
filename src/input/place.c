// SPDX-License-Identifier: GPL-2.0-only
/*
 * place.c - what each part of a target looks like on disk, and which package has it.
 */
#include "input/place.h"
#include "base/os.h"

static bool is_headers(const char *path)
{
	_cleanup_free_ char *config = xasprintf("%s/include/config/auto.conf", path);

	return os_is_file(config);
}

static bool is_kernel_source(const char *path)
{
	_cleanup_free_ char *makefile = xasprintf("%s/Makefile", path);

	return os_is_file(path) || os_is_file(makefile);
}

static const char *const no_suffixes[] = { "", NULL };
/* kernel_open() reads them all */
static const char *const vmlinux_suffixes[] = { "", ".zst", ".xz", ".gz", ".bz2", ".debug", NULL };

const struct place source_place = {
	.what = "kernel source",
	.option = "--source",
	.suffixes = no_suffixes,
	.usable = is_kernel_source,
	.wanted = "kernel source directory or tar archive",
	.remedy = "linux-source, which holds the source of ",
	.remedy_end = "",
	.remedy_rpm = "the unpacked source package of kernel-",
};
const struct place headers_place = { .what = "kernel headers",
				     .option = "--headers",
				     .suffixes = no_suffixes,
				     .usable = is_headers,
				     .wanted = "build directory for modules (include/config/auto.conf)",
				     .remedy = "linux-headers-",
				     .remedy_end = "",
				     .remedy_rpm = "kernel-devel-" };
const struct place vmlinux_place = { .what = "vmlinux with debug information",
				     .option = "--vmlinux",
				     .suffixes = vmlinux_suffixes,
				     .usable = os_is_file,
				     .wanted = "regular file",
				     .remedy = "linux-image-",
				     .remedy_end = "-dbg",
				     .remedy_rpm = "kernel-debuginfo-" };

struct error *place_note(struct error *err, const struct place *place, const char *release)
{
	return error_note(err, "install %s%s%s (Debian) or %s%s (RPM), or give %s", place->remedy,
			  release, place->remedy_end, place->remedy_rpm, release, place->option);
}

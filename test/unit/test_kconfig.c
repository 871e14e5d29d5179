// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_kconfig.c - options of a kernel, from auto.conf and .config.
 */
#include "input/kconfig.h"
#include "room.h"

static void states(void)
{
	struct kconfig *config = NULL;

	put("include/config/auto.conf",
	    "#\n# Automatically generated\n#\nCONFIG_SMP=y\n"
	    "CONFIG_HZ=250\nCONFIG_KVM=m\nCONFIG_NAME=\"\"\nCONFIG_LATE=y\nCONFIG_NOT=n\n");
	put(".config", "CONFIG_SMP=y\n# CONFIG_NUMA is not set\n# CONFIG_LATE is not set\n"
		       "CONFIG_ONLY=y\n# CONFIG_ODD is set\n# CONFIG_ is not set\nCONFIG_CUT");
	CHECK(!kconfig_read(room, &config));
	if (!config)
		return;
	CHECK(kconfig_state(config, "SMP") == OPTION_SET);
	CHECK(kconfig_state(config, "HZ") == OPTION_SET);
	CHECK(kconfig_state(config, "NAME") == OPTION_SET);
	CHECK(kconfig_state(config, "KVM") == OPTION_MODULE);
	CHECK(kconfig_state(config, "NUMA") == OPTION_OFF);
	CHECK(kconfig_state(config, "LATE") == OPTION_SET);
	CHECK(kconfig_state(config, "ODD") == OPTION_UNKNOWN);
	CHECK(kconfig_state(config, "") == OPTION_UNKNOWN);
	CHECK(kconfig_state(config, "CUT") == OPTION_UNKNOWN);
	CHECK(kconfig_state(config, "NOT") == OPTION_OFF);
	CHECK(kconfig_state(config, "ONLY") == OPTION_SET);
	CHECK(kconfig_line(config, "SMP") == 4 && kconfig_line(config, "KVM") == 6);
	CHECK(!kconfig_line(config, "ONLY") && !kconfig_line(config, "NUMA") &&
	      !kconfig_line(config, "NOT"));
	kconfig_free(config);
}

static void headers(void)
{
	_cleanup_free_ char *include = xasprintf("%s/h", room);
	char *found;

	put("h/a/b.h", "#if defined(CONFIG_RT_MORE) || IS_ENABLED(CONFIG_RT)\n");
	put("h/a/c.c", "#ifdef CONFIG_OTHER\n");
	found = kconfig_header_with(include, "RT");
	CHECK(found && str_ends(found, "h/a/b.h"));
	free(found);
	CHECK(!kconfig_header_with(include, "RT_MO") && !kconfig_header_with(include, "OTHER"));
	CHECK(!kconfig_header_with("/nonexistent", "RT"));
}

static void no_headers(void)
{
	struct kconfig *config = NULL;
	struct error *err = kconfig_read("/nonexistent", &config);

	CHECK(err && strstr(err->path, "auto.conf") && !config);
	error_free(err);
}

static void lengths(void)
{
	CHECK(kconfig_option_length("CONFIG_A1_b) && x") == strlen("CONFIG_A1_b"));
	CHECK(!kconfig_option_length("CONFIG_") && !kconfig_option_length("CONFIG") &&
	      !kconfig_option_length(" CONFIG_A"));
}

int main(void)
{
	room_open();
	RUN(states);
	RUN(headers);
	RUN(no_headers);
	RUN(lengths);
	room_close();
	return TEST_STATUS;
}

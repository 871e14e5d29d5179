/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log.h - the prefix of the runtime's messages.
 */
#ifndef _SCHEDCUT_BASE_LOG_H
#define _SCHEDCUT_BASE_LOG_H

#include <linux/printk.h>

#undef pr_fmt
#define pr_fmt(fmt) "schedcut: " fmt

#endif

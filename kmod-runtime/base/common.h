/* SPDX-License-Identifier: GPL-2.0-only */
/* common.h - what most files of the runtime include. */
#ifndef _SCHEDCUT_BASE_COMMON_H
#define _SCHEDCUT_BASE_COMMON_H

#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "fail.h"

#undef pr_fmt
#define pr_fmt(fmt) "schedcut: " fmt

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KERNEL_CPUSET_H
#define _KERNEL_CPUSET_H

struct cpuset {
	unsigned long cpus;
	struct cpuset *parent;
};

#endif

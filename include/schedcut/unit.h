/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unit.h - what a generated unit (generated/unit/NAME.c) uses.
 *
 * SCHEDCUT_UNIT is the unit's name, defined by the generated file before anything else. A
 * symbol "vml.UNIT.NAME" is vmlinux's NAME as seen from that unit: its static one if there is
 * one, else the global one.
 */
#ifndef _SCHEDCUT_UNIT_H
#define _SCHEDCUT_UNIT_H

#define SCHEDCUT_VML(name) "vml." SCHEDCUT_UNIT "." name

/* Function @f for all code that may keep its address: vmlinux's, which stays valid when the
 * module is unloaded, and is redirected to the module while that is active. Direct calls do not
 * need it. It is a function, so that '&' may precede it. */
#define SCHEDCUT_ORIG(f)                                                          \
	(*({                                                                      \
		extern __typeof__(f) schedcut_orig_##f __asm__(SCHEDCUT_VML(#f)); \
		&schedcut_orig_##f;                                               \
	}))

/*
 * The address of function or object @f, which only the module has, where it is handed to code
 * that keeps it. This is a promise, which `schedcut check` believes:
 * schedcut_before_deactivate() or a later hook takes the address back, before the module can be
 * unloaded.
 */
#define SCHEDCUT_OWN(f) (f)

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page.h - the page of boundary.html, made from src/page/ by the build.
 */
#ifndef SCHEDCUT_PAGE_H
#define SCHEDCUT_PAGE_H

/* What stands before the report's data, and behind it. */
extern const char page_before[], page_after[];

#endif

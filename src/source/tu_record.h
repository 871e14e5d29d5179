/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tu_record.h - records: their members, the layout, and the uses of members.
 *
 * Headers define thousands of records. So members are recorded only for those that the
 * boundary defines, and for others when its code first uses one.
 */
#pragma once

#include "source/tu_reader.h"

/* Record the struct or union that @cursor defines, and those inside it. */
void tu_add_record(struct tu *tu, CXCursor cursor);
/* Record the use of a member by a MemberRefExpr or MemberRef. */
void tu_note_member(struct tu *tu, CXCursor cursor);
/* Record the members whose addresses @call passes to @callee. */
void tu_note_arguments(struct tu *tu, CXCursor call, CXCursor callee);
/* Record of what a UnaryExpr asks the size. */
void tu_note_sizeof(struct tu *tu, CXCursor cursor);

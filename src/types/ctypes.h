/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctypes.h - C types in one canonical form, whoever describes them: libclang,
 * BTF or DWARF.
 *
 * The form is a C declaration. Typedefs are resolved and qualifiers dropped;
 * integers have their usual names; structs, unions and enums are keyword and
 * name, or the typedef that names them, or their members if they have no name
 * at all. Arrays of arrays are one array, as in BTF.
 */
#pragma once

#include "types/layout.h"

/* clang-format off */
enum ctype_kind {
	CTYPE_VOID,		/* also what cannot be read */
	CTYPE_BASE,		/* integers and what else has only a name */
	CTYPE_POINTER, CTYPE_ARRAY, CTYPE_FUNCTION,
	CTYPE_STRUCT, CTYPE_UNION, CTYPE_ENUM,
	CTYPE_TYPEDEF, CTYPE_QUALIFIER,
};
/* clang-format on */

/* One type, as its reader has it. */
struct ctype {
	enum ctype_kind kind;
	uint64_t id;
	const char *name;    /* "long unsigned int", "rq", "u64"; NULL: none */
	uint64_t to;	     /* pointed to, element, aliased, returned; 0: void */
	unsigned long size;  /* bytes, of what has a size of its own */
	unsigned long count; /* elements of an array; 0: not known */
};

/* A member of a record, or a parameter of a function. */
struct ctype_part {
	const char *name; /* NULL: none */
	uint64_t type;
	unsigned long offset; /* bits from the start of the record */
	unsigned long bits;   /* of a bit-field; 0: it is none */
	bool more;	      /* the "..." of a function; nothing else counts */
};

/* Called for each part, in order, until it returns false. */
typedef bool (*ctype_part_fn)(const struct ctype_part *part, void *arg);

struct ctype_reader {
	void *source;
	/* Type @id; of kind CTYPE_VOID if there is none. */
	struct ctype (*get)(const struct ctype_reader *reader, uint64_t id);
	void (*parts)(const struct ctype_reader *reader, const struct ctype *type,
		      ctype_part_fn each, void *arg);
};

/* The canonical form of type @id. */
const char *ctype_text(const struct ctype_reader *reader, struct arena *arena, uint64_t id);
/*
 * Fill @layout with the record @id, as struct src_member has members: those of
 * unnamed records inside it are its own, with a dot where these have a name.
 * Names and types are in @arena or the reader's.
 */
void ctype_layout(const struct ctype_reader *reader, struct arena *arena, uint64_t id,
		  struct layout *layout);

/* A type, and the next one of the same name. */
struct ctype_named {
	uint64_t id;
	struct ctype_named *next;
};
#define CTYPE_NAMESAKES 64 /* types of one name that are looked at */
/* Store type @id in @map under @name, which has to outlive it; NULL: it has none. */
void ctype_add_name(struct strmap *map, struct arena *arena, const char *name, uint64_t id);
/* Append what the records from @named on look like: of the structs, or of the unions. */
void ctype_layouts(const struct ctype_reader *reader, const struct ctype_named *named,
		   bool is_union, struct arena *arena, layout_vec *found);

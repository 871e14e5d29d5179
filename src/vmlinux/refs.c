// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/refs.h"
#include "vmlinux/elf.h"
#include "vmlinux/interval_tree.h"
#include "vmlinux/patch_sites.h"
#include "vmlinux/insn.h"
#include "vmlinux/kernel_internal.h"
#include "vmlinux/relocs.h"

/* A running search. */
struct search {
	const struct kernel *k;
	VEC(struct ksym *) targets; /* by address */
	struct interval_tree ends;  /* of the targets */
	uint64_t low, high;	    /* all targets lie in [low, high) */
	krange_vec describing;
	kref_vec *refs;
	/* where is_instruction() was: an instruction begins at @decoded */
	const struct ksym *decoding;
	uint64_t decoded;
};

static void search_init(struct search *s, const struct kernel *k,
			bool (*wanted)(const struct ksym *, void *), void *arg, kref_vec *refs)
{
	*s = (struct search){ .k = k, .low = UINT64_MAX, .refs = refs };
	kernel_tables(k, false, &s->describing);
	vec_for_each(sym, &k->by_addr) {
		uint64_t end = (*sym)->addr + ((*sym)->size ? (*sym)->size : 1);

		if (!wanted(*sym, arg))
			continue;
		vec_push(&s->targets, *sym);
		if ((*sym)->addr < s->low)
			s->low = (*sym)->addr;
		if (end > s->high)
			s->high = end;
	}
	interval_tree_build(&s->ends, s->targets.v, s->targets.n, 1);
}

static void search_free(struct search *s)
{
	vec_free(&s->describing);
	vec_free(&s->targets);
	interval_tree_free(&s->ends);
}

/* The innermost target that starts at or contains @addr, or NULL. */
static struct ksym *target_at(const struct search *s, uint64_t addr, bool percpu)
{
	if (addr < s->low || addr >= s->high)
		return NULL;
	size_t n = vec_bisect(sym, &s->targets, (*sym)->addr <= addr);
	struct ksym *found = NULL;
	for (int max = MAX_ALIASES; max-- && (n = interval_tree_last(&s->ends, n, addr)); n--) {
		struct ksym *sym = s->targets.v[n - 1];

		if (found && sym->addr != found->addr)
			break;
		if (sym->is_percpu == percpu)
			found = sym;
	}
	return found;
}

static bool in_describing_table(const struct search *s, uint64_t place)
{
	vec_for_each(table, &s->describing)
		if (place >= table->start && place < table->end)
			return true;
	return false;
}

static bool contains(const struct ksym *sym, uint64_t addr)
{
	return addr - sym->addr < sym->size;
}

static void add_ref(struct search *s, const struct ksection *section, uint64_t place,
		    uint64_t target, struct ksym *to, enum kref_kind kind)
{
	bool inside = target != to->addr;

	if (section->percpu) /* symbols there have their offset */
		place -= section->addr;
	struct ksym *from = kernel_at(s->k, place);
	if (contains(to, place) && to->is_percpu == section->percpu) {
		/* loops, labels; list heads that point to themselves */
		if (inside || to->is_object)
			return;
	}
	if (inside && to->is_func) {
		/*
		 * Nothing enters a function in the middle through a pointer;
		 * code without a symbol that jumps there is a piece of the
		 * function which the alternatives put elsewhere.
		 */
		if (kind == KREF_DATA || !from)
			return;
	}
	struct kref ref = {
		.place = place,
		.target = target,
		.from = from,
		.section = section->name,
		.to = to,
		.kind = kind,
	};
	vec_push(s->refs, ref);
}

static int cmp_ref(const void *a, const void *b)
{
	const struct kref *x = a, *y = b;

	return compare_values(x->place, y->place);
}

static void sort_refs(kref_vec *refs, size_t first)
{
	if (refs->n > first)
		qsort(refs->v + first, refs->n - first, sizeof(*refs->v), cmp_ref);
}

/* What the instruction does whose 32-bit operand is at code[@at]. */
static enum kref_kind code_kind(const uint8_t *code, size_t at)
{
	if (at >= 1 && code[at - 1] == 0xe8)
		return KREF_CALL;
	if (at >= 1 && code[at - 1] == 0xe9)
		return KREF_JUMP;
	if (at >= 2 && code[at - 2] == 0x0f && (code[at - 1] & 0xf0) == 0x80)
		return KREF_JUMP;
	return KREF_ADDR;
}

static void follow_relocs(struct search *s, const struct ksection *section)
{
	for (size_t i = 0; i < section->n_relas; i++) {
		struct kreloc reloc = kernel_reloc(s->k, section, i);
		uint64_t at = reloc.place - section->addr, target = reloc.value;
		enum kref_kind kind = KREF_DATA;

		if (reloc.kind == RELOC_NONE || at >= section->size || section->size - at < 4)
			continue;
		if (section->exec) {
			kind = code_kind(section->bytes, at);
			/* the CPU counts from the end of the instruction */
			if (reloc.kind == RELOC_PC32)
				target += 4 + insn_immediate(section->bytes, at);
		}
		struct ksym *to = target_at(s, target, reloc.percpu);
		if (to && !in_describing_table(s, reloc.place))
			add_ref(s, section, reloc.place, target, to, kind);
	}
}

/* Are the @n bytes at @code prefixes that a branch may carry? */
static bool are_prefixes(const uint8_t *code, size_t n)
{
	for (; n; code++, n--)
		if (*code != 0x2e && *code != 0x3e && *code != 0x66 && *code != 0xf2 &&
		    *code != 0xf3 && (*code & 0xf0) != 0x40)
			return false;
	return true;
}

/*
 * Does an instruction of the function around @addr end at @end, and have its
 * opcode @len bytes before (0: anywhere)? Where the function cannot be
 * decoded the answer is yes: a reference too many is better than a missed one.
 * Places are asked about in rising order, so decoding goes on where it was;
 * what is kept lies one instruction back, for operands that overlap.
 */
static bool is_instruction(struct search *s, const struct ksection *section, uint64_t addr,
			   uint64_t end, size_t len)
{
	const struct ksym *sym = kernel_at(s->k, addr);

	if (!sym || sym->addr < section->addr)
		return true;
	if (s->decoding != sym || s->decoded >= end)
		s->decoded = sym->addr;
	s->decoding = sym;
	for (uint64_t at = s->decoded; at < end;) {
		const uint8_t *code = section->bytes + (at - section->addr);
		size_t n = insn_length(code, section->size - (at - section->addr));

		if (!n)
			return true;
		if (end - at > INSN_MAX)
			s->decoded = at;
		at += n;
		if (at == end)
			return !len || (n >= len && are_prefixes(code, n - len));
	}
	return false;
}

/*
 * A branch whose opcode of @opcode bytes is before a displacement of
 * @width bytes at @place. What looks like one may be part of another
 * instruction. No label inside a function is of interest to itself.
 */
static void try_branch(struct search *s, const struct ksection *section, uint64_t place,
		       size_t opcode, size_t width, uint64_t target)
{
	struct ksym *to = target_at(s, target, false);

	if (!to || (contains(to, place) && (width == 1 || target != to->addr)) ||
	    !is_instruction(s, section, place, place + width, opcode + width))
		return;
	bool call = section->bytes[place - section->addr - 1] == 0xe8;
	add_ref(s, section, place, target, to, call ? KREF_CALL : KREF_JUMP);
}

/* All direct branches of @section. */
static void scan_branches(struct search *s, const struct ksection *section)
{
	const uint8_t *code = section->bytes;

	for (uint64_t i = 0; i + 2 <= section->size; i++) {
		uint64_t here = section->addr + i;
		uint8_t op = code[i];

		if (op == 0xeb || (op & 0xf0) == 0x70) {
			try_branch(s, section, here + 1, 1, 1,
				   here + 2 + (uint64_t)(int64_t)(int8_t)code[i + 1]);
			continue;
		}
		bool jcc = op == 0x0f && (code[i + 1] & 0xf0) == 0x80;
		if (op != 0xe8 && op != 0xe9 && !jcc)
			continue;
		size_t opcode = jcc ? 2 : 1;
		uint64_t at = i + opcode;
		if (at + 4 <= section->size)
			try_branch(s, section, section->addr + at, opcode, 4,
				   relative(section->addr + at + 4, load32(code + at)));
	}
}

/* Addresses in code: lea, and sign-extended 32-bit operands. */
static void scan_operands(struct search *s, const struct ksection *section)
{
	const uint8_t *code = section->bytes;

	for (uint64_t i = 1; i + 4 <= section->size; i++) {
		uint64_t place = section->addr + i;
		uint64_t value = relative(0, load32(code + i));
		struct ksym *to;

		if (value >= s->low && value < s->high) {
			to = target_at(s, value, false);
			if (to && to->addr == value && insn_is_imm32(code, i) &&
			    is_instruction(s, section, place, place + 4, 0))
				add_ref(s, section, place, value, to, KREF_ADDR);
		}
		if (i >= 3 && (code[i - 1] & 0xc7) == 0x05 && code[i - 2] == 0x8d &&
		    (code[i - 3] & 0xf8) == 0x48) {
			value = relative(place + 4, load32(code + i));
			to = target_at(s, value, false);
			if (to && is_instruction(s, section, place, place + 4, 0))
				add_ref(s, section, place, value, to, KREF_ADDR);
		}
	}
}

/* Pointers in data. */
static void scan_words(struct search *s, const struct ksection *section)
{
	uint64_t first = -section->addr & 7;

	for (uint64_t i = first; i < section->size && section->size - i >= 8; i += 8) {
		uint64_t value = load64(section->bytes + i);

		if (value < s->low || value >= s->high)
			continue;
		struct ksym *to = target_at(s, value, false);
		if (to && to->addr == value && !in_describing_table(s, section->addr + i))
			add_ref(s, section, section->addr + i, value, to, KREF_DATA);
	}
}

/* 32-bit offsets in the tables that are known to hold them. */
static void scan_offsets(struct search *s)
{
	_cleanup_vec_ krange_vec tables = { 0 };

	kernel_tables(s->k, true, &tables);
	vec_for_each(table, &tables) {
		const struct ksection *section = kernel_section_at(s->k, table->start);
		const uint8_t *bytes = kernel_bytes(s->k, table->start, table->end - table->start);

		for (uint64_t at = table->start; bytes && table->end - at >= 4; at += 4, bytes += 4) {
			uint64_t target = relative(at, load32(bytes));
			struct ksym *to = target_at(s, target, false);

			if (to && to->addr == target)
				add_ref(s, section, at, target, to, KREF_DATA);
		}
	}
}

/* Add the branches of the scan for which the linker had no relocation. */
static void add_local_branches(struct search *s, size_t first)
{
	_cleanup_vec_ kref_vec branches = { 0 };
	kref_vec *refs = s->refs;

	sort_refs(refs, first);
	size_t n = refs->n - first;
	s->refs = &branches;
	vec_for_each(section, &s->k->priv->sections) {
		if (section->alloc && section->exec && section->bytes)
			scan_branches(s, section);
	}
	s->refs = refs;
	vec_for_each(ref, &branches)
		if (!n || !bsearch(ref, refs->v + first, n, sizeof(*ref), cmp_ref))
			vec_push(refs, *ref);
}

struct error *kernel_refs(const struct kernel *k, bool use_relocs,
			  bool (*wanted)(const struct ksym *, void *), void *arg, kref_vec *refs)
{
	size_t first = refs->n;
	struct search s;

	if (use_relocs && !k->has_relocs)
		return error_at(k->path, 0, 0, "no relocations: not linked with --emit-relocs");
	search_init(&s, k, wanted, arg, refs);
	vec_for_each(section, &k->priv->sections) {
		if (!section->alloc || !section->bytes || section->describes)
			continue;
		if (use_relocs) {
			follow_relocs(&s, section);
		} else if (section->exec) {
			scan_branches(&s, section);
			scan_operands(&s, section);
		} else {
			scan_words(&s, section);
		}
	}
	if (use_relocs)
		add_local_branches(&s, first);
	else
		scan_offsets(&s);
	sort_refs(refs, first);
	search_free(&s);
	return NULL;
}

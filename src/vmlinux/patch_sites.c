// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/patch_sites.h"
#include "vmlinux/elf.h"
#include "vmlinux/kernel_internal.h"

#define CALL_SIZE 5 /* bytes of a call or jmp, or of the NOP in its place */

/* What an entry of a table holds. */
enum entry_kind {
	ENTRY_OTHER,	   /* what is of no interest here, and no reference */
	ENTRY_FUNCTION,	   /* 32-bit offset from the entry to a function that the kernel calls */
	ENTRY_JUMP,	   /* struct jump_entry */
	ENTRY_STATIC_CALL, /* struct static_call_site */
	ENTRY_PARAVIRT,	   /* struct paravirt_patch_site */
	ENTRY_OFFSET,	   /* 32-bit offset from the entry to a branch */
	ENTRY_LOCK,	   /* the same to a lock prefix */
	ENTRY_ADDRESS,	   /* 64-bit address of a branch */
	ENTRY_ALTERNATIVE, /* struct alt_instr */
};

/* A table in .data, .rodata, .init.data or a section of its own. */
struct code_table {
	const char *start, *stop; /* symbols */
	enum entry_kind kind;
	size_t entry;	  /* bytes, of the tables of patched code */
	const char *what; /* patches the code */
	bool after_boot;  /* not only at boot */
};

static const char ftrace[] = "ftrace";

static const struct code_table code_tables[] = {
	{ "__start___jump_table", "__stop___jump_table", ENTRY_JUMP, 16, "jump label", true },
	{ "__start_static_call_sites", "__stop_static_call_sites", ENTRY_STATIC_CALL, 8,
	  "static call", true },
	{ "__parainstructions", "__parainstructions_end", ENTRY_PARAVIRT, 16, "paravirt" },
	{ "__retpoline_sites", "__retpoline_sites_end", ENTRY_OFFSET, 4, "retpoline" },
	{ "__return_sites", "__return_sites_end", ENTRY_OFFSET, 4, "return thunk" },
	{ "__call_sites", "__call_sites_end", ENTRY_OFFSET, 4, "call thunk" },
	{ "__smp_locks", "__smp_locks_end", ENTRY_LOCK, 4, "lock prefix" },
	{ "__start_mcount_loc", "__stop_mcount_loc", ENTRY_ADDRESS, 8, ftrace },
	{ "__alt_instructions", "__alt_instructions_end", ENTRY_ALTERNATIVE, 0, "alternative" },
	{ "__start_static_call_tramp_key", "__stop_static_call_tramp_key" },
	{ "__start___bug_table", "__stop___bug_table" },
	{ "__start___ex_table", "__stop___ex_table" },
	{ "__start_orc_unwind", "__stop_orc_unwind" },
	{ "__start_orc_unwind_ip", "__stop_orc_unwind_ip" },
	{ "__start___ksymtab", "__stop___ksymtab" },
	{ "__start___ksymtab_gpl", "__stop___ksymtab_gpl" },
	{ "__start_kprobe_blacklist", "__stop_kprobe_blacklist" },
	{ "__start_error_injection_whitelist", "__stop_error_injection_whitelist" },
	{ "__start_BTF", "__stop_BTF" },
	{ "__cfi_sites", "__cfi_sites_end" },
	{ "__ibt_endbr_seal", "__ibt_endbr_seal_end" },
	{ "__initcall_start", "__initcall_end", ENTRY_FUNCTION },
	{ "__con_initcall_start", "__con_initcall_end", ENTRY_FUNCTION },
	{ "__start_pci_fixups_early", "__end_pci_fixups_suspend_late", ENTRY_FUNCTION },
};

/*
 * Sections that describe code for unwinders and patchers, export it, or are
 * no code and data of the kernel at all: no entry of theirs is a reference.
 */
/* clang-format off */
static const char *const describing_sections[] = {
	".orc_unwind", ".orc_unwind_ip", ".orc_lookup", ".return_sites",
	".retpoline_sites", ".call_sites", ".cfi_sites", ".ibt_endbr_seal",
	".parainstructions", ".altinstructions", ".smp_locks", ".static_call_sites",
	".kcfi_traps", "__jump_table", "__bug_table", "__ex_table", "__mcount_loc",
	"__ksymtab", "__ksymtab_gpl", "__ksymtab_strings", "__kcrctab",
	"__kcrctab_gpl", ".notes", ".BTF", ".BTF_ids",
};
/* clang-format on */

bool section_describes(const char *name)
{
	return str_find(name, describing_sections, str_equals);
}

/* Where @table lies; false if it does not exist. */
static bool find_table(const struct kernel *k, const struct code_table *table, struct krange *range)
{
	const struct ksym *from = kernel_global(k, table->start), *to = kernel_global(k, table->stop);

	if (!from || !to || from->addr >= to->addr)
		return false;
	*range = (struct krange){ from->addr, to->addr };
	return true;
}

void kernel_tables(const struct kernel *k, bool of_functions, krange_vec *ranges)
{
	struct krange range;

	for (size_t i = 0; i < ARRAY_SIZE(code_tables); i++)
		if ((code_tables[i].kind == ENTRY_FUNCTION) == of_functions &&
		    find_table(k, &code_tables[i], &range))
			vec_push(ranges, range);
}

/* Length of the branch at @addr: a short jump has 2 bytes, else 5, jcc and
 * cs-prefixed ones 6. */
static uint64_t branch_size(const struct kernel *k, uint64_t addr)
{
	const uint8_t *code = kernel_bytes(k, addr, 2);

	if (!code)
		return CALL_SIZE;
	if (code[0] == 0xeb || (code[0] & 0xf0) == 0x70 || (code[0] == 0x66 && code[1] == 0x90))
		return 2;
	if ((code[0] == 0x0f && (code[1] & 0xf0) == 0x80) || code[0] == 0x2e)
		return 6;
	return CALL_SIZE;
}

/*
 * struct alt_instr has grown and shrunk: 13 bytes up to 5.x (with padlen),
 * 12 in 6.1, 14 with its 32-bit feature word. The right size is the one with
 * which every entry names code and a replacement.
 */
static const struct alt_layout {
	size_t entry, len; /* bytes; offset of instrlen */
} alt_layouts[] = { { 12, 10 }, { 13, 10 }, { 14, 12 } };

static bool alt_layout_fits(const struct kernel *k, const struct krange *table,
			    const uint8_t *bytes, size_t entry)
{
	const struct ksection *pool = kernel_section(k, ".altinstr_replacement");
	uint64_t size = table->end - table->start;

	if (size % entry || !pool)
		return false;
	for (uint64_t at = 0; at < size; at += entry) {
		uint64_t site = relative(table->start + at, load32(bytes + at));
		uint64_t text = relative(table->start + at + 4, load32(bytes + at + 4));
		const struct ksection *s = kernel_section_at(k, site);

		if (!s || !s->exec || text < pool->addr || text - pool->addr > pool->size)
			return false;
	}
	return true;
}

/* The layout of struct alt_instr in @table, whose contents are @bytes, or NULL. */
static const struct alt_layout *find_alt_layout(const struct kernel *k, const struct krange *table,
						const uint8_t *bytes)
{
	for (size_t i = 0; i < ARRAY_SIZE(alt_layouts); i++)
		if (alt_layout_fits(k, table, bytes, alt_layouts[i].entry))
			return &alt_layouts[i];
	return NULL;
}

static void add_site(const struct kernel *k, const struct code_table *table, uint64_t at,
		     const uint8_t *entry, const struct alt_layout *alt)
{
	struct kernel_private *priv = k->priv;
	uint64_t start = relative(at, load32(entry)), len = CALL_SIZE;

	switch (table->kind) {
	case ENTRY_JUMP:
	case ENTRY_OFFSET: len = branch_size(k, start); break;
	case ENTRY_LOCK: len = 1; break;
	case ENTRY_PARAVIRT:
		start = load64(entry);
		len = entry[9];
		break;
	case ENTRY_ALTERNATIVE: len = entry[alt->len]; break;
	case ENTRY_ADDRESS: start = load64(entry); break;
	default: break;
	}
	/* tables are padded with zeroes */
	if (!start || start == at || !len || start + len < start)
		return;
	if (len > priv->longest_patch_site)
		priv->longest_patch_site = len;
	vec_push(&priv->patch_sites,
		 ((struct patch_site){ start, start + len, table->what, table->after_boot }));
}

static void read_table(const struct kernel *k, const struct code_table *table)
{
	const struct alt_layout *alt = NULL;
	size_t entry = table->entry;
	struct krange range;

	if (!table->what || !find_table(k, table, &range))
		return;
	const uint8_t *bytes = kernel_bytes(k, range.start, range.end - range.start);
	if (bytes && table->kind == ENTRY_ALTERNATIVE) {
		alt = find_alt_layout(k, &range, bytes);
		entry = alt ? alt->entry : 0;
	}
	for (uint64_t at = range.start; bytes && entry && range.end - at >= entry; at += entry)
		add_site(k, table, at, bytes + (at - range.start), alt);
}

static int cmp_site(const void *a, const void *b)
{
	const struct patch_site *x = a, *y = b;

	return compare_values(x->start, y->start) ?: compare_values(y->after_boot, x->after_boot);
}

/* The number of the first site that begins at @addr or after it. */
static size_t first_site(const struct kernel *k, uint64_t addr)
{
	struct kernel_private *priv = k->priv;

	if (!priv->patch_sites_read) {
		priv->patch_sites_read = true;
		for (size_t i = 0; i < ARRAY_SIZE(code_tables); i++)
			read_table(k, &code_tables[i]);
		vec_sort(&priv->patch_sites, cmp_site);
	}
	return vec_bisect(site, &priv->patch_sites, site->start < addr);
}

const char *kernel_code_site(const struct kernel *k, uint64_t start, uint64_t end, bool *after_boot)
{
	struct kernel_private *priv = k->priv;
	const struct patch_site *found = NULL;

	first_site(k, 0); /* which reads them */
	uint64_t longest = priv->longest_patch_site;
	for (size_t i = first_site(k, start > longest ? start - longest : 0);
	     i < priv->patch_sites.n && priv->patch_sites.v[i].start < end; i++) {
		const struct patch_site *site = &priv->patch_sites.v[i];

		if (site->end > start && (!found || (site->after_boot && !found->after_boot)))
			found = site;
	}
	if (after_boot)
		*after_boot = found && found->after_boot;
	return found ? found->what : NULL;
}

unsigned int kernel_endbr(const struct kernel *k, uint64_t addr)
{
	static const uint8_t endbr64[4] = { 0xf3, 0x0f, 0x1e, 0xfa };
	const uint8_t *code = kernel_bytes(k, addr, sizeof(endbr64));

	return code && !memcmp(code, endbr64, sizeof(endbr64)) ? sizeof(endbr64) : 0;
}

bool kernel_fentry(const struct kernel *k, uint64_t addr)
{
	const struct kernel_private *priv = k->priv;
	uint64_t at = addr + kernel_endbr(k, addr);

	for (size_t i = first_site(k, at);
	     i < priv->patch_sites.n && priv->patch_sites.v[i].start == at; i++)
		if (priv->patch_sites.v[i].what == ftrace)
			return true;
	return false;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * patch_sites.c - the tables in which vmlinux describes its own code: what is
 * patched where, where fentry calls are, which tables contain no references.
 */
#include "vmlinux/patch_sites.h"
#include "vmlinux/elf.h"
#include "vmlinux/kernel_internal.h"

#define CALL_SIZE 5 /* call, jmp, and the NOP that stands for either */

/* How a table says where its sites are. */
enum site_layout {
	SITE_JUMP,	  /* struct jump_entry */
	SITE_STATIC_CALL, /* struct static_call_site */
	SITE_PARAVIRT,	  /* struct paravirt_patch_site */
	SITE_OFFSET,	  /* 32-bit offset from the entry to a branch */
	SITE_LOCK,	  /* the same to a lock prefix */
	SITE_ADDRESS,	  /* 64-bit address of a branch */
};

struct site_table {
	const char *start, *stop; /* symbols */
	enum site_layout layout;
	size_t entry; /* bytes */
	const char *what;
	bool live;
};

static const struct site_table site_tables[] = {
	{ "__start___jump_table", "__stop___jump_table", SITE_JUMP, 16, "jump label", true },
	{ "__start_static_call_sites", "__stop_static_call_sites", SITE_STATIC_CALL, 8,
	  "static call", true },
	{ "__parainstructions", "__parainstructions_end", SITE_PARAVIRT, 16, "paravirt", false },
	{ "__retpoline_sites", "__retpoline_sites_end", SITE_OFFSET, 4, "retpoline", false },
	{ "__return_sites", "__return_sites_end", SITE_OFFSET, 4, "return thunk", false },
	{ "__call_sites", "__call_sites_end", SITE_OFFSET, 4, "call thunk", false },
	{ "__smp_locks", "__smp_locks_end", SITE_LOCK, 4, "lock prefix", false },
	{ "__start_mcount_loc", "__stop_mcount_loc", SITE_ADDRESS, 8, "ftrace", false },
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

/* The same inside .data, .rodata and .init.data, by their bounds. */
static const char *const describing_tables[][2] = {
	{ "__start_mcount_loc", "__stop_mcount_loc" },
	{ "__start___jump_table", "__stop___jump_table" },
	{ "__start_static_call_sites", "__stop_static_call_sites" },
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
	{ "__parainstructions", "__parainstructions_end" },
	{ "__retpoline_sites", "__retpoline_sites_end" },
	{ "__return_sites", "__return_sites_end" },
	{ "__call_sites", "__call_sites_end" },
	{ "__cfi_sites", "__cfi_sites_end" },
	{ "__ibt_endbr_seal", "__ibt_endbr_seal_end" },
	{ "__alt_instructions", "__alt_instructions_end" },
	{ "__smp_locks", "__smp_locks_end" },
};

static const char *const offset_tables[][2] = {
	{ "__initcall_start", "__initcall_end" },
	{ "__con_initcall_start", "__con_initcall_end" },
	{ "__start_pci_fixups_early", "__end_pci_fixups_suspend_late" },
};

bool section_describes(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(describing_sections); i++)
		if (!strcmp(describing_sections[i], name))
			return true;
	return false;
}

/* Where the table between two symbols lies; false if it does not exist. */
static bool find_table(const struct kernel *k, const char *start, const char *stop,
		       struct krange *range)
{
	const struct ksym *from = kernel_global(k, start), *to = kernel_global(k, stop);

	if (!from || !to || from->addr >= to->addr)
		return false;
	range->start = from->addr;
	range->end = to->addr;
	return true;
}

size_t kernel_describing(const struct kernel *k, struct krange *ranges, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(describing_tables) && n < max; i++)
		n += find_table(k, describing_tables[i][0], describing_tables[i][1], &ranges[n]);
	return n;
}

size_t kernel_offset_tables(const struct kernel *k, struct krange *ranges, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(offset_tables) && n < max; i++)
		n += find_table(k, offset_tables[i][0], offset_tables[i][1], &ranges[n]);
	return n;
}

static void add_site(struct kernel_private *priv, uint64_t start, uint64_t len, const char *what,
		     bool live)
{
	struct patch_site site = { start, start + len, what, live };

	if (!len || site.end < start)
		return;
	if (len > priv->longest_patch_site)
		priv->longest_patch_site = len;
	vec_push(&priv->patch_sites, site);
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

static void add_entry(const struct kernel *k, const struct site_table *table, uint64_t at,
		      const uint8_t *entry)
{
	uint64_t site, len = CALL_SIZE;

	switch (table->layout) {
	case SITE_JUMP:
	case SITE_OFFSET:
		site = relative(at, load32(entry));
		len = branch_size(k, site);
		break;
	case SITE_STATIC_CALL: site = relative(at, load32(entry)); break;
	case SITE_LOCK:
		site = relative(at, load32(entry));
		len = 1;
		break;
	case SITE_PARAVIRT:
		site = load64(entry);
		len = entry[9];
		break;
	default: site = load64(entry); break;
	}
	/* tables are padded with zeroes */
	if (site && site != at)
		add_site(k->priv, site, len, table->what, table->live);
}

/*
 * struct alt_instr has grown and shrunk: 13 bytes up to 5.x (with padlen),
 * 12 in 6.1, 14 with its 32-bit feature word. The right size is the one with
 * which every entry names code and a replacement.
 */
static const struct {
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

static void read_alternatives(const struct kernel *k)
{
	struct krange table;

	if (!find_table(k, "__alt_instructions", "__alt_instructions_end", &table))
		return;
	uint64_t size = table.end - table.start;
	const uint8_t *bytes = kernel_bytes(k, table.start, size);
	for (size_t i = 0; bytes && i < ARRAY_SIZE(alt_layouts); i++) {
		size_t entry = alt_layouts[i].entry;

		if (!alt_layout_fits(k, &table, bytes, entry))
			continue;
		for (uint64_t at = 0; at < size; at += entry)
			add_site(k->priv, relative(table.start + at, load32(bytes + at)),
				 bytes[at + alt_layouts[i].len], "alternative", false);
		return;
	}
}

static int cmp_site(const void *a, const void *b)
{
	const struct patch_site *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (int)y->live - (int)x->live;
}

static void read_sites(const struct kernel *k)
{
	struct kernel_private *priv = k->priv;

	priv->patch_sites_read = true;
	for (size_t i = 0; i < ARRAY_SIZE(site_tables); i++) {
		const struct site_table *table = &site_tables[i];
		struct krange range;

		if (!find_table(k, table->start, table->stop, &range))
			continue;
		const uint8_t *bytes = kernel_bytes(k, range.start, range.end - range.start);
		for (uint64_t at = range.start; bytes && range.end - at >= table->entry;
		     at += table->entry)
			add_entry(k, table, at, bytes + (at - range.start));
	}
	read_alternatives(k);
	vec_sort(&priv->patch_sites, cmp_site);
}

const char *kernel_code_site(const struct kernel *k, uint64_t start, uint64_t end, bool *live)
{
	struct kernel_private *priv = k->priv;
	const struct patch_site *found = NULL;

	if (!priv->patch_sites_read)
		read_sites(k);
	uint64_t first = start > priv->longest_patch_site ? start - priv->longest_patch_site : 0;
	size_t i = vec_bisect(site, &priv->patch_sites, site->start < first);
	for (; i < priv->patch_sites.n && priv->patch_sites.v[i].start < end; i++) {
		const struct patch_site *site = &priv->patch_sites.v[i];

		if (site->end > start && (!found || (site->live && !found->live)))
			found = site;
	}
	if (live)
		*live = found && found->live;
	return found ? found->what : NULL;
}

static void read_mcount(const struct kernel *k)
{
	struct kernel_private *priv = k->priv;
	struct krange table;

	priv->mcount_read = true;
	if (!find_table(k, "__start_mcount_loc", "__stop_mcount_loc", &table))
		return;
	size_t n = (table.end - table.start) / sizeof(uint64_t);
	const uint8_t *bytes = kernel_bytes(k, table.start, n * sizeof(uint64_t));
	for (size_t i = 0; bytes && i < n; i++)
		vec_push(&priv->mcount, load64(bytes + i * sizeof(uint64_t)));
	vec_sort(&priv->mcount, compare_addresses);
}

unsigned int kernel_endbr(const struct kernel *k, uint64_t addr)
{
	static const uint8_t endbr64[4] = { 0xf3, 0x0f, 0x1e, 0xfa };
	const uint8_t *code = kernel_bytes(k, addr, sizeof(endbr64));

	return code && !memcmp(code, endbr64, sizeof(endbr64)) ? sizeof(endbr64) : 0;
}

bool kernel_fentry(const struct kernel *k, uint64_t addr, uint64_t *site)
{
	if (!k->priv->mcount_read)
		read_mcount(k);
	uint64_t at = addr + kernel_endbr(k, addr);
	if (!vec_search(&k->priv->mcount, &at, compare_addresses))
		return false;
	if (site)
		*site = at;
	return true;
}

void patch_sites_free(struct kernel_private *priv)
{
	vec_free(&priv->patch_sites);
	vec_free(&priv->mcount);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinux/relocs.h"

#include <elf.h>

#define SAMPLES 4096 /* relocations of a section that are checked */
#define MAX_WRONG 16 /* one in so many may be wrong */

struct kreloc kernel_reloc(const struct kernel *k, const struct ksection *section, size_t i)
{
	static const uint8_t kinds[] = {
		[R_X86_64_64] = RELOC_ABS64,
		[R_X86_64_PC32] = RELOC_PC32,
		[R_X86_64_PLT32] = RELOC_PC32,
		[R_X86_64_32] = RELOC_ABS32,
		[R_X86_64_32S] = RELOC_ABS32,
		[R_X86_64_PC64] = RELOC_PC64,
		/* the linker has turned these into direct references */
		[R_X86_64_GOTPCRELX] = RELOC_PC32,
		[R_X86_64_REX_GOTPCRELX] = RELOC_PC32,
	};
	struct kreloc reloc = { .kind = RELOC_NONE };
	Elf64_Rela rela;
	Elf64_Sym sym;

	memcpy(&rela, section->relas + i * sizeof(rela), sizeof(rela));
	uint64_t type = ELF64_R_TYPE(rela.r_info), index = ELF64_R_SYM(rela.r_info);
	if (type >= ARRAY_SIZE(kinds) || !index || index >= k->priv->n_symtab)
		return reloc;
	memcpy(&sym, k->priv->symtab + index * sizeof(sym), sizeof(sym));
	if (sym.st_shndx == SHN_UNDEF)
		return reloc;
	reloc.kind = kinds[type];
	reloc.place = rela.r_offset;
	reloc.value = sym.st_value + (uint64_t)rela.r_addend;
	if (sym.st_shndx < k->priv->sections.n && k->priv->sections.v[sym.st_shndx].percpu) {
		reloc.percpu = true;
		reloc.value -= k->priv->sections.v[sym.st_shndx].addr;
	}
	return reloc;
}

/* Do the bytes of @s have what @reloc, of a distance, says? */
static bool is_right(const struct ksection *s, const struct kreloc *reloc)
{
	uint64_t offset = reloc->place - s->addr;

	return reloc->place >= s->addr && offset < s->size && s->size - offset >= 4 &&
	       load32(s->bytes + offset) == (uint32_t)(reloc->value - reloc->place);
}

/* Are most relocations of @s right? Every n-th is checked. */
static bool are_right(const struct kernel *k, const struct ksection *s)
{
	size_t step = s->n_relas / SAMPLES + 1, checked = 0, wrong = 0;

	for (size_t i = 0; i < s->n_relas; i += step) {
		struct kreloc reloc = kernel_reloc(k, s, i);

		if (reloc.kind != RELOC_PC32 || reloc.percpu)
			continue;
		checked++;
		wrong += !is_right(s, &reloc);
	}
	return wrong <= checked / MAX_WRONG;
}

void relocs_check(struct kernel *k)
{
	bool right = true;

	vec_for_each(s, &k->priv->sections) {
		if (s->exec && s->bytes && s->relas)
			right &= are_right(k, s);
	}
	if (right)
		return;
	k->has_relocs = false;
	vec_for_each(s, &k->priv->sections) {
		s->relas = NULL;
		s->n_relas = 0;
	}
}

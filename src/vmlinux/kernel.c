// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.c - reads a vmlinux, which is mapped: build ID, banner, and what the readers of
 * this room find in it.
 */
#include "vmlinux/btf.h"
#include "vmlinux/dwarf.h"
#include "vmlinux/elf.h"
#include "vmlinux/relocs.h"

#include <elf.h>
#include <sys/mman.h>

/* The GNU build ID of any loaded note section. */
static void read_build_id(struct kernel *k)
{
	static const uint8_t owner[4] = "GNU";

	vec_for_each(s, &k->priv->sections) {
		if (!s->bytes || !s->alloc || !str_starts(s->name, ".note"))
			continue;
		for (uint64_t at = 0; s->size - at >= 12;) {
			uint64_t namesz = load32(s->bytes + at);
			uint64_t descsz = load32(s->bytes + at + 4);
			uint64_t desc = at + 12 + ((namesz + 3) & ~3ULL);
			uint64_t next = desc + ((descsz + 3) & ~3ULL);

			if (next > s->size)
				break;
			if (load32(s->bytes + at + 8) == NT_GNU_BUILD_ID && namesz == 4 &&
			    !memcmp(s->bytes + at + 12, owner, 4) && descsz <= sizeof(k->build_id)) {
				memcpy(k->build_id, s->bytes + desc, descsz);
				k->build_id_len = descsz;
				for (size_t b = 0; b < descsz; b++)
					sprintf(k->build_id_text + 2 * b, "%02x", k->build_id[b]);
				return;
			}
			at = next;
		}
	}
}

/* "Linux version 6.1.0 (builder) ..." of linux_banner. */
static struct error *read_banner(struct kernel *k)
{
	static const char intro[] = "Linux version ";
	const struct ksym *sym = kernel_global(k, "linux_banner");
	const uint8_t *bytes = NULL;

	if (sym && sym->size)
		bytes = kernel_bytes(k, sym->addr, sym->size);
	if (!bytes)
		return error_at(k->path, 0, 0, "not a Linux kernel: no linux_banner");
	char *banner = arena_strndup(&k->arena, (const char *)bytes,
				     strnlen((const char *)bytes, sym->size));
	banner[strcspn(banner, "\n")] = '\0';
	k->banner = banner;
	if (!str_starts(banner, intro) || !elf_is_printable(banner))
		return error_at(k->path, 0, 0, "linux_banner is not \"%s...\"", intro);
	const char *release = banner + strlen(intro);
	k->release = arena_strndup(&k->arena, release, strcspn(release, " "));
	return NULL;
}

/* The section of @k that is at the same place and as long as @like. */
static const struct ksection *same_section(const struct kernel *k, const struct ksection *like)
{
	vec_for_each(s, &k->priv->sections) {
		if (s->alloc && s->addr == like->addr && s->size == like->size &&
		    !strcmp(s->name, like->name))
			return s;
	}
	return NULL;
}

/* Sections that are loaded, but empty in @k, have contents in its other half. */
static struct error *take_contents(struct kernel *k)
{
	const struct kernel *half = k->priv->half;

	if (!half)
		return NULL;
	vec_for_each(s, &k->priv->sections) {
		if (!s->alloc || s->bytes || !s->size)
			continue;
		const struct ksection *same = same_section(half, s);
		if (!same)
			return error_at(half->path, 0, 0,
					"has no section %s of %llu bytes at %#llx, as %s has",
					s->name, (unsigned long long)s->size,
					(unsigned long long)s->addr, k->path);
		s->bytes = same->bytes;
	}
	return NULL;
}

struct error *kernel_open_sections(const char *path, const void *bytes, size_t len, bool mapped,
				   struct kernel **kernel)
{
	_cleanup_kernel_ struct kernel *k = xcalloc(1, sizeof(*k));

	k->priv = xcalloc(1, sizeof(*k->priv));
	k->priv->map = bytes;
	k->priv->map_size = len;
	k->priv->mapped = mapped;
	k->path = arena_strdup(&k->arena, path);
	TRY(elf_read_sections(k));
	read_build_id(k);
	*kernel = return_ptr(k);
	return NULL;
}

struct error *kernel_read(struct kernel *k, struct kernel *half)
{
	k->priv->half = half;
	TRY(take_contents(k));
	TRY(elf_read_contents(k));
	relocs_check(k);
	TRY(read_banner(k));
	TRY(elf_open_debug(k));
	dwarf_open(k->priv);
	return NULL;
}

struct error *kernel_open_memory(const char *path, const void *bytes, size_t len,
				 struct kernel **kernel)
{
	_cleanup_kernel_ struct kernel *k = NULL;

	TRY(kernel_open_sections(path, bytes, len, false, &k));
	TRY(kernel_read(k, NULL));
	*kernel = return_ptr(k);
	return NULL;
}

void kernel_close(struct kernel *k)
{
	if (!k)
		return;
	struct kernel_private *priv = k->priv;
	dwarf_free(priv);
	btf_free(priv->btf);
	vec_free(&priv->patch_sites);
	strmap_free(&priv->globals);
	interval_tree_free(&priv->ends);
	vec_free(&priv->group_paths);
	strmap_free(&priv->dwarf_groups);
	elf_close(priv);
	kernel_close(priv->half);
	if (priv->mapped)
		munmap((void *)priv->map, priv->map_size);
	free(priv);
	vec_free(&k->syms);
	vec_free(&k->by_addr);
	vec_free(&k->file_groups);
	arena_free(&k->arena);
	free(k);
}

const uint8_t *kernel_bytes(const struct kernel *k, uint64_t addr, size_t len)
{
	const struct ksection *s = kernel_section_at(k, addr);

	if (!s || !s->bytes)
		return NULL;
	uint64_t offset = addr - (s->percpu ? 0 : s->addr);
	return len <= s->size - offset ? s->bytes + offset : NULL;
}

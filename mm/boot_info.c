/* SPDX-License-Identifier: MIT */
/* The boot record of this run, and its arena: memory from before any allocator. */
#include <baremm/boot_info.h>
#include <linux/align.h>
#include <linux/mm.h>

struct boot_info *boot_info;

#define ARENA_ALIGN 16

/* efi/ zeroed the arena, and what is taken is never given back. */
void *boot_arena_alloc(struct boot_info *info, size_t size)
{
	struct boot_arena *arena = &info->arena;
	size_t start = ALIGN(arena->used, ARENA_ALIGN);

	if (start > arena->size || size > arena->size - start)
		return NULL;
	arena->used = start + size;
	return (char *)arena->base + start;
}

void boot_arena_close(struct boot_info *info)
{
	struct boot_arena *arena = &info->arena;
	phys_addr_t base = (uintptr_t)arena->base, end = info->self + info->self_size;

	if (base >= info->self && base < end && base + arena->size == end) {
		info->self_size = ALIGN(base + arena->used - info->self, PAGE_SIZE);
		arena->size = info->self + info->self_size - base;
	}
}

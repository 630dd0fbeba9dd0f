/* SPDX-License-Identifier: MIT */
/* The boot record of this run, and its arena: memory from before any allocator. */
#include <baremm/boot_info.h>
#include <linux/align.h>

struct boot_info *boot_info;

#define ARENA_ALIGN 16

/* efi/ zeroed the arena, and nothing is ever given back. */
void *boot_arena_alloc(struct boot_info *info, size_t size)
{
	struct boot_arena *arena = &info->arena;
	size_t start = ALIGN(arena->used, ARENA_ALIGN);

	if (start > arena->size || size > arena->size - start)
		return NULL;
	arena->used = start + size;
	return (char *)arena->base + start;
}

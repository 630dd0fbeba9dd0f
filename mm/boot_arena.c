/* SPDX-License-Identifier: MIT */
/* The arena of the boot record: memory from before there is any allocator. */
#include <baremm/boot_info.h>
#include <linux/align.h>

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

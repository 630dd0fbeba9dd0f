/* SPDX-License-Identifier: MIT */
/* Where the program keeps pointers: its own data, and the calling thread's stack. */
#define _GNU_SOURCE
#include <baremm/arch.h>
#include "host.h"

#include <link.h>

/* More than registers that are saved below a frame's address take. */
#define SAVED_REGISTERS 128

struct walk {
	arch_root_fn fn;
	void *arg;
};

static int walk_program(struct dl_phdr_info *info, size_t size, void *arg)
{
	const struct walk *walk = arg;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		unsigned long start = info->dlpi_addr + p->p_vaddr;

		if (p->p_type == PT_LOAD && p->p_flags & PF_W)
			walk->fn(start, start + p->p_memsz, walk->arg);
	}
	return 1; /* the program itself comes first */
}

__attribute__((__noinline__)) void arch_walk_roots(arch_root_fn fn, void *arg)
{
	struct walk walk = {fn, arg};

	__builtin_unwind_init();
	dl_iterate_phdr(walk_program, &walk);
	fn((unsigned long)__builtin_frame_address(0) - SAVED_REGISTERS, host_stack_end(), arg);
}

/* SPDX-License-Identifier: MIT */
/*
 * Included before every file of the image: no symbol can be preempted, so that
 * the compiler addresses all of them relative to RIP and never through a GOT,
 * which a PE image does not have.
 */
#ifndef __ASSEMBLER__
#pragma GCC visibility push(hidden)
#ifdef __clang__
/*
 * The stack protector's canary: clang makes a symbol of its own for it, which is not
 * hidden, unless the file uses one of that name. The linker drops this use.
 */
extern unsigned long __stack_chk_guard;
static unsigned long *const __stack_chk_guard_used
	__attribute__((used, section(".discard.guard"))) = &__stack_chk_guard;
#endif
#endif

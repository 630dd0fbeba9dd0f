/* SPDX-License-Identifier: MIT */
/*
 * Included before every file of the image: no symbol can be preempted, so that
 * the compiler addresses all of them relative to RIP and never through a GOT,
 * which a PE image does not have.
 */
#ifndef __ASSEMBLER__
#pragma GCC visibility push(hidden)
#endif

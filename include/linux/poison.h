/* SPDX-License-Identifier: MIT */
/*
 * Values that memory holds while nobody owns it. One for each state, so that a
 * value in a register dump tells what the program was looking at.
 */
#ifndef _LINUX_POISON_H
#define _LINUX_POISON_H

/* Links of a removed list node: addresses that no mapping covers. */
#define LIST_POISON1 ((void *)0xdead000000000100UL)
#define LIST_POISON2 ((void *)0xdead000000000122UL)

#define PAGE_POISON	  0xaa /* a free page, with page poisoning on */
#define POISON_INUSE	  0x5a /* a slab object never handed out yet */
#define POISON_FREE	  0x6b /* a free slab object */
#define POISON_END	  0xa5 /* the last byte of either */
#define SLUB_RED_INACTIVE 0xbb
#define SLUB_RED_ACTIVE	  0xcc

#endif /* _LINUX_POISON_H */

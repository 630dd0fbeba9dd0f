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

#define RED_INACTIVE	      0x09F911029D74E35BULL
#define RED_ACTIVE	      0xD84156C5635688C0ULL
#define POISON_FREE_INITMEM   0xcc
#define POOL_POISON_FREED     0xa7 /* a block of a DMA pool that is free */
#define POOL_POISON_ALLOCATED 0xa9 /* and one that was handed out */
#define POISON_POINTER_DELTA  0xdead000000000000UL

/* Others' on Linux. */
#define TIMER_ENTRY_STATIC  ((void *)(0x300 + POISON_POINTER_DELTA))
#define TAIL_MAPPING	    ((void *)(0x400 + POISON_POINTER_DELTA))
#define MUTEX_POISON_WW_CTX ((void *)(0x500 + POISON_POINTER_DELTA))
#define VFS_PTR_POISON	    ((void *)(0xF5 + POISON_POINTER_DELTA))
#define BPF_PTR_POISON	    ((void *)(0xeB9FUL + POISON_POINTER_DELTA))
#define PP_SIGNATURE	    (0x40 + POISON_POINTER_DELTA)
#define JBD_POISON_FREE	    0x5b
#define JBD2_POISON_FREE    0x5c
#define ATM_POISON_FREE	    0x12
#define ATM_POISON	    0xdeadbeef
#define MUTEX_DEBUG_INIT    0x11
#define MUTEX_DEBUG_FREE    0x22
#define KEY_DESTROY	    0xbd

#endif /* _LINUX_POISON_H */

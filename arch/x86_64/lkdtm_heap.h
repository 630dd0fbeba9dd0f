/* SPDX-License-Identifier: MIT */
/*
 * Faults with pages of memory, for lkdtm=: the names and words of Linux's, where it has
 * them. Each returns; whether it is noticed depends on the guard rails that are on.
 */
#ifndef _X86_64_LKDTM_HEAP_H
#define _X86_64_LKDTM_HEAP_H

void lkdtm_write_buddy_after_free(void);
void lkdtm_read_buddy_after_free(void);

/* Frees a page twice, with another order, a tail page, and a reserved page. */
void lkdtm_free_pages_wrongly(void);

/* Three blocks of four pages that are never freed. */
void lkdtm_leak_pages(void);

/* Writes a byte behind an area, where nothing is mapped. */
void lkdtm_vmalloc_linear_overflow(void);

void lkdtm_slab_linear_overflow(void);
void lkdtm_slab_linear_underflow(void);
void lkdtm_read_after_free(void);
void lkdtm_write_after_free(void);
void lkdtm_slab_free_double(void);

#endif /* _X86_64_LKDTM_HEAP_H */

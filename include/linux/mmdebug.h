/* SPDX-License-Identifier: MIT */
/*
 * What is known of a page, for whoever reads the log after something went wrong.
 *
 * Locking: none: the page may change while it is shown.
 * Failure: none; the page struct must be there to be read.
 */
#ifndef _LINUX_MMDEBUG_H
#define _LINUX_MMDEBUG_H

#include <linux/bug.h>
#include <linux/irqflags.h>

struct page;

/* The page struct, why it is shown (NULL: no word), and who had it if page_owner=on. */
void dump_page(const struct page *page, const char *reason);

#define VM_WARN_ON(cond)	      WARN_ON(cond)
#define VM_WARN_ON_ONCE(cond)	      WARN_ON_ONCE(cond)
#define VM_WARN(cond, format...)      WARN(cond, format)
#define VM_WARN_ONCE(cond, format...) WARN_ONCE(cond, format)
#define VIRTUAL_BUG_ON(cond)	      BUG_ON(cond)

/* With the page struct in the log, if it comes to that. */
#define VM_BUG_ON_PAGE(cond, page)                                    \
	do {                                                          \
		if (unlikely(cond)) {                                 \
			dump_page(page, "VM_BUG_ON_PAGE(" #cond ")"); \
			BUG();                                        \
		}                                                     \
	} while (0)
#define VM_BUG_ON_FOLIO(cond, folio)                                             \
	do {                                                                     \
		if (unlikely(cond)) {                                            \
			dump_page(&(folio)->page, "VM_BUG_ON_FOLIO(" #cond ")"); \
			BUG();                                                   \
		}                                                                \
	} while (0)
#define VM_WARN_ON_ONCE_PAGE(cond, page)                                    \
	({                                                                  \
		bool __bad = !!(cond);                                      \
		if (unlikely(__bad))                                        \
			dump_page(page, "VM_WARN_ON_ONCE_PAGE(" #cond ")"); \
		WARN_ON_ONCE(__bad);                                        \
	})
#define VM_WARN_ON_ONCE_FOLIO(cond, folio) VM_WARN_ON_ONCE_PAGE(cond, &(folio)->page)
#define VM_WARN_ON_FOLIO(cond, folio)	   VM_WARN_ON_ONCE_PAGE(cond, &(folio)->page)

/* A question to flags alone, and of interrupts: asked where Linux asks all of these. */
#define VM_BUG_ON_PGFLAGS(cond, page) VM_BUG_ON_PAGE(cond, page)
#define VM_WARN_ON_IRQS_ENABLED()     WARN_ON_ONCE(!irqs_disabled())

/* What comes with this header on Linux. */
#include <linux/stringify.h>

#endif /* _LINUX_MMDEBUG_H */

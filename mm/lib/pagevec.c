// SPDX-License-Identifier: MIT
/* A handful of a mapping's pages. Contract: linux/pagevec.h. */
#include <linux/pagevec.h>

#include <linux/spinlock.h>
#include <linux/swap.h>

unsigned int pagevec_lookup_range_tag(struct pagevec *pvec, struct address_space *mapping,
				      pgoff_t *index, pgoff_t end, xa_mark_t tag)
{
	unsigned int nr = find_get_pages_range_tag(mapping, index, end, tag, pagevec_space(pvec),
						   pvec->pages + pagevec_count(pvec));

	pvec->nr += (unsigned char)nr;
	return pagevec_count(pvec);
}

/*
 * Reclaim sets the flag with the page locked, and then puts the page back: one that is on no
 * list yet is only told that it belongs on one.
 */
static void move_unevictable(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;

	lock_page(page);
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	if (PageUnevictable(page) && !mapping_unevictable(page_mapping(page))) {
		bool counted = PageLRU(page);

		if (counted)
			lruvec_del_page(lruvec, page);
		ClearPageUnevictable(page);
		if (counted)
			lruvec_add_page(lruvec, page);
	}
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
	unlock_page(page);
}

void check_move_unevictable_folios(struct folio_batch *fbatch)
{
	for (unsigned int i = 0; i < folio_batch_count(fbatch); i++)
		move_unevictable(&fbatch->folios[i]->page);
}

void check_move_unevictable_pages(struct pagevec *pvec)
{
	for (unsigned int i = 0; i < pagevec_count(pvec); i++)
		move_unevictable(pvec->pages[i]);
}

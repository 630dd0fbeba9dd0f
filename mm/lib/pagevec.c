// SPDX-License-Identifier: MIT
/* A handful of a mapping's pages. Contract: linux/pagevec.h. */
#include <linux/pagevec.h>

unsigned int pagevec_lookup_range_tag(struct pagevec *pvec, struct address_space *mapping,
				      pgoff_t *index, pgoff_t end, xa_mark_t tag)
{
	while (pagevec_space(pvec) && *index <= end) {
		struct page *page = find_get_next_page(mapping, index, end, tag);

		if (!page) {
			/* Nothing more: whoever goes on from there ends at once. */
			*index = end + 1 ?: end;
			break;
		}
		pagevec_add(pvec, page);
		if (++*index == 0) {
			*index = (pgoff_t)-1;
			break;
		}
	}
	return pagevec_count(pvec);
}

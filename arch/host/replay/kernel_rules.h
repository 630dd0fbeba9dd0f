/* SPDX-License-Identifier: MIT */
/*
 * What a kernel of some age prints where Linux 6.1, whose numbers mm/ has, prints
 * something else for the same machine.
 *
 * Owns:    nothing; pure functions of the version.
 * Locking: none.
 * Failure: none. A version that is not known follows 6.1.
 */
#ifndef _REPLAY_KERNEL_RULES_H
#define _REPLAY_KERNEL_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "log_facts.h"

struct kernel_rules {
	bool dma32_to_4g;	/* its line ends at 4 GB, however much memory there is */
	bool dma32_maybe;	/* or not: nobody looked */
	bool memmap_of_spanned; /* page structs for holes too, however large */
	bool pages_are_free;	/* zones' pages less page structs and what is reserved */
	bool total_is_present;	/* "Total pages" takes nothing off */
	bool total_of_max_pfn;	/* "Memory:" counts holes too, unless it says rwdata */
	bool zeroed_to_section; /* zeroed pages up to the end of the last section */
	bool zeroed_to_max_pfn; /* or up to max_pfn: both, where stable kernels differ */
	bool memoryless_off;	/* a node without memory is not online, CPUs or not */
	bool memoryless_silent; /* one that has no CPUs either is not named at all */
	bool initmem_of_node;	/* a node's span is the firmware's, not that of its memory */
	bool ties_by_last_load; /* nodes at equal distances come in another order */
	bool zone_order;	/* zonelists may go by zone first */
	bool nodes_from_ram;	/* what lies below the first RAM is no node's */
	unsigned int batch_cap; /* pages that a zone's batch follows at the most */
};

struct kernel_rules kernel_rules(const struct kernel_version *version);

/* Linux's "LIFO batch" for a zone that manages @pages. */
unsigned int kernel_batch(const struct kernel_rules *rules, uint64_t pages);

/* Pages that @pages structs of @size bytes take. */
uint64_t kernel_memmap_pages(const struct kernel_rules *rules, uint64_t spanned, uint64_t present,
			     unsigned int size);

#endif /* _REPLAY_KERNEL_RULES_H */

/* SPDX-License-Identifier: MIT */
/*
 * What the files of the comparison share: both sides, the rules between them, and
 * how a result is added.
 *
 * Owns:    nothing. Texts that are given to a result are the result's.
 * Locking: none.
 * Failure: abort() where memory is short.
 */
#ifndef _REPLAY_COMPARE_PARTS_H
#define _REPLAY_COMPARE_PARTS_H

#include "compare.h"

#define PAGE_BYTES 4096ULL

struct compare {
	struct comparison *c;
	const struct log_facts *log, *ours;
	const struct machine *machine;
	struct kernel_rules rules;
	unsigned int struct_page; /* bytes; 0: not known yet */
};

char *fact_text(const char *fmt, ...) __attribute__((__format__(__printf__, 1, 2)));
char *fact_number(uint64_t n);
char *fact_span(uint64_t start, uint64_t end); /* [mem 0x…-0x…] */

/* Equal where the texts are. */
void fact_check(struct compare *k, const char *group, char *what, char *linux_says, char *here);
void fact_check_note(struct compare *k, const char *group, char *what, char *linux_says, char *here,
		     const char *note);

/* Not comparable, for the reason @why. */
void fact_skip(struct compare *k, const char *group, char *what, char *linux_says, char *here,
	       const char *why);

/* The highest of the numbers, 0 where there is none. */
uint64_t fact_highest(const struct fact_numbers *numbers);

/* Range by range; the nodes too where they are @nodes_known. */
void compare_node_lists(struct compare *k, const char *group, const struct fact_node_ranges *log,
			const struct fact_node_ranges *ours, bool nodes_known);

const struct fact_node_span *find_span(const struct fact_node_spans *list, unsigned int nid);

/* The @nth zone of that kind that has pages, in the order of nodes; NULL where there is none. */
const struct fact_zoneinfo *nth_zone(const struct log_facts *facts, int zone, size_t nth);

/* Pages of all zones. */
uint64_t all_present(const struct log_facts *facts);

/* What the kernel says it holds back in ZONE_DMA; false where it does not say. */
bool dma_reserve(const struct compare *k, uint64_t *pages);

/* What the zone has for the allocator before anything is taken. */
uint64_t zone_free_pages(const struct compare *k, const struct fact_zoneinfo *zone);

/* The parts, in the order of a boot. */
void compare_map(struct compare *k);	     /* e820, last_pfn */
void compare_nodes(struct compare *k);	     /* SRAT, dummy and fake nodes */
void compare_zone_limits(struct compare *k); /* zones, Movable, node ranges and spans */
void compare_pages(struct compare *k);	     /* of nodes and zones, and of holes */
void compare_lists(struct compare *k);	     /* fallback orders, zonelists */
void compare_totals(struct compare *k);	     /* Built, Memory, zoneinfo */

#endif /* _REPLAY_COMPARE_PARTS_H */

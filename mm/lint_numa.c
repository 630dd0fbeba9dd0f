// SPDX-License-Identifier: MIT
/* Lint of ACPI's tables of nodes. Contract: baremm/lint.h. */
#include "lint.h"

#include <baremm/e820.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/topology.h>

static void judge_ranges(const struct lint_facts *facts)
{
	for (size_t i = 0; i < facts->nr_nodes; i++) {
		const struct lint_node_range *a = &facts->nodes[i];
		u64 end = lint_end(a->start, a->size);

		if (!a->size)
			lint_find(LINT_SRAT_EMPTY, "memory of domain %u at 0x%llx has no bytes",
				  a->pxm, a->start);
		for (size_t j = 0; j < i; j++) {
			const struct lint_node_range *b = &facts->nodes[j];
			u64 low = max(a->start, b->start);
			u64 high = min(end, lint_end(b->start, b->size));

			if (a->pxm != b->pxm && low < high)
				lint_find(LINT_SRAT_OVERLAP,
					  "[mem %#018llx-%#018llx] is of domains %u and %u", low,
					  high - 1, b->pxm, a->pxm);
		}
	}
}

/* The lowest address from @start on that no node has; *@next: where one has it again. */
static u64 first_left_out(const struct lint_facts *facts, u64 start, u64 end, u64 *next)
{
	bool moved = true;

	*next = end;
	while (moved && start < end) {
		moved = false;
		for (size_t i = 0; i < facts->nr_nodes; i++) {
			const struct lint_node_range *n = &facts->nodes[i];
			u64 node_end = lint_end(n->start, n->size);

			if (n->start <= start && start < node_end) {
				start = node_end;
				moved = true;
			}
		}
	}
	for (size_t i = 0; i < facts->nr_nodes; i++)
		if (facts->nodes[i].size && facts->nodes[i].start > start)
			*next = min(*next, facts->nodes[i].start);
	return start;
}

static void judge_coverage(const struct lint_facts *facts)
{
	for (size_t i = 0; facts->nr_nodes && i < facts->nr_map; i++) {
		const struct lint_range *r = &facts->map[i];
		u64 end = lint_end(r->start, r->size), next;
		u64 start = max_t(u64, r->start, SZ_1M);

		if (r->type != E820_TYPE_RAM)
			continue;
		while ((start = first_left_out(facts, start, end, &next)) < end) {
			lint_find(LINT_SRAT_RAM_LEFT_OUT,
				  "usable [mem %#018llx-%#018llx] is of no domain", start,
				  next - 1);
			start = next;
		}
	}
}

static void judge_distances(const struct lint_facts *facts)
{
	size_t n = facts->nr_slit;
	const u8 *d = facts->slit;

	for (size_t i = 0; d && i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			u8 there = d[i * n + j], back = d[j * n + i];

			if (i == j ? there != LOCAL_DISTANCE : there <= LOCAL_DISTANCE)
				lint_find(LINT_SLIT_DISTANCE, "from %zu to %zu it is %u", i, j,
					  there);
			else if (i < j && there != back)
				lint_find(LINT_SLIT_ASYMMETRIC, "from %zu to %zu it is %u, back %u",
					  i, j, there, back);
		}
	}
}

void lint_numa(const struct lint_facts *facts)
{
	u32 highest = 0;

	judge_ranges(facts);
	judge_coverage(facts);
	judge_distances(facts);
	for (size_t i = 0; i < facts->nr_nodes; i++)
		highest = max(highest, facts->nodes[i].pxm);
	if (facts->slit && facts->nr_nodes && highest >= facts->nr_slit)
		lint_find(LINT_SLIT_SMALL, "it has %zu domains, SRAT has domain %u", facts->nr_slit,
			  highest);
}

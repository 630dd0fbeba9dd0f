/* SPDX-License-Identifier: MIT */
/*
 * The rules by version, one row for each change. Rows are found by recomputing the
 * logs of some hundred machines, and from the history of Linux.
 */
#include "kernel_rules.h"

#include <stddef.h>
#include <string.h>

#define BEFORE(major, minor) 0, ((major)*1000 + (minor))
#define FROM(major, minor)   ((major)*1000 + (minor)), 1000000

/* A yes-or-no rule, and the kernels [from, to) that follow it. */
static const struct {
	size_t offset;
	int from, to;
} rows[] = {
#define RULE(name) offsetof(struct kernel_rules, name)
	{RULE(dma32_to_4g), BEFORE(3, 19)}, /* to 3.16; 3.19 does not */
	{RULE(dma32_maybe), FROM(3, 17)},
	{RULE(memmap_of_spanned), BEFORE(3, 8)},
	{RULE(pages_are_free), BEFORE(3, 9)},
	{RULE(total_of_max_pfn), BEFORE(3, 11)},
	{RULE(initmem_of_node), BEFORE(3, 19)},
	{RULE(memoryless_off), BEFORE(4, 2)}, /* so in 3.9, no more in 4.19 */
	{RULE(zone_order), BEFORE(4, 14)},
	{RULE(zeroed_to_max_pfn), BEFORE(5, 6)},
	{RULE(zeroed_to_section), FROM(4, 18)}, /* 5.6 on, and stable kernels before */
	{RULE(ties_by_last_load), BEFORE(5, 16)},
	{RULE(memoryless_silent), BEFORE(5, 18)},
	{RULE(total_is_present), FROM(6, 10)},
	{RULE(nodes_from_ram), FROM(6, 12)},
#undef RULE
};

/* 512 KB of a zone up to 4.18, 1 MB since; SUSE's 4.12 has the new one. */
static unsigned int batch_cap(const struct kernel_version *version, int number)
{
	bool suse = number == 4012 && strstr(version->text, "-lp15");

	return number >= 4019 || suse || !version->text[0] ? 256 : 128;
}

struct kernel_rules kernel_rules(const struct kernel_version *version)
{
	struct kernel_rules rules = {0};
	int number = version->text[0] ? version->major * 1000 + version->minor : 6001;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (number >= rows[i].from && number < rows[i].to)
			*(bool *)((char *)&rules + rows[i].offset) = true;
	rules.batch_cap = batch_cap(version, number);
	return rules;
}

unsigned int kernel_batch(const struct kernel_rules *rules, uint64_t pages)
{
	uint64_t batch = pages / 1024;
	unsigned int power = 1;

	if (batch > rules->batch_cap)
		batch = rules->batch_cap;
	batch /= 4;
	if (batch < 1)
		batch = 1;
	while (power * 2 <= batch + batch / 2)
		power *= 2;
	return power - 1;
}

uint64_t kernel_memmap_pages(const struct kernel_rules *rules, uint64_t spanned, uint64_t present,
			     unsigned int size)
{
	uint64_t pages = spanned;

	if (!rules->memmap_of_spanned && spanned > present + present / 16)
		pages = present;
	return (pages * size + 4095) / 4096;
}

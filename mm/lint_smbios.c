// SPDX-License-Identifier: MIT
/* Lint of SMBIOS's memory records. Contract: baremm/lint.h. */
#include "lint.h"

#include <baremm/e820.h>
#include <baremm/smbios.h>
#include <linux/kernel.h>

static u64 mapped_bytes(const struct smbios_memory *smbios)
{
	u64 bytes = 0;

	for (unsigned int i = 0; i < smbios->nr_mapped; i++)
		if (smbios->mapped[i].start < smbios->mapped[i].end)
			bytes += smbios->mapped[i].end - smbios->mapped[i].start;
	return bytes;
}

static void judge_ranges(const struct smbios_memory *smbios)
{
	for (unsigned int i = 0; i < smbios->nr_mapped; i++) {
		const struct smbios_range *a = &smbios->mapped[i];

		if (a->start >= a->end)
			lint_find(LINT_SMBIOS_BROKEN, "mapped range %u from 0x%llx ends at 0x%llx",
				  i, a->start, a->end);
		for (unsigned int j = 0; j < i; j++) {
			const struct smbios_range *b = &smbios->mapped[j];
			u64 low = max(a->start, b->start), high = min(a->end, b->end);

			if (low < high)
				lint_find(LINT_SMBIOS_OVERLAP,
					  "mapped ranges %u and %u share [mem %#018llx-%#018llx]",
					  j, i, low, high - 1);
		}
	}
}

/* Of usable memory only what lies outside of all ranges is said. */
static void judge_map(const struct lint_facts *facts)
{
	for (size_t i = 0; i < facts->nr_map; i++) {
		const struct lint_range *r = &facts->map[i];
		u64 end = lint_end(r->start, r->size);
		bool mapped = r->type != E820_TYPE_RAM || !r->size;

		for (unsigned int j = 0; !mapped && j < facts->smbios->nr_mapped; j++)
			mapped = facts->smbios->mapped[j].start < end &&
				 r->start < facts->smbios->mapped[j].end;
		if (!mapped)
			lint_find(LINT_SMBIOS_RAM_UNMAPPED,
				  "usable [mem %#018llx-%#018llx] is in no mapped range", r->start,
				  end - 1);
	}
}

void lint_smbios(const struct lint_facts *facts)
{
	const struct smbios_memory *smbios = facts->smbios;
	u64 mapped;

	if (!smbios)
		return;
	if (smbios->broken)
		lint_find(LINT_SMBIOS_BROKEN, "%u structures about memory are too short",
			  smbios->broken);
	judge_ranges(smbios);
	mapped = mapped_bytes(smbios);
	if (smbios->nr_devices && !smbios->nr_unknown && smbios->nr_mapped && !smbios->dropped &&
	    mapped != smbios->installed)
		lint_find(LINT_SMBIOS_SIZES,
			  "%u devices have %lluK, the ranges they are mapped to %lluK",
			  smbios->nr_devices, smbios->installed >> 10, mapped >> 10);
	if (smbios->nr_mapped && !smbios->dropped)
		judge_map(facts);
}

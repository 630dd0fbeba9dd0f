/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a boot log: the reader takes them without a fault, what it found is
 * within its bounds, and ACPI tables made of it fit into the room they asked for.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "acpi_tables.h"
#include "kernel_rules.h"
#include "log_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_facts(const struct log_facts *f)
{
	for (size_t i = 0; i < f->bios.nr; i++)
		require(f->bios.at[i].type && f->bios.at[i].end - f->bios.at[i].start);
	for (size_t i = 0; i < f->zone_lines.nr; i++)
		require(f->zone_lines.at[i].zone >= 0 && f->zone_lines.at[i].zone < FACT_ZONES);
	for (size_t i = 0; i < f->holes.nr; i++)
		require(f->holes.at[i].zone >= 0 && f->holes.at[i].zone < FACT_ZONES);
	for (size_t i = 0; i < f->zoneinfo.nr; i++)
		require(f->zoneinfo.at[i].zone >= 0 && f->zoneinfo.at[i].zone < FACT_ZONES);
	for (size_t i = 0; i < f->fallback.nr; i++)
		require(!strpbrk(f->fallback.at[i].order, "\n\t\x1e\x1f"));
	require(f->distances.nr == (size_t)f->nr_distances * f->nr_distances);
	require(strlen(f->version.text) < sizeof(f->version.text));
	require(strlen(f->policy_zone) < sizeof(f->policy_zone));
}

static void check_tables(const struct log_facts *f)
{
	size_t size = acpi_tables_size(f);
	uint8_t *bytes = calloc(1, size + 1);

	require(bytes && acpi_tables_write(f, bytes, 0x1000, size) == (size ? 0x1000 : 0));
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_facts *facts = log_facts_read((const char *)data, size);
	struct kernel_rules rules;

	require(facts != NULL);
	rules = kernel_rules(&facts->version);
	check_facts(facts);
	check_tables(facts);
	kernel_batch(&rules, size);
	log_facts_free(facts);
	return 0;
}

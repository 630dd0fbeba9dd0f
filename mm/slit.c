/* SPDX-License-Identifier: MIT */
/*
 * SLIT: a square of distances, by proximity domain. ACPI 6.5, 5.2.17.
 *
 *   | header 36 | number of localities n, 8 | n * n distances |
 *
 * Two directions may have two distances: ACPI stores both for that. As on Linux such a table
 * is used; lint names it (slit-asymmetric).
 */
#include "acpi.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/topology.h>

#define SLIT_COUNT   36
#define SLIT_ENTRIES 44

/* More than ACPI_TABLE_MAX_SIZE could hold, so that the square fits in 64 bits. */
#define SLIT_MAX_COUNT (1u << 12)

int __init slit_parse(const void *table, size_t length, const u8 **distances)
{
	const u8 *d = (const u8 *)table + SLIT_ENTRIES;
	u64 n;

	if (length < SLIT_ENTRIES) {
		pr_info("ACPI: SLIT table of %zu bytes is too short. Not used.\n", length);
		return -EINVAL;
	}
	n = acpi_u64(table, SLIT_COUNT);
	if (n > SLIT_MAX_COUNT || n * n > length - SLIT_ENTRIES) {
		pr_info("ACPI: SLIT table of %zu bytes is too short for %llu localities. Not "
			"used.\n",
			length, n);
		return -EINVAL;
	}
	for (u64 i = 0; i < n * n; i++) {
		bool local = i / n == i % n;

		if (local ? d[i] == LOCAL_DISTANCE : d[i] > LOCAL_DISTANCE)
			continue;
		pr_info("ACPI: SLIT table looks invalid. Not used.\n");
		pr_info("ACPI: SLIT: distance from %llu to %llu is %u\n", i / n, i % n, d[i]);
		return -EINVAL;
	}
	*distances = d;
	return (int)n;
}

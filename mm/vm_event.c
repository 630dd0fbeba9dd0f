// SPDX-License-Identifier: MIT
/*
 * The counters of what the page allocator did, and their dump.
 */
#include <linux/vmstat.h>

#include <linux/seq_file.h>

#include "internal.h"

atomic_long_t vm_events[NR_VM_EVENT_ITEMS];

const char *const vm_event_names[NR_VM_EVENT_ITEMS] = {
	[PGMIGRATE_SUCCESS] = "pgmigrate_success",
	[PGMIGRATE_FAIL] = "pgmigrate_fail",
	[COMPACTMIGRATE_SCANNED] = "compact_migrate_scanned",
	[COMPACTFREE_SCANNED] = "compact_free_scanned",
	[COMPACTISOLATED] = "compact_isolated",
	[COMPACTSTALL] = "compact_stall",
	[COMPACTFAIL] = "compact_fail",
	[COMPACTSUCCESS] = "compact_success",
};

void all_vm_events(unsigned long *ret)
{
	for (int i = 0; i < NR_VM_EVENT_ITEMS; i++)
		ret[i] = (unsigned long)atomic_long_read(&vm_events[i]);
}

void vm_events_show(struct seq_file *m)
{
	for (int i = 0; i < NR_VM_EVENT_ITEMS; i++)
		seq_printf(m, "%s %ld\n", vm_event_names[i], atomic_long_read(&vm_events[i]));
}

void vm_events_reset(void)
{
	for (int i = 0; i < NR_VM_EVENT_ITEMS; i++)
		atomic_long_set(&vm_events[i], 0);
}

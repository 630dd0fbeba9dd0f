/* SPDX-License-Identifier: MIT */
/* From a log's facts to a machine of arch/host, and through mm_bring_up(). */
#include "machine.h"

#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <baremm/arch.h>
#include <baremm/bringup.h>
#include <baremm/e820.h>
#include <baremm/numa.h>
#include <baremm/options.h>
#include <host/machine.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acpi_tables.h"
#include "kernel_rules.h"
#include "log_read.h"

#define SHARED_OPTIONS_MAX 8192

/* The one machine, for the functions that mm/ calls. */
static struct {
	const struct log_facts *facts;
	struct machine *machine;
} now;

/* ---- Options ---------------------------------------------------------------------------- */

static bool has_name(const char *word, size_t len, const char *name)
{
	return len >= strlen(name) && strncmp(word, name, strlen(name)) == 0;
}

/*
 * Options of Linux that bear on what is compared, and that the program knows as well.
 * The order of zonelists new kernels take no more, the end of the direct map none does.
 */
static bool is_shared_option(const struct log_facts *facts, const char *word, size_t len)
{
	static const char *const names[] = {
		"mem=", "memmap=", "kernelcore=", "movablecore=", "movable_node", "numa="};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (has_name(word, len, names[i]))
			return true;
	if (has_name(word, len, "directmap="))
		return facts->version.baremm;
	return has_name(word, len, "numa_zonelist_order=") &&
	       (facts->version.baremm || kernel_rules(&facts->version).zone_order);
}

static void append(char *text, const char *word, size_t len)
{
	size_t used = strlen(text);

	if (used + len + 2 > SHARED_OPTIONS_MAX)
		return;
	memcpy(text + used, word, len);
	text[used + len] = ' ';
	text[used + len + 1] = '\0';
}

static char *make_options(const struct log_facts *facts, const struct machine_options *given)
{
	char *text = calloc(1, SHARED_OPTIONS_MAX);
	const char *p = given->ignore_log || !facts->command_line ? "" : facts->command_line;

	if (!text)
		return NULL;
	while (*p) {
		size_t len = strcspn(p, " ");

		if (len == 2 && p[0] == '-' && p[1] == '-')
			break;
		if (is_shared_option(facts, p, len))
			append(text, p, len);
		p += len;
		p += strspn(p, " ");
	}
	if (given->trace)
		append(text, "mminit_loglevel=4", strlen("mminit_loglevel=4"));
	append(text, given->options, strlen(given->options));
	return text;
}

static bool has_option(const char *options, const char *name)
{
	for (const char *p = options; (p = strstr(p, name)); p++)
		if (p == options || p[-1] == ' ')
			return true;
	return false;
}

/* ---- The e820 table ------------------------------------------------------------------------ */

static u64 range_size(u64 start, u64 end)
{
	return end - start; /* an end of 0 is 2^64 */
}

static bool is_standard_change(const struct fact_change *change)
{
	if (change->remove)
		return change->start == BIOS_BEGIN && change->end == BIOS_END;
	return change->start == 0 && change->end == PAGE_SIZE && change->to == E820_TYPE_RESERVED;
}

/* Inside one range of RAM of the firmware's table. */
static bool inside_ram(const struct log_facts *facts, u64 start, u64 end)
{
	for (size_t i = 0; i < facts->bios.nr; i++) {
		const struct fact_range *r = &facts->bios.at[i];

		if (r->type == E820_TYPE_RAM && r->start <= start && end && end <= r->end)
			return true;
	}
	return false;
}

/*
 * efi_mem_reserve(): tables of the firmware (ESRT, BGRT, MOK) that lie in RAM, some
 * pages of it. A log tells them by their place behind the last last_pfn line; those
 * that were sorted by kind tell them only by that they are small and in the midst of
 * RAM. What shrinks memory there, MTRRs that do not cover it, goes up to 4 GB or is
 * larger, as a GART is.
 */
#define OWN_CHANGE_MAX SZ_16M

bool change_is_kernels_own(const struct log_facts *facts, const struct fact_change *change)
{
	if (change->remove || change->from != E820_TYPE_RAM || change->to != E820_TYPE_RESERVED)
		return false;
	return change->after_last_pfn || (change->start >= SZ_1M && change->end != SZ_4G &&
					  range_size(change->start, change->end) < OWN_CHANGE_MAX &&
					  inside_ram(facts, change->start, change->end));
}

/* The same change among those that the program has made by itself, counted off in @used. */
static bool made_already(const struct log_facts *ours, bool *used, const struct fact_change *change)
{
	for (size_t i = 0; i < ours->changes.nr; i++) {
		const struct fact_change *c = &ours->changes.at[i];

		if (used[i] || c->remove != change->remove || c->start != change->start ||
		    c->end != change->end || c->from != change->from || c->to != change->to)
			continue;
		used[i] = true;
		return true;
	}
	return false;
}

static void make_change(const struct fact_change *change)
{
	u64 size = range_size(change->start, change->end);

	if (change->remove)
		e820__range_remove(change->start, size, change->from, change->from != 0);
	else
		e820__range_update(change->start, size, change->from, change->to);
}

/* The first pfn past the table's RAM below @limit, whole pages or not. */
static u64 end_of_table_ram(u64 limit)
{
	u64 end = 0;

	for (u32 i = 0; i < e820_table->nr_entries; i++) {
		const struct e820_entry *e = &e820_table->entries[i];

		if (e->type == E820_TYPE_RAM && e->addr < limit)
			end = max(end, min(e->addr + e->size, limit));
	}
	return end >> PAGE_SHIFT;
}

/* What Linux changed between options and the end of RAM: MTRRs, PCI windows, GARTs. */
static void make_other_changes(void)
{
	const struct log_facts *facts = now.facts;
	struct log_facts *ours = log_facts_read(host_log(), strlen(host_log()));
	bool *used = calloc(1, facts->changes.nr + (ours ? ours->changes.nr : 0) + 1);

	now.machine->first_pfns[0] = end_of_table_ram(ULLONG_MAX);
	now.machine->first_pfns[1] = end_of_table_ram(SZ_4G);
	for (size_t i = 0; ours && used && i < facts->changes.nr; i++) {
		const struct fact_change *change = &facts->changes.at[i];

		if (!is_standard_change(change) && !change_is_kernels_own(facts, change) &&
		    !made_already(ours, used, change))
			make_change(change);
	}
	if (now.machine->low_64k_assumed)
		e820__range_update(0, SZ_64K, E820_TYPE_RAM, E820_TYPE_RESERVED);
	if (now.machine->page_0_assumed)
		e820__range_update(0, PAGE_SIZE, E820_TYPE_RESERVED, E820_TYPE_RAM);
	free(used);
	log_facts_free(ours);
}

/* ---- Tables that Linux printed on the way ---------------------------------------------------- */

/* Linux's type for RAM that holds setup data: "usable" too, but never merged with it. */
#define TYPE_RESERVED_KERN 128

static bool fill_scratch(struct e820_table *table, struct boot_info *info,
			 const struct log_facts *facts)
{
	u32 max = (u32)(4 * (facts->bios.nr + facts->changes.nr) + 64);

	info->arena.size = E820_ARENA_SIZE(max) * 8;
	info->arena.base = calloc(1, info->arena.size);
	if (!info->arena.base || e820_table_init(table, info, max))
		return false;
	for (size_t i = 0; i < facts->bios.nr; i++) {
		const struct fact_range *r = &facts->bios.at[i];

		e820_table_add(table, r->start, range_size(r->start, r->end), r->type);
	}
	return e820_table_sanitize(table, NULL) == 0;
}

static void copy_table(struct fact_ranges *ranges, const struct e820_table *table)
{
	ranges->at = calloc(table->nr_entries + 1, sizeof(*ranges->at));
	for (u32 i = 0; ranges->at && i < table->nr_entries; i++) {
		const struct e820_entry *e = &table->entries[i];
		u32 type = e->type == TYPE_RESERVED_KERN ? E820_TYPE_RAM : e->type;

		ranges->at[ranges->nr++] = (struct fact_range){e->addr, e->addr + e->size, type};
	}
}

static void apply_to_scratch(struct e820_table *table, const struct fact_change *change)
{
	u64 size = range_size(change->start, change->end);
	u32 to = change->from == change->to ? TYPE_RESERVED_KERN : change->to;

	if (change->remove)
		e820_table_remove(table, change->start, size, change->from);
	else
		e820_table_update(table, change->start, size, change->from, to);
	e820_table_sanitize(table, NULL);
}

static bool splits_setup_data(const struct fact_change *change)
{
	return !change->remove && change->from == change->to;
}

/* mem= is applied as soon as it is read. */
static bool limits_memory(const struct fact_change *change)
{
	return change->remove && change->end >= (u64)-PAGE_SIZE;
}

/* The table with setup data, and the one that all changes to memory are made in. */
static void make_tables(struct machine *machine, const struct log_facts *facts)
{
	struct boot_info info = {0};
	struct e820_table table = {0};
	const struct fact_change *at = facts->changes.at;

	if (fill_scratch(&table, &info, facts)) {
		for (size_t i = 0; i < facts->changes.nr; i++)
			if (splits_setup_data(&at[i]) || limits_memory(&at[i]))
				apply_to_scratch(&table, &at[i]);
		copy_table(&machine->setup_data, &table);
		for (size_t i = 0; i < facts->changes.nr; i++)
			if (!splits_setup_data(&at[i]) && !change_is_kernels_own(facts, &at[i]))
				apply_to_scratch(&table, &at[i]);
		copy_table(&machine->modified, &table);
	}
	free(info.arena.base);
}

/* ---- Nodes ----------------------------------------------------------------------------------- */

static void add_distances(void)
{
	unsigned int n = now.facts->nr_distances;

	for (unsigned int i = 0; i < n * n; i++)
		if (now.facts->distances.at[i])
			numa_set_distance((int)(i / n), (int)(i % n),
					  (int)now.facts->distances.at[i]);
}

static int add_ranges(void)
{
	int err = 0;

	for (size_t i = 0; i < now.facts->node_ranges.nr && !err; i++) {
		const struct fact_node_range *r = &now.facts->node_ranges.at[i];

		err = numa_add_memblk((int)r->nid, r->start, r->end);
	}
	for (size_t i = 0; i < now.facts->initmem.nr && !err; i++)
		err = numa_add_node((int)now.facts->initmem.at[i].nid);
	if (!err)
		add_distances();
	return err;
}

static int init_log_nodes(void)
{
	if (now.machine->dummy_from_ram)
		return numa_add_memblk(0, memblock_start_of_DRAM(), PFN_PHYS(max_pfn));
	return add_ranges();
}

static struct numa_source log_nodes = {.name = "log", .init = init_log_nodes};

static bool ranges_have_nodes(const struct log_facts *facts)
{
	for (size_t i = 0; i < facts->node_ranges.nr; i++)
		if (facts->node_ranges.at[i].nid)
			return true;
	return facts->initmem.nr > 1;
}

/* What the log shows the result of, but no table: divided by hand, or by other firmware. */
static void choose_nodes(struct machine *machine, const struct log_facts *facts)
{
	bool fake = facts->fake_nodes.nr, any = facts->srat_memory.nr || facts->no_numa;
	bool asked = has_option(machine->options, "numa=");

	machine->nodes_from_ranges = !asked && (!any || fake) && ranges_have_nodes(facts);
	machine->dummy_from_ram =
		asked && fake && facts->no_numa && kernel_rules(&facts->version).nodes_from_ram;
	if (machine->nodes_from_ranges || machine->dummy_from_ram)
		numa_register_source(&log_nodes);
}

/* Where firmware may have its tables: a range that has room, the likely ones first. */
static u64 find_room(const struct fact_ranges *map, u64 ram_end, size_t size)
{
	static const u32 types[] = {E820_TYPE_ACPI, E820_TYPE_NVS, E820_TYPE_RESERVED,
				    E820_TYPE_RAM};

	for (size_t t = 0; t < ARRAY_SIZE(types); t++)
		for (size_t i = map->nr; i-- > 0;) {
			const struct fact_range *r = &map->at[i];
			u64 start = ALIGN(max_t(u64, r->start, SZ_1M), (u64)PAGE_SIZE);

			if (r->type == types[t] && r->end > start && r->end <= ram_end &&
			    r->end - start >= size)
				return start;
		}
	return 0;
}

static u64 end_of_ram(const struct fact_ranges *map)
{
	u64 end = 0;

	for (size_t i = 0; i < map->nr; i++)
		if (map->at[i].type == E820_TYPE_RAM)
			end = max_t(u64, end, map->at[i].end);
	return end;
}

static void write_tables(struct boot_info *info, const struct log_facts *facts,
			 const struct fact_ranges *map)
{
	size_t size = acpi_tables_size(facts);
	u64 base = size ? find_room(map, end_of_ram(map), size) : 0;

	if (base)
		info->rsdp = acpi_tables_write(facts, phys_to_virt(base), base, size);
	else if (size)
		pr_err("replay: no room for %zu bytes of ACPI tables\n", size);
}

/* ---- Bring-up --------------------------------------------------------------------------------- */

/*
 * Old kernels leave out the low 64 KB of some BIOSes, still older ones do not leave
 * out page 0. Where the log has no changes only their result tells it.
 */
static void assume_low_memory(struct machine *machine, const struct log_facts *facts)
{
	u64 start = facts->node_ranges.nr ? facts->node_ranges.at[0].start : PAGE_SIZE;

	if (facts->changes.nr)
		return;
	machine->low_64k_assumed = start == SZ_64K && inside_ram(facts, PAGE_SIZE, SZ_64K);
	machine->page_0_assumed = start == 0 && inside_ram(facts, 0, PAGE_SIZE);
}

/*
 * A later table in the log, where nothing in it tells how the firmware's became that:
 * the user's without options, or one cut by MTRRs without the changes.
 */
static const struct fact_ranges *choose_map(struct machine *machine, const struct log_facts *facts)
{
	const struct fact_ranges *map = &facts->bios;

	if (facts->modified.nr && !facts->changes.nr)
		map = &facts->modified;
	else if (facts->user.nr && !has_option(machine->options, "mem=") &&
		 !has_option(machine->options, "memmap="))
		map = &facts->user;
	machine->map_is_later = map != &facts->bios;
	return map;
}

/* As lint is to find them (baremm/arch.h). */
static void take_mtrrs(const struct fact_mtrrs *facts)
{
	static struct arch_mtrrs mtrrs;

	if (!facts->known)
		return;
	mtrrs = (struct arch_mtrrs){.enabled = true,
				    .default_type = facts->default_type,
				    .fixed = facts->fixed,
				    .nr = facts->nr};
	memcpy(mtrrs.low, facts->low, sizeof(mtrrs.low));
	for (unsigned int i = 0; i < facts->nr; i++)
		mtrrs.var[i] = (struct arch_mtrr){facts->var[i].base, facts->var[i].mask,
						  facts->var[i].type};
	host_mtrrs = &mtrrs;
}

static struct boot_info *make_machine(struct machine *machine, const struct log_facts *facts)
{
	const struct fact_ranges *map = choose_map(machine, facts);
	struct e820_entry *entries = calloc(map->nr + 1, sizeof(*entries));
	struct boot_info *info;

	if (!entries)
		return NULL;
	for (size_t i = 0; i < map->nr; i++)
		entries[i] = (struct e820_entry){
			.addr = map->at[i].start,
			.size = range_size(map->at[i].start, map->at[i].end),
			.type = map->at[i].type,
		};
	info = host_machine_init(entries, (u32)map->nr, machine->options);
	free(entries);
	take_mtrrs(&facts->mtrrs);
	write_tables(info, facts, map);
	return info;
}

static void bring_up(void *info)
{
	mm_bring_up(info);
	now.machine->faults = mm_verify_all();
	mm_dump_all(&seq_console);
}

const char *machine_bring_up(struct machine *machine, const struct log_facts *facts,
			     const struct machine_options *options)
{
	struct boot_info *info;

	*machine = (struct machine){0};
	machine->options = make_options(facts, options);
	if (!machine->options)
		return "out of memory";
	now.facts = facts;
	now.machine = machine;
	assume_low_memory(machine, facts);
	make_tables(machine, facts);
	info = make_machine(machine, facts);
	if (!info)
		return "out of memory";
	mm_register_options();
	parse_options(info->options);
	choose_nodes(machine, facts);
	e820_other_changes = make_other_changes;
	return host_expect_panic(bring_up, info);
}

/* SPDX-License-Identifier: MIT */
/*
 * Tables of typed address ranges: adding, changing, removing, putting in order.
 * Nothing here knows which table it works on.
 *
 * A table is put in order by a sweep over the addresses where entries start and
 * end. `active` is a heap of the entries that hold the current address, with the
 * highest type on top; one that has ended is dropped when it comes to the top.
 *
 *   entries   |------ usable ------|     |-- usable --|
 *                   |-- ACPI --|  |-- reserved --|
 *   sweep     ^     ^          ^  ^  ^   ^       ^    ^
 *   result    |usabl|   ACPI   |us|  reserved    |us  |
 */
#include <baremm/e820.h>
#include <baremm/boot_info.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>

/* An entry starts, or the address after it is reached. */
struct e820_change {
	u64 addr;
	u32 entry;
	u32 end;
};

/* Takes new arrays of @max entries; the old ones are lost to the arena. */
static int __init set_room(struct e820_table *table, u32 max)
{
	size_t entries = max * sizeof(*table->entries);
	size_t changes = 2UL * max * sizeof(*table->changes);
	size_t total = 2 * entries + changes + max * sizeof(*table->active);
	char *room = boot_arena_alloc(table->info, total);

	if (!room) {
		pr_err("e820: no room for %u entries (%zu bytes) in the boot record's arena: %zu "
		       "of %zu used\n",
		       max, total, table->info->arena.used, table->info->arena.size);
		return -ENOMEM;
	}
	if (table->nr_entries)
		memcpy(room, table->entries, table->nr_entries * sizeof(*table->entries));
	table->entries = (struct e820_entry *)room;
	table->spare = (struct e820_entry *)(room + entries);
	table->changes = (struct e820_change *)(room + 2 * entries);
	table->active = (u32 *)(room + 2 * entries + changes);
	table->max_entries = max;
	return 0;
}

int __init e820_table_init(struct e820_table *table, struct boot_info *info, u32 max)
{
	*table = (struct e820_table){.info = info};
	return set_room(table, max);
}

static int make_room(struct e820_table *table, u64 nr)
{
	if (nr <= table->max_entries)
		return 0;
	return set_room(table, (u32)max_t(u64, nr, 2ULL * table->max_entries));
}

/* The last byte, which exists where the end does not: at 2^64. */
static u64 last_byte(const struct e820_entry *entry)
{
	return entry->addr + entry->size - 1;
}

int __init e820_table_add(struct e820_table *table, u64 start, u64 size, u32 type)
{
	if (make_room(table, table->nr_entries + 1ULL))
		return -ENOMEM;
	table->entries[table->nr_entries++] =
		(struct e820_entry){.addr = start, .size = size, .type = type};
	return 0;
}

/* ---- Changing a range ---------------------------------------------------------- */

/* Does the part of @entry in [start, end) exist, and is it of @type (0: any)? */
static bool is_affected(const struct e820_entry *entry, u64 start, u64 end, u32 type)
{
	return entry->size && entry->addr < end && last_byte(entry) >= start &&
	       (!type || entry->type == type);
}

/*
 * Cuts @entry at @start and @end, appending what lies outside as entries of their
 * own. There is room for two.
 */
static void cut_out(struct e820_table *table, struct e820_entry *entry, u64 start, u64 end)
{
	u64 last = last_byte(entry);

	if (entry->addr < start) {
		e820_table_add(table, entry->addr, start - entry->addr, entry->type);
		entry->size = last - start + 1;
		entry->addr = start;
	}
	if (last >= end) {
		e820_table_add(table, end, last - end + 1, entry->type);
		entry->size = end - entry->addr;
	}
}

/* As Linux does, a range that would wrap ends at the last byte, exclusively. */
static u64 range_end(u64 start, u64 size)
{
	return start + min(size, ULLONG_MAX - start);
}

/* Gives what is @old_type (0: all) in [start, end) a new type; 0 stands for removal. */
static u64 __init change_range(struct e820_table *table, u64 start, u64 end, u32 old_type,
			       u32 new_type)
{
	u32 nr = table->nr_entries, affected = 0;
	u64 changed = 0;

	for (u32 i = 0; i < nr; i++)
		affected += is_affected(&table->entries[i], start, end, old_type);
	if (make_room(table, nr + 2ULL * affected))
		return 0;
	for (u32 i = 0; i < nr; i++) {
		struct e820_entry *entry = &table->entries[i];

		if (!is_affected(entry, start, end, old_type))
			continue;
		cut_out(table, entry, start, end);
		changed += entry->size;
		entry->type = new_type;
	}
	return changed;
}

u64 __init e820_table_update(struct e820_table *table, u64 start, u64 size, u32 old_type,
			     u32 new_type)
{
	return change_range(table, start, range_end(start, size), old_type, new_type);
}

u64 __init e820_table_remove(struct e820_table *table, u64 start, u64 size, u32 type)
{
	u64 removed = change_range(table, start, range_end(start, size), type, 0);
	u32 kept = 0;

	for (u32 i = 0; i < table->nr_entries; i++)
		if (table->entries[i].type)
			table->entries[kept++] = table->entries[i];
	table->nr_entries = kept;
	return removed;
}

/* ---- Putting in order ------------------------------------------------------------ */

/* These may be distinct devices that touch: merging would lose the border. */
static bool never_merged(u32 type)
{
	return type == E820_TYPE_PRAM || type == E820_TYPE_SOFT_RESERVED;
}

static bool known_type(u32 type)
{
	return (type >= E820_TYPE_RAM && type <= E820_TYPE_UNUSABLE) || type == E820_TYPE_PMEM ||
	       type == E820_TYPE_PRAM || type == E820_TYPE_SOFT_RESERVED;
}

static void log_repair(const struct e820_entry *entry, u32 index, const char *what)
{
	char buf[E820_TYPE_NAME_MAX];

	pr_warn("e820: entry %u [mem 0x%016llx-0x%016llx] %s %s\n", index, entry->addr,
		last_byte(entry), e820_type_name(entry->type, buf), what);
}

/* Leaves out empty entries and cuts those that wrap. Keeps the order. */
static void drop_bad_entries(struct e820_table *table, struct e820_repairs *repairs)
{
	u32 kept = 0;
	u64 before = 0;

	for (u32 i = 0; i < table->nr_entries; i++) {
		struct e820_entry entry = table->entries[i];
		bool wraps = entry.size && last_byte(&entry) < entry.addr;

		if (repairs) {
			repairs->unsorted += entry.addr < before;
			repairs->wrapping += wraps;
			repairs->empty += !entry.size;
			repairs->unknown += !known_type(entry.type);
			if (wraps)
				log_repair(&entry, i, "passes 2^64, cut there");
			if (!entry.size)
				log_repair(&entry, i, "is empty, left out");
			if (!known_type(entry.type))
				log_repair(&entry, i, "is of no known type, reserved");
		}
		before = entry.addr;
		if (wraps)
			entry.size = 0 - entry.addr;
		/* Type 0 is no type: it would say that nothing is there. */
		if (!entry.type)
			entry.type = E820_TYPE_RESERVED;
		if (entry.size)
			table->entries[kept++] = entry;
	}
	table->nr_entries = kept;
	if (repairs && repairs->unsorted)
		pr_info("e820: %u of %u entries out of order, sorted\n", repairs->unsorted,
			table->nr_entries);
}

static int __init compare_changes(const void *a, const void *b)
{
	const struct e820_change *x = a;
	const struct e820_change *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* Lists all starts and ends by address. What reaches 2^64 has no end. */
static u32 list_changes(struct e820_table *table)
{
	u32 nr = 0;

	for (u32 i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *entry = &table->entries[i];
		u64 end = entry->addr + entry->size;

		table->changes[nr++] = (struct e820_change){entry->addr, i, false};
		if (end)
			table->changes[nr++] = (struct e820_change){end, i, true};
	}
	sort(table->changes, nr, sizeof(*table->changes), compare_changes, NULL);
	return nr;
}

static bool outranks(const struct e820_table *table, u32 a, u32 b)
{
	return table->entries[a].type > table->entries[b].type;
}

/* Adds @entry to the heap of @nr entries. */
static void push_active(struct e820_table *table, u32 nr, u32 entry)
{
	u32 *heap = table->active;
	u32 i = nr, parent;

	for (; i && outranks(table, entry, heap[parent = (i - 1) / 2]); i = parent)
		heap[i] = heap[parent];
	heap[i] = entry;
}

/* Takes the top off a heap of @nr entries. */
static void pop_active(struct e820_table *table, u32 nr)
{
	u32 *heap = table->active;
	u32 last = heap[nr - 1], i = 0, child;

	while ((child = 2 * i + 1) < nr - 1) {
		if (child + 1 < nr - 1 && outranks(table, heap[child + 1], heap[child]))
			child++;
		if (!outranks(table, heap[child], last))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = last;
}

struct sweep {
	u32 nr_active; /* in the heap, those that have ended among them */
	u32 nr_open;   /* entries that hold the current address */
	u32 nr_out;
	u64 start; /* of the piece being made */
	u32 type;  /* of it; 0: nothing is there */
};

/* Takes in all changes at one address; returns the index of the next. */
static u32 apply_changes(struct e820_table *table, struct sweep *sweep, u32 i, u32 nr,
			 struct e820_repairs *repairs)
{
	u64 addr = table->changes[i].addr;
	u32 first = i;

	for (; i < nr && table->changes[i].addr == addr; i++)
		sweep->nr_open -= table->changes[i].end;
	for (u32 j = first; j < i; j++) {
		u32 index = table->changes[j].entry;

		if (table->changes[j].end)
			continue;
		if (sweep->nr_open++ && repairs) {
			repairs->overlapping++;
			log_repair(&table->entries[index], index,
				   "overlaps another, stricter type wins");
		}
		push_active(table, sweep->nr_active++, index);
	}
	while (sweep->nr_active && last_byte(&table->entries[table->active[0]]) < addr)
		pop_active(table, sweep->nr_active--);
	return i;
}

static void end_piece(struct e820_table *table, struct sweep *sweep, u64 end)
{
	u64 size = end - sweep->start;

	if (!sweep->type)
		return;
	/* All of 2^64 bytes cannot be said in 64 bits. */
	table->spare[sweep->nr_out++] = (struct e820_entry){
		.addr = sweep->start, .size = size ? size : ULLONG_MAX, .type = sweep->type};
}

int __init e820_table_sanitize(struct e820_table *table, struct e820_repairs *repairs)
{
	struct sweep sweep = {0};
	u32 nr;

	/* n entries have 2n edges at most, so 2n - 1 pieces. */
	if (make_room(table, 2ULL * table->nr_entries))
		return -ENOMEM;
	drop_bad_entries(table, repairs);
	nr = list_changes(table);
	for (u32 i = 0; i < nr;) {
		u64 addr = table->changes[i].addr;
		u32 type;

		i = apply_changes(table, &sweep, i, nr, repairs);
		type = sweep.nr_active ? table->entries[table->active[0]].type : 0;
		if (type == sweep.type && !never_merged(type))
			continue;
		end_piece(table, &sweep, addr);
		sweep.start = addr;
		sweep.type = type;
	}
	end_piece(table, &sweep, 0);
	swap(table->entries, table->spare);
	table->nr_entries = sweep.nr_out;
	return 0;
}

int __init e820__update_table(struct e820_table *table)
{
	return e820_table_sanitize(table, NULL);
}

static int fault(u32 index, const struct e820_entry *entry, const char *what)
{
	pr_err("e820: entry %u [mem 0x%016llx-0x%016llx] type %u %s\n", index, entry->addr,
	       last_byte(entry), entry->type, what);
	return 1;
}

int e820_verify(const struct e820_table *table)
{
	int faults = 0;

	if (table->nr_entries > table->max_entries) {
		pr_err("e820: %u entries in room for %u\n", table->nr_entries, table->max_entries);
		return 1;
	}
	for (u32 i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *entry = &table->entries[i];
		const struct e820_entry *prev = i ? entry - 1 : NULL;

		if (!entry->size)
			faults += fault(i, entry, "is empty");
		else if (last_byte(entry) < entry->addr)
			faults += fault(i, entry, "passes 2^64");
		if (!prev)
			continue;
		if (entry->addr < prev->addr)
			faults += fault(i, entry, "is out of order");
		else if (entry->addr <= last_byte(prev))
			faults += fault(i, entry, "overlaps the one before");
		else if (entry->addr == prev->addr + prev->size && entry->type == prev->type &&
			 !never_merged(entry->type))
			faults += fault(i, entry, "should be one with the one before");
	}
	return faults;
}

/* SPDX-License-Identifier: MIT */
/*
 * The live page tables in the form of Linux's page-table dump
 * (/sys/kernel/debug/page_tables/kernel): one line for each run of entries of
 * one level with equal bits, a heading at the start of each area.
 */
#include <baremm/arch.h>

#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/seq_file.h>

#include "mmu.h"

/* What of an entry is printed. The PAT bit of large pages is moved to a place of its own. */
#define DUMP_BITS                                                                    \
	(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_PWT | _PAGE_PCD | _PAGE_PSE | \
	 _PAGE_GLOBAL | _PAGE_NX)
#define DUMP_PAT (1ULL << 62)

struct marker {
	unsigned long start;
	const char *name;
};

struct dump {
	struct seq_file *m;
	unsigned long start; /* of the run being gathered */
	unsigned long end;   /* one past it; 0 past the last address */
	u64 bits;
	int level; /* 0: nothing gathered */
	const struct marker *marker;
};

/* The size in the largest unit that divides it: "2M", "1052672K". */
static void print_size(struct seq_file *m, unsigned long size)
{
	static const char units[] = "BKMGTPE";
	const char *unit = units;

	while (!(size & 1023) && unit[1]) {
		size >>= 10;
		unit++;
	}
	seq_printf(m, "%9lu%c ", size, *unit);
}

static void print_bits(struct seq_file *m, u64 bits)
{
	if (!(bits & _PAGE_PRESENT)) {
		seq_printf(m, "%30s", "");
		return;
	}
	seq_puts(m, bits & _PAGE_USER ? "USR " : "    ");
	seq_puts(m, bits & _PAGE_RW ? "RW " : "ro ");
	seq_puts(m, bits & _PAGE_PWT ? "PWT " : "    ");
	seq_puts(m, bits & _PAGE_PCD ? "PCD " : "    ");
	seq_puts(m, bits & _PAGE_PSE ? "PSE " : "    ");
	seq_puts(m, bits & DUMP_PAT ? "PAT " : "    ");
	seq_puts(m, bits & _PAGE_GLOBAL ? "GLB " : "    ");
	seq_puts(m, bits & _PAGE_NX ? "NX " : "x  ");
}

/* By the level; the root's is pgd, with four levels and with five. */
static const char *level_name(int level)
{
	static const char *const names[] = {"", "pte", "pmd", "pud", "p4d", "pgd"};

	return level == live_pgtable.levels ? "pgd" : names[level];
}

static void print_run(struct dump *d)
{
	if (!d->level)
		return;
	seq_printf(d->m, "0x%016lx-0x%016lx   ", d->start, d->end);
	print_size(d->m, d->end - d->start);
	print_bits(d->m, d->bits);
	seq_printf(d->m, "%s\n", level_name(d->level));
}

/* Adds the entry that maps [va, va + size) to the run, or ends it and begins another. */
static void note(struct dump *d, unsigned long va, unsigned long size, u64 bits, int level)
{
	bool new_area = d->marker[1].name && va >= d->marker[1].start;

	if (d->level != level || d->bits != bits || new_area) {
		print_run(d);
		while (d->marker[1].name && va >= d->marker[1].start) {
			d->marker++;
			seq_printf(d->m, "---[ %s ]---\n", d->marker->name);
		}
		d->start = va;
		d->bits = bits;
		d->level = level;
	}
	d->end = va + size;
}

static u64 entry_bits(u64 entry, int level)
{
	u64 bits = entry & DUMP_BITS;

	if (!(entry & _PAGE_PRESENT))
		return 0;
	if (level == 1)
		bits = (bits & ~_PAGE_PSE) | (entry & _PAGE_PAT ? DUMP_PAT : 0);
	else if (entry & _PAGE_PAT_LARGE)
		bits |= DUMP_PAT;
	return bits;
}

static void dump_table(struct dump *d, phys_addr_t page, int level, unsigned long va,
		       unsigned int from, unsigned int to)
{
	const u64 *table = pgtable_at(&live_pgtable, page);
	unsigned long size = level_size(level);

	for (unsigned int i = from; i < to; i++, va += size) {
		if ((table[i] & _PAGE_PRESENT) && !entry_is_leaf(table[i], level))
			dump_table(d, entry_phys(&live_pgtable, table[i]), level - 1, va, 0,
				   PTRS_PER_TABLE);
		else
			note(d, va, size, entry_bits(table[i], level), level);
	}
}

void pgtable_dump(struct seq_file *m)
{
	unsigned long half = 1UL << (level_shift(live_pgtable.levels) + 8);
	/* The first is where the search starts, and has no heading. */
	const struct marker markers[] = {
		{0, ""},
		{0, "Identity Mapping"},
		{0 - half, "Kernel Space"},
		{mmu_page_offset(), "Low Kernel Mapping"},
		{vmalloc_base, "vmalloc() Area"},
		{vmemmap_base, "Vmemmap"},
		{FB_WINDOW, "Framebuffer"},
		{have_highmem() ? PKMAP_BASE : 0, have_highmem() ? "kmap() Area" : NULL},
		{FIX_KMAP_BASE, "Fixmap Area"},
		{0, NULL},
	};
	struct dump d = {.m = m, .marker = markers};
	int levels = live_pgtable.levels;

	dump_table(&d, live_pgtable.root, levels, 0, 0, PTRS_PER_TABLE / 2);
	dump_table(&d, live_pgtable.root, levels, 0 - half, PTRS_PER_TABLE / 2, PTRS_PER_TABLE);
	print_run(&d);
}

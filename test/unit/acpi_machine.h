/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables made by tests, byte by byte, and put into the RAM of simulated
 * machines as firmware does it.
 */
#ifndef _TEST_ACPI_MACHINE_H
#define _TEST_ACPI_MACHINE_H

#include "zones_machine.h"

#include <baremm/acpi.h>
#include <baremm/boot_info.h>
#include <baremm/bringup.h>
#include <baremm/e820.h>
#include <baremm/options.h>
#include <linux/memory_hotplug.h>
#include <linux/string.h>
#include <stdlib.h>

#include "../../mm/acpi.h"

/* ---- Bytes ------------------------------------------------------------------- */

struct bytes {
	size_t len;
	u8 at[16384];
};

/* Little-endian, as ACPI has it. */
static inline void put(struct bytes *b, u64 value, size_t size)
{
	assert_true(b->len + size <= sizeof(b->at));
	for (; size; size--, value >>= 8)
		b->at[b->len++] = (u8)value;
}

static inline void set32(struct bytes *b, size_t offset, u32 value)
{
	memcpy(b->at + offset, &value, sizeof(value));
}

static inline u8 sum_of(const u8 *bytes, size_t len)
{
	u8 sum = 0;

	while (len--)
		sum = (u8)(sum + bytes[len]);
	return sum;
}

/* Length and checksum of a table made so far. */
static inline void end_table(struct bytes *b)
{
	set32(b, 4, (u32)b->len);
	b->at[9] = 0;
	b->at[9] = (u8)-sum_of(b->at, b->len);
}

static inline void begin_table(struct bytes *b, const char *signature, u8 revision)
{
	static const char ids[] = "BOCHS BXPC    ";

	b->len = 0;
	memcpy(b->at, signature, 4);
	memset(b->at + 4, 0, 4);
	b->at[8] = revision;
	b->at[9] = 0;
	memcpy(b->at + 10, ids, 14);
	b->len = 24;
	put(b, 1, 4);
	put(b, 0x43505842, 4); /* BXPC */
	put(b, 1, 4);
}

/* ---- SRAT, SLIT and HMAT ------------------------------------------------------- */

static inline void begin_srat(struct bytes *b, u8 revision)
{
	begin_table(b, "SRAT", revision);
	put(b, 1, 4);
	put(b, 0, 8);
}

static inline void srat_cpu(struct bytes *b, u32 pxm, u8 apic_id, u32 flags)
{
	put(b, 0, 1);
	put(b, 16, 1);
	put(b, pxm & 0xff, 1);
	put(b, apic_id, 1);
	put(b, flags, 4);
	put(b, pxm & 0xffffff00, 4); /* a byte of another field, then the upper 24 bits */
	put(b, 0, 4);
}

static inline void srat_x2apic(struct bytes *b, u32 pxm, u32 apic_id, u32 flags)
{
	put(b, 2, 1);
	put(b, 24, 1);
	put(b, 0, 2);
	put(b, pxm, 4);
	put(b, apic_id, 4);
	put(b, flags, 4);
	put(b, 0, 8);
}

static inline void srat_memory(struct bytes *b, u32 pxm, u64 start, u64 end, u32 flags)
{
	put(b, 1, 1);
	put(b, 40, 1);
	put(b, pxm, 4);
	put(b, 0, 2);
	put(b, start, 8);
	put(b, end - start, 8);
	put(b, 0, 4);
	put(b, flags, 4);
	put(b, 0, 8);
}

enum { ENABLED = 1, HOT_PLUGGABLE = 2, NON_VOLATILE = 4 };

/* ---- MADT --------------------------------------------------------------------------- */

static inline void begin_madt(struct bytes *b)
{
	begin_table(b, "APIC", 4);
	put(b, 0xfee00000, 4);
	put(b, 1, 4);
}

static inline void madt_cpu(struct bytes *b, u8 uid, u8 apic_id, u32 flags)
{
	put(b, 0, 1);
	put(b, 8, 1);
	put(b, uid, 1);
	put(b, apic_id, 1);
	put(b, flags, 4);
}

static inline void madt_x2apic(struct bytes *b, u32 uid, u32 apic_id, u32 flags)
{
	put(b, 9, 1);
	put(b, 16, 1);
	put(b, 0, 2);
	put(b, apic_id, 4);
	put(b, flags, 4);
	put(b, uid, 4);
}

static inline void make_slit(struct bytes *b, const u8 *distances, u64 n)
{
	begin_table(b, "SLIT", 1);
	put(b, n, 8);
	for (u64 i = 0; i < n * n; i++)
		put(b, distances[i], 1);
	end_table(b);
}

/* ---- Firmware --------------------------------------------------------------------- */

/* Tables go into RAM from @next on; those in the list are named by the root table. */
struct firmware {
	phys_addr_t next;
	phys_addr_t list[400];
	u32 nr;
};

static inline void begin_hmat(struct bytes *b, u8 revision)
{
	begin_table(b, "HMAT", revision);
	put(b, 0, 4);
}

/* Initiators 0 to @n - 1, targets the same. */
static inline void hmat_locality(struct bytes *b, u8 flags, u8 type, u64 base, const u16 *values,
				 u32 n)
{
	put(b, HMAT_LOCALITY, 4);
	put(b, 32 + 8 * n + 2 * n * n, 4);
	put(b, flags, 1);
	put(b, type, 1);
	put(b, 0, 2);
	put(b, n, 4);
	put(b, n, 4);
	put(b, 0, 4);
	put(b, base, 8);
	for (u32 i = 0; i < 2 * n; i++)
		put(b, i % n, 4);
	for (u32 i = 0; i < n * n; i++)
		put(b, values[i], 2);
}

static inline u8 *ram_at(phys_addr_t pa)
{
	return (u8 *)(host_ram_base + pa);
}

static inline phys_addr_t place_bytes(struct firmware *fw, const void *bytes, size_t len)
{
	phys_addr_t at = fw->next;

	memcpy(ram_at(at), bytes, len);
	fw->next = ALIGN(at + len, 16);
	return at;
}

/* Puts the table where firmware would, and into the root table. */
static inline phys_addr_t place(struct firmware *fw, const struct bytes *b)
{
	fw->list[fw->nr] = place_bytes(fw, b->at, b->len);
	return fw->list[fw->nr++];
}

/* A root table with entries of @entry_size bytes. */
static inline phys_addr_t place_root(struct firmware *fw, size_t entry_size)
{
	struct bytes root;

	begin_table(&root, entry_size == 8 ? "XSDT" : "RSDT", 1);
	for (u32 i = 0; i < fw->nr; i++)
		put(&root, fw->list[i], entry_size);
	end_table(&root);
	return place_bytes(fw, root.at, root.len);
}

/* @xsdt 0: an RSDP of version 1. */
static inline phys_addr_t place_rsdp(struct firmware *fw, phys_addr_t rsdt, phys_addr_t xsdt)
{
	struct bytes b = {.len = 0};

	memcpy(b.at, "RSD PTR \0BOCHS ", 15);
	b.len = 15;
	put(&b, xsdt ? 2 : 0, 1);
	put(&b, rsdt, 4);
	b.at[8] = (u8)-sum_of(b.at, 20);
	if (xsdt) {
		put(&b, 36, 4);
		put(&b, xsdt, 8);
		put(&b, 0, 4);
		b.at[32] = (u8)-sum_of(b.at, 36);
	}
	return place_bytes(fw, b.at, b.len);
}

static inline phys_addr_t place_xsdt_and_rsdp(struct firmware *fw)
{
	return place_rsdp(fw, 0, place_root(fw, 8));
}

/* ---- Machines ----------------------------------------------------------------------- */

/* A machine with this map, all state as at program start, no step of bring-up done. */
static inline struct boot_info *acpi_machine(const struct e820_entry *map, u32 nr,
					     const char *options)
{
	struct boot_info *info;

	host_log_clear();
	info = host_machine_init(map, nr, options);
	memblock_reset();
	page_alloc_reset();
	e820_forget_options();
	return info;
}

/* The program's own bring-up, options first. */
static inline void bring_up(struct boot_info *info)
{
	mm_register_options();
	parse_options(info->options);
	mm_bring_up(info);
}

/* No page may be lost, whatever firmware says: the nodes' zones hold all memory. */
static inline void assert_no_ram_is_lost(void)
{
	unsigned long present = 0;
	int nid;

	for_each_node (nid)
		for (int i = 0; i < MAX_NR_ZONES; i++)
			present += NODE_DATA(nid)->node_zones[i].present_pages;
	assert_int_equal(present, memblock_phys_mem_size() >> PAGE_SHIFT);
}

static inline void assert_in_log(const char *text)
{
	if (!host_log_contains(text))
		fail_msg("not in the log: %s\n%s", text, host_log());
}

static inline void assert_not_in_log(const char *text)
{
	if (host_log_contains(text))
		fail_msg("in the log: %s\n%s", text, host_log());
}

#endif /* _TEST_ACPI_MACHINE_H */

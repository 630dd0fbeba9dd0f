// SPDX-License-Identifier: MIT
/*
 * Firmware's tables: any bytes where ACPI tables should be, and in the northbridge's
 * registers, on a machine that goes on to look for its nodes. No RAM may be lost.
 *
 *   input   | form | tables: name, length 2, bytes | ...
 *
 * Most forms are put right where that lets an input reach further: the lengths and
 * checksums of tables, of SRAT's entries and HMAT's structures, SLIT's diagonal.
 */
#include "fuzz_nodes.h"

#include "../unit/acpi_machine.h"

enum {
	FORM_RAW = 1,	    /* the bytes are firmware's memory, an RSDP first */
	FORM_CHECKSUMS = 2, /* as they are */
	FORM_LENGTHS = 4,   /* inside tables as they are */
	FORM_RSDT = 8,
	FORM_STRAY = 16, /* a root entry that the input gives */
	FORM_AMD = 32,	 /* a northbridge, and no SRAT unless there is one */
	FORM_FAKE = 64,	 /* numa=fake= on top */
};

static u8 pci_bytes[256];

static u32 read_pci(unsigned int bus, unsigned int dev, unsigned int fn, unsigned int offset)
{
	u32 value;

	if (bus || dev != 24 || fn > 1)
		return ~0u;
	if (!offset)
		return (0x1200u + fn) << 16 | 0x1022;
	memcpy(&value, pci_bytes + offset % 252, sizeof(value));
	/* Four nodes, and their ranges in the machine's first gigabytes. */
	return offset == 0x60 ? value | 0x30 : value & 0x01ff0307;
}

/* ---- Tables ----------------------------------------------------------------------------- */

/* Entries of a length that their type can have; memory in megabytes, as RAM here lies. */
static void mend_srat(struct bytes *b)
{
	static const u8 lengths[] = {16, 40, 24, 18, 12, 32, 32};

	for (size_t at = 48, length; at < b->len; at += length) {
		u8 type = b->at[at] % ARRAY_SIZE(lengths);

		length = lengths[type];
		if (length > b->len - at) {
			b->len = at;
			break;
		}
		b->at[at] = type;
		b->at[at + 1] = (u8)length;
		if (type == SRAT_MEMORY) {
			u64 base = acpi_u16(b->at, at + 8) & 0x1fff;
			u64 size = acpi_u16(b->at, at + 16) & 0x1fff;

			base <<= 20;
			size <<= 20;
			memcpy(b->at + at + 8, &base, 8);
			memcpy(b->at + at + 16, &size, 8);
			b->at[at + 4] = b->at[at + 5] = 0;
		}
	}
}

static void mend_madt(struct bytes *b)
{
	for (size_t at = 44, length; at < b->len; at += length) {
		length = b->at[at] % 2 ? 16 : 8;
		if (length > b->len - at) {
			b->len = at;
			break;
		}
		b->at[at] = length == 16 ? 9 : 0;
		b->at[at + 1] = (u8)length;
	}
}

static void mend_slit(struct bytes *b)
{
	size_t n = 0;

	while (44 + (n + 1) * (n + 1) <= b->len)
		n++;
	if (!n)
		return;
	b->len = 44 + n * n;
	memset(b->at + 36, 0, 8);
	b->at[36] = (u8)n;
	for (size_t i = 0; i < n * n; i++)
		if (i / n == i % n)
			b->at[44 + i] = 10;
		else if (b->at[44 + i] <= 10)
			b->at[44 + i] += 11;
}

static void mend_hmat(struct bytes *b)
{
	b->at[8] = 1 + b->at[8] % 2;
	for (size_t at = 40, length; at < b->len; at += length) {
		size_t left = b->len - at;
		u8 type = b->at[at] % 3;
		u8 nr = type == HMAT_LOCALITY && left >= 32 ? b->at[at + 12] % 6 : 0;

		length = type == HMAT_PROXIMITY ? 40 : 32 + 8u * nr + 2u * nr * nr;
		if (length > left) {
			b->len = at;
			break;
		}
		b->at[at] = type;
		b->at[at + 1] = 0;
		set32(b, at + 4, (u32)length);
		if (type == HMAT_LOCALITY) {
			set32(b, at + 12, nr);
			set32(b, at + 16, nr);
		}
	}
}

/* A table of the input's bytes. False: there are none left. */
static bool take_table(struct bytes *b, u8 form)
{
	static const char *const names[] = {"SRAT", "SLIT", "HMAT", "FACP", "APIC", "FACS"};
	u8 name = fuzz_u8();
	size_t length = min_t(size_t, fuzz_u16() % 2048, fuzz_in.left);

	if (!fuzz_in.left)
		return false;
	begin_table(b, names[name % ARRAY_SIZE(names)], fuzz_u8());
	if (name % ARRAY_SIZE(names) == 0)
		put(b, 0, 12); /* reserved */
	if (name % ARRAY_SIZE(names) == 2)
		put(b, 0, 4);
	while (length--)
		put(b, fuzz_u8(), 1);
	if (form & FORM_LENGTHS)
		return true;
	if (name % ARRAY_SIZE(names) == 0)
		mend_srat(b);
	if (name % ARRAY_SIZE(names) == 1)
		mend_slit(b);
	if (name % ARRAY_SIZE(names) == 2)
		mend_hmat(b);
	if (name % ARRAY_SIZE(names) == 4)
		mend_madt(b);
	return true;
}

static phys_addr_t place_tables(u8 form)
{
	struct firmware fw = {.next = FIRMWARE_BASE + 0x40};
	phys_addr_t root;
	struct bytes b;

	if (form & FORM_STRAY)
		fw.list[fw.nr++] = fuzz_u64();
	while (fw.nr < 16 && fw.next < FIRMWARE_BASE + FIRMWARE_SIZE - 8192 &&
	       take_table(&b, form)) {
		end_table(&b);
		if (form & FORM_CHECKSUMS)
			b.at[fuzz_u8() % b.len] ^= fuzz_u8();
		fw.next += fuzz_u8() % 4; /* at odd addresses, too */
		place(&fw, &b);
	}
	root = place_root(&fw, form & FORM_RSDT ? 4 : 8);
	return form & FORM_RSDT ? place_rsdp(&fw, root, 0) : place_rsdp(&fw, 0, root);
}

static phys_addr_t place_raw(u8 form)
{
	size_t length = min_t(size_t, fuzz_in.left, FIRMWARE_SIZE);
	u8 *at = ram_at(FIRMWARE_BASE);

	memcpy(at, fuzz_in.at, length);
	if (!(form & FORM_CHECKSUMS)) {
		memcpy(at, "RSD PTR ", 8);
		at[8] = (u8)(at[8] - sum_of(at, 20));
		at[32] = (u8)(at[32] - sum_of(at, 36));
	}
	return FIRMWARE_BASE;
}

/* A count, a size in MB, or parts of each node. */
static const char *take_options(u8 form)
{
	static char text[32];
	u8 how;

	if (!(form & FORM_FAKE))
		return "";
	how = fuzz_u8();
	snprintf(text, sizeof(text), "numa=fake=%u%s", 1 + how / 3,
		 how % 3 == 1 ? "M"
		 : how % 3    ? "U"
			      : "");
	return text;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct boot_info *info;
	u8 form;

	fuzz_start(data, size);
	form = fuzz_u8();
	info = nodes_machine(take_options(form));
	if (form & FORM_AMD) {
		for (size_t i = 0x40; i < 0x80; i++)
			pci_bytes[i] = fuzz_u8();
		host_core_id_bits = fuzz_u8() % 8;
		host_boot_apic_id = fuzz_u8();
		host_pci_read32 = read_pci;
	}
	info->rsdp = form & FORM_RAW ? place_raw(form) : place_tables(form);
	fuzz_run(nodes_parse_options, info);
	fuzz_run(nodes_setup_memory, info);
	fuzz_run(nodes_find, info);
	check_nodes(2 * SZ_128M - SZ_4K - (BIOS_END - BIOS_BEGIN));
	return 0;
}

/* ---- Seeds ------------------------------------------------------------------------------- */

static void append(u8 *data, size_t *len, u8 name, const struct bytes *b, size_t from)
{
	data[(*len)++] = name;
	data[(*len)++] = (u8)(b->len - from);
	data[(*len)++] = (u8)((b->len - from) >> 8);
	data[(*len)++] = b->at[8];
	memcpy(data + *len, b->at + from, b->len - from);
	*len += b->len - from;
	data[(*len)++] = 0;
}

/* @unit: what addresses count, for mend_srat() megabytes. */
static void seed_srat(struct bytes *b, u64 unit)
{
	begin_srat(b, 3);
	srat_cpu(b, 0, 0, ENABLED);
	srat_x2apic(b, 1, 300, ENABLED);
	srat_memory(b, 0, 0, 128 * unit, ENABLED);
	srat_memory(b, 1, 4096 * unit, 4160 * unit, ENABLED);
	srat_memory(b, 2, 4160 * unit, 4224 * unit, ENABLED | HOT_PLUGGABLE);
	srat_memory(b, 3, 4224 * unit, 8191 * unit, NON_VOLATILE);
}

static void seed_hmat(struct bytes *b)
{
	begin_table(b, "HMAT", 2);
	put(b, 0, 4);
	put(b, HMAT_PROXIMITY, 4);
	put(b, 40, 4);
	put(b, 1, 4); /* flags */
	put(b, 0, 4); /* initiator */
	put(b, 1, 4); /* memory */
	put(b, 0, 20);
	for (u64 kind = 0; kind < NR_HMAT_DATA_TYPES; kind++) {
		put(b, HMAT_LOCALITY, 4);
		put(b, 32 + 16 + 8, 4);
		put(b, kind << 8, 4);
		put(b, 2, 4);
		put(b, 2, 4);
		put(b, 0, 4);
		put(b, 100, 8);
		put(b, 1ULL << 32, 8);
		put(b, 1ULL << 32, 8);
		put(b, 0x000500040003ffff, 8);
	}
}

static size_t fuzz_seed(unsigned int i, u8 *data)
{
	static const u8 forms[] = {0,	     FORM_FAKE,	 FORM_RSDT,    FORM_CHECKSUMS,
				   FORM_AMD, FORM_STRAY, FORM_LENGTHS, FORM_RAW};
	static const u8 distances[] = {10, 20, 30, 20, 10, 30, 30, 30, 10};
	struct bytes b;
	size_t len = 0;

	if (i >= ARRAY_SIZE(forms))
		return 0;
	data[len++] = forms[i];
	if (forms[i] & FORM_AMD) {
		for (u32 n = 0; n < 8; n++)
			for (int reg = 0; reg < 2; reg++) {
				u32 value = reg ? (n * 4 + 3) << 16 | n : n << 18 | 3;

				memcpy(data + len, &value, 4);
				len += 4;
			}
		return len + 2;
	}
	if (forms[i] & FORM_FAKE)
		data[len++] = 2 + 3;
	if (forms[i] & FORM_STRAY)
		len += 8;
	seed_srat(&b, forms[i] & FORM_LENGTHS ? SZ_1M : 1);
	append(data, &len, 0, &b, 48);
	make_slit(&b, distances, 3);
	append(data, &len, 1, &b, 36);
	seed_hmat(&b);
	append(data, &len, 2, &b, 40);
	begin_table(&b, "APIC", 3);
	put(&b, 0, 8);
	for (u64 id = 0; id < 4; id++)
		put(&b, 0x0800 | id << 24 | 1ULL << 32, 8);
	append(data, &len, 4, &b, 36);
	return len;
}

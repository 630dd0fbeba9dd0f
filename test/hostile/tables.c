/* SPDX-License-Identifier: MIT */
/* Configuration tables and graphics as the faults have them. */
#include "hostile.h"

#define MAX_TABLES 1600
#define NOWHERE	   0x123456789000ULL

static EFI_CONFIGURATION_TABLE tables[MAX_TABLES];
static EFI_CONFIGURATION_TABLE *real_tables;
static UINTN nr_real;

static const EFI_GUID acpi20 = ACPI_20_TABLE_GUID, acpi10 = ACPI_TABLE_GUID;
static const EFI_GUID smbios = SMBIOS_TABLE_GUID, smbios3 = SMBIOS3_TABLE_GUID;
static const EFI_GUID memattr = {
	0xdcfa911d, 0x26eb, 0x469f, {0xa2, 0x20, 0x38, 0xb7, 0xdc, 0x46, 0x12, 0x20}};

static BOOLEAN is(const EFI_CONFIGURATION_TABLE *table, const EFI_GUID *guid)
{
	const UINT64 *a = (const void *)&table->VendorGuid, *b = (const void *)guid;

	return a[0] == b[0] && a[1] == b[1];
}

/* Pages below 4 GB that stay when the firmware is gone, filled with @byte. */
static UINT8 *new_pages(EFI_MEMORY_TYPE type, UINTN pages, UINT8 byte)
{
	EFI_PHYSICAL_ADDRESS addr = 0xffffffff;

	if (EFI_ERROR(real.AllocatePages(AllocateMaxAddress, type, pages, &addr)))
		return NULL;
	for (UINTN i = 0; i < pages * 4096; i++)
		((UINT8 *)addr)[i] = byte;
	return (UINT8 *)addr;
}

static void seal(UINT8 *table, UINTN length, UINTN checksum)
{
	UINT8 sum = 0;

	table[checksum] = 0;
	for (UINTN i = 0; i < length; i++)
		sum += table[i];
	table[checksum] = -sum;
}

static void copy(UINT8 *to, const UINT8 *from, UINTN length)
{
	while (length--)
		*to++ = *from++;
}

/* An XSDT with entries of all kinds of addresses before the real ones. */
static UINT64 bad_xsdt(const UINT8 *real_xsdt)
{
	static const UINT64 wrong[] = {
		0,	  1,	  0xfee00000, NOWHERE, 0x7ffffffffffff000, 0xffffffffffffffff,
		0x100000, 0xa0000};
	UINTN length = *(const UINT32 *)(real_xsdt + 4);
	UINT8 *xsdt = new_pages(EfiACPIReclaimMemory, 1, 0);
	UINT8 *at = xsdt;

	if (!xsdt || length > 2048)
		return NOWHERE;
	copy(at, real_xsdt, 36);
	copy(at + 36, (const UINT8 *)wrong, sizeof(wrong));
	copy(at + 36 + sizeof(wrong), real_xsdt + 36, length - 36);
	*(UINT32 *)(xsdt + 4) = length + sizeof(wrong);
	seal(xsdt, length + sizeof(wrong), 9);
	return (UINT64)xsdt;
}

/* An XSDT of tables whose headers and sums are right, and the rest is nonsense. */
static UINT64 bad_tables(const UINT8 *real_xsdt)
{
	UINTN length = *(const UINT32 *)(real_xsdt + 4);
	UINT8 *xsdt = new_pages(EfiACPIReclaimMemory, 1, 0);

	if (!xsdt || length > 4096)
		return NOWHERE;
	copy(xsdt, real_xsdt, length);
	for (UINTN at = 36; at + 8 <= length; at += 8) {
		const UINT8 *table = *(UINT8 *const *)(xsdt + at);
		UINTN bytes = *(const UINT32 *)(table + 4);
		UINT8 *bad = new_pages(EfiACPIReclaimMemory, bytes / 4096 + 1, 0);

		if (!bad)
			continue;
		for (UINTN i = 36; i < bytes; i++)
			bad[i] = random_below(256);
		copy(bad, table, 36);
		seal(bad, bytes, 9);
		*(UINT64 *)(xsdt + at) = (UINT64)bad;
	}
	seal(xsdt, length, 9);
	return (UINT64)xsdt;
}

/* An entry point that is right, and leads to structures that are none. */
static void *bad_structures(void)
{
	UINT8 *entry = new_pages(EfiRuntimeServicesData, 2, 0x11);

	if (!entry)
		return NULL;
	for (UINTN i = 4096; i < 8192; i++)
		entry[i] = random_below(40);
	copy(entry, (const UINT8 *)"_SM3_\0\x18\3\3\0\1\0\0\x10\0\0", 16);
	*(UINT64 *)(entry + 16) = (UINT64)entry + 4096;
	seal(entry, 24, 5);
	return entry;
}

/* A copy of the RSDP that leads astray. */
static void *bad_rsdp(const UINT8 *rsdp)
{
	UINT8 *page = new_pages(EfiACPIReclaimMemory, 1, 0xa5);

	if (!page || now.on[FAULT_BAD_RSDP])
		return page;
	copy(page, rsdp, 36);
	if (now.on[FAULT_LOST_XSDT])
		*(UINT64 *)(page + 24) = NOWHERE;
	else if (now.on[FAULT_BAD_TABLES])
		*(UINT64 *)(page + 24) = bad_tables(*(UINT8 *const *)(rsdp + 24));
	else
		*(UINT64 *)(page + 24) = bad_xsdt(*(UINT8 *const *)(rsdp + 24));
	seal(page, 36, 32);
	return page;
}

/* The table with that signature; NULL: there is none. */
static UINT8 *find_table(const UINT8 *rsdp, UINT32 signature)
{
	const UINT8 *xsdt = *(UINT8 *const *)(rsdp + 24);
	UINTN length = *(const UINT32 *)(xsdt + 4);

	for (UINTN at = 36; at + 8 <= length; at += 8) {
		UINT8 *table = *(UINT8 *const *)(xsdt + at);

		if (*(const UINT32 *)table == signature)
			return table;
	}
	return NULL;
}

/* The FADT says no more where its timer is: what is left are HPET and PIT. */
static void hide_pmtimer(const UINT8 *rsdp)
{
	UINT8 *fadt = find_table(rsdp, 0x50434146); /* FACP */

	if (!fadt)
		return;
	fadt[91] = 0;
	seal(fadt, *(const UINT32 *)(fadt + 4), 9);
}

/* CPUs that could be plugged in, and are not, are said to be there. */
static void claim_cpus(const UINT8 *rsdp)
{
	UINT8 *madt = find_table(rsdp, 0x43495041); /* APIC */
	UINTN length = madt ? *(const UINT32 *)(madt + 4) : 0;

	for (UINTN at = 44; at + 8 <= length && madt[at + 1]; at += madt[at + 1])
		if (!madt[at]) /* a local APIC, whose flags are its last 4 bytes */
			madt[at + 4] = 1;
	if (madt)
		seal(madt, length, 9);
}

static BOOLEAN change(EFI_CONFIGURATION_TABLE *table)
{
	BOOLEAN acpi = is(table, &acpi20) || is(table, &acpi10);

	if (acpi && now.on[FAULT_NO_ACPI])
		return FALSE;
	if (is(table, &acpi20) && now.on[FAULT_NO_PMTIMER])
		hide_pmtimer(table->VendorTable);
	if (is(table, &acpi20) && now.on[FAULT_ABSENT_CPU])
		claim_cpus(table->VendorTable);
	if ((is(table, &smbios) || is(table, &smbios3)) && now.on[FAULT_NO_SMBIOS])
		return FALSE;
	if (acpi && (now.on[FAULT_BAD_RSDP] || now.on[FAULT_BAD_XSDT] || now.on[FAULT_BAD_TABLES] ||
		     now.on[FAULT_LOST_XSDT])) {
		if (!is(table, &acpi20))
			return FALSE;
		table->VendorTable = bad_rsdp(table->VendorTable);
	}
	if (now.on[FAULT_BAD_SMBIOS] && is(table, &smbios))
		table->VendorTable = (void *)0xfffffffffffff000;
	if (now.on[FAULT_BAD_SMBIOS] && is(table, &smbios3))
		table->VendorTable = new_pages(EfiRuntimeServicesData, 1, 0xa5);
	if (now.on[FAULT_BAD_STRUCTURES] && (is(table, &smbios) || is(table, &smbios3)))
		table->VendorTable = bad_structures();
	if (now.on[FAULT_BAD_MEMATTR] && is(table, &memattr))
		table->VendorTable =
			new_pages(EfiBootServicesData, 1, now.on[FAULT_REVERSE] ? 0 : 0xa5);
	return TRUE;
}

void tables_hook(void)
{
	UINTN nr = 0;

	real_tables = st->ConfigurationTable;
	nr_real = st->NumberOfTableEntries;
	if (now.on[FAULT_MANY_TABLES])
		for (; nr < 1500; nr++)
			tables[nr] =
				(EFI_CONFIGURATION_TABLE){{0x6261726d, nr, 0, {0}}, (void *)nr};
	for (UINTN i = 0; i < nr_real && nr < MAX_TABLES; i++) {
		tables[nr] = real_tables[i];
		nr += change(&tables[nr]);
	}
	st->ConfigurationTable = now.on[FAULT_NO_TABLES] ? NULL : tables;
	st->NumberOfTableEntries = now.on[FAULT_NO_TABLES] ? 0 : nr;
}

void tables_unhook(void)
{
	st->ConfigurationTable = real_tables;
	st->NumberOfTableEntries = nr_real;
}

/* ---- Graphics ------------------------------------------------------------------ */

static EFI_GRAPHICS_OUTPUT_MODE_INFORMATION info;
static EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE mode;
static EFI_GRAPHICS_OUTPUT_PROTOCOL gop;

/* 16 bits a pixel, rows that are longer than they show, and less memory than rows. */
static void make_masks(void)
{
	info.HorizontalResolution = 1024;
	info.VerticalResolution = 768;
	info.PixelsPerScanLine = 1100;
	info.PixelFormat = PixelBitMask;
	info.PixelInformation = (EFI_PIXEL_BITMASK){0xf800, 0x07e0, 0x001f, 0};
	mode.FrameBufferSize = 1100 * 2 * 760;
	mode.FrameBufferBase = (UINTN)new_pages(EfiReservedMemoryType, 420, 0);
}

/* Above 4 GB, where there is memory there, as a card's whose memory is all in reach. */
static void make_high(void)
{
	EFI_PHYSICAL_ADDRESS addr = 0x140000000;

	if (EFI_ERROR(real.AllocatePages(AllocateAddress, EfiReservedMemoryType, 469, &addr)))
		addr = (UINTN)new_pages(EfiReservedMemoryType, 469, 0);
	info.PixelFormat = PixelBlueGreenRedReserved8BitPerColor;
	mode.FrameBufferSize = 800 * 600 * 4;
	mode.FrameBufferBase = addr;
}

EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics_of_fault(void)
{
	mode = (EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE){.MaxMode = 1, .Info = &info};
	info = (EFI_GRAPHICS_OUTPUT_MODE_INFORMATION){
		.HorizontalResolution = 800, .VerticalResolution = 600, .PixelsPerScanLine = 800};
	gop.Mode = &mode;
	if (now.on[FAULT_BLT_ONLY]) {
		info.PixelFormat = PixelBltOnly;
	} else if (now.on[FAULT_GOP_MODELESS]) {
		gop.Mode = NULL;
	} else if (now.on[FAULT_GOP_MASKS]) {
		make_masks();
	} else if (now.on[FAULT_GOP_HIGH]) {
		make_high();
	} else if (now.on[FAULT_GOP_WRONG]) {
		info.HorizontalResolution = 0xffffffff;
		info.PixelsPerScanLine = 3;
		mode.FrameBufferBase = NOWHERE;
		mode.FrameBufferSize = ~0ULL;
	} else {
		return NULL;
	}
	return &gop;
}

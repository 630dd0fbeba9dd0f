/* SPDX-License-Identifier: MIT */
/* The memory map as the faults have it. */
#include "hostile.h"

#define MAX_DESCRIPTORS 4096
#define RAW_SIZE	(256 * 1024)
#define DESCRIPTOR_SIZE 40

#define MD_RO		(1ULL << 17)
#define MD_RP		(1ULL << 13)
#define MD_XP		(1ULL << 14)
#define MD_NV		(1ULL << 15)
#define MD_SP		(1ULL << 18)
#define MD_HOT		(1ULL << 20)
#define TYPE_NV		14
#define TYPE_UNACCEPTED 15

static UINT8 raw[RAW_SIZE];
static EFI_MEMORY_DESCRIPTOR list[MAX_DESCRIPTORS];
static UINTN nr;

static void add(UINT32 type, UINT64 start, UINT64 pages, UINT64 attribute)
{
	if (nr < MAX_DESCRIPTORS)
		list[nr++] = (EFI_MEMORY_DESCRIPTOR){.Type = type,
						     .PhysicalStart = start,
						     .NumberOfPages = pages,
						     .Attribute = attribute};
}

static BOOLEAN is_ram(const EFI_MEMORY_DESCRIPTOR *d)
{
	return d->Type == EfiConventionalMemory ||
	       (d->Type >= EfiLoaderCode && d->Type <= EfiBootServicesData);
}

/*
 * Cuts @pages off the end of a large piece of conventional memory, so that faults are about
 * memory that nobody has, and most of it is left. NULL: there is none.
 */
static EFI_MEMORY_DESCRIPTOR *cut_off(UINT64 pages)
{
	for (UINTN i = 0; i < nr; i++) {
		EFI_MEMORY_DESCRIPTOR *d = &list[i];

		if (d->Type != EfiConventionalMemory || d->NumberOfPages < 8 * pages ||
		    d->PhysicalStart < 0x1000000)
			continue;
		d->NumberOfPages -= pages;
		add(d->Type, d->PhysicalStart + d->NumberOfPages * 4096, pages, d->Attribute);
		return &list[nr - 1];
	}
	return NULL;
}

static void cut_to_pieces(UINTN pieces)
{
	for (UINTN i = 0; i < pieces; i++) {
		EFI_MEMORY_DESCRIPTOR *d = cut_off(3);

		if (d)
			d->Type = i % 2 ? EfiReservedMemoryType : EfiBootServicesData;
	}
}

/* Entries that cannot be, or that say of others' memory something else. */
static void add_nonsense(void)
{
	EFI_MEMORY_DESCRIPTOR *d = cut_off(16);
	UINT64 at = d ? d->PhysicalStart : 0x1000000;

	if (now.on[FAULT_OVERLAP]) {
		add(EfiConventionalMemory, at, 16, EFI_MEMORY_WB);
		add(EfiACPIMemoryNVS, at + 3 * 4096, 5, EFI_MEMORY_WB);
		add(EfiReservedMemoryType, at + 6 * 4096, 4, 0);
		add(EfiConventionalMemory, at - 2 * 4096, 30, EFI_MEMORY_WB);
	}
	if (now.on[FAULT_EMPTY_ENTRIES]) {
		add(EfiConventionalMemory, at, 0, EFI_MEMORY_WB);
		add(EfiReservedMemoryType, 0, 0, 0);
		add(EfiMemoryMappedIO, ~0ULL, 0, ~0ULL);
	}
	if (now.on[FAULT_WRAP]) {
		add(EfiConventionalMemory, 0xfffffffffff00000, 0x1000, EFI_MEMORY_WB);
		add(EfiReservedMemoryType, 0xffffffff00000000, 1ULL << 52, 0);
		add(EfiConventionalMemory, 0x1000, ~0ULL, EFI_MEMORY_WB);
	}
	if (now.on[FAULT_PHANTOM_RAM])
		add(EfiConventionalMemory, 0x2000000000, now.value[FAULT_PHANTOM_RAM] * 256,
		    EFI_MEMORY_WB);
	if (now.on[FAULT_FAR_MMIO]) {
		add(EfiMemoryMappedIO, 0x3ffffffff000, 0x100000,
		    EFI_MEMORY_UC | EFI_MEMORY_RUNTIME);
		add(EfiMemoryMappedIO, 0xfd00000000, 0x300000, EFI_MEMORY_UC);
	}
}

/* Conventional memory that is not what it seems. */
static void disguise(void)
{
	static const struct {
		enum fault fault;
		UINT32 type;
		UINT64 set, clear;
	} kinds[] = {
		{FAULT_UNKNOWN_TYPE, 0x80000001, 0, 0},
		{FAULT_RUNTIME_RAM, EfiConventionalMemory, EFI_MEMORY_RUNTIME, 0},
		{FAULT_NO_WB, EfiConventionalMemory, 0, EFI_MEMORY_WB},
		{FAULT_SOFT_RESERVED, EfiConventionalMemory, MD_SP, 0},
		{FAULT_PERSISTENT, TYPE_NV, MD_NV, 0},
		{FAULT_UNACCEPTED, TYPE_UNACCEPTED, 0, 0},
	};

	for (UINTN i = 0; i < ARRAY_SIZE(kinds); i++) {
		EFI_MEMORY_DESCRIPTOR *d = now.on[kinds[i].fault] ? cut_off(256) : NULL;

		if (!d)
			continue;
		d->Type = kinds[i].type;
		d->Attribute = (d->Attribute | kinds[i].set) & ~kinds[i].clear;
	}
	if (now.on[FAULT_UNALIGNED]) {
		EFI_MEMORY_DESCRIPTOR *d = cut_off(64);

		if (d) {
			d->PhysicalStart += 0x800;
			d->NumberOfPages--;
		}
	}
}

static void spoil_all(void)
{
	for (UINTN i = 0; i < nr; i++) {
		if (now.on[FAULT_NO_ATTRIBUTES])
			list[i].Attribute &= EFI_MEMORY_RUNTIME;
		if (now.on[FAULT_HOT_PLUGGABLE] && list[i].Type == EfiConventionalMemory &&
		    list[i].PhysicalStart >= 0x100000000)
			list[i].Attribute |= MD_HOT;
		if (now.on[FAULT_PROTECTION])
			list[i].Attribute |= MD_RO | MD_XP | MD_RP;
		if (is_ram(&list[i]) &&
		    (now.on[FAULT_NO_RAM] ||
		     (now.on[FAULT_LOW_RESERVED] && list[i].PhysicalStart < 0x100000)))
			list[i].Type = EfiReservedMemoryType;
	}
	if (now.on[FAULT_EMPTY_MAP])
		nr = 0;
}

static void swap(UINTN i, UINTN j)
{
	EFI_MEMORY_DESCRIPTOR d = list[i];

	list[i] = list[j];
	list[j] = d;
}

static void disorder(void)
{
	if (now.on[FAULT_REVERSE])
		for (UINTN i = 0; i < nr / 2; i++)
			swap(i, nr - 1 - i);
	if (now.on[FAULT_SHUFFLE])
		for (UINTN i = nr; i > 1; i--)
			swap(i - 1, random_below(i));
}

static void take_real(UINTN size, UINTN stride)
{
	nr = 0;
	for (UINTN at = 0; at + stride <= size && nr < MAX_DESCRIPTORS; at += stride)
		list[nr++] = *(EFI_MEMORY_DESCRIPTOR *)(raw + at);
}

static UINTN stride_of_case(void)
{
	if (now.on[FAULT_BAD_STRIDE])
		return now.value[FAULT_BAD_STRIDE];
	return DESCRIPTOR_SIZE + (now.on[FAULT_STRIDE] ? now.value[FAULT_STRIDE] : 8);
}

static void write_out(UINT8 *to, UINTN stride)
{
	for (UINTN i = 0; i < nr * stride; i++)
		to[i] = 0x5a;
	for (UINTN i = 0; i < nr; i++)
		for (UINTN j = 0; j < DESCRIPTOR_SIZE && j < stride; j++)
			to[i * stride + j] = ((UINT8 *)&list[i])[j];
}

EFI_STATUS map_get(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key, UINTN *stride,
		   UINT32 *version)
{
	UINTN room = *size, real_size = RAW_SIZE, real_stride, want = stride_of_case();
	EFI_STATUS status;

	status = real.GetMemoryMap(&real_size, (void *)raw, key, &real_stride, version);
	if (EFI_ERROR(status))
		return status;
	take_real(real_size, real_stride);
	if (now.on[FAULT_HUNDREDS])
		cut_to_pieces(now.value[FAULT_HUNDREDS]);
	if (now.on[FAULT_MAP_GROWS])
		cut_to_pieces(now.value[FAULT_MAP_GROWS] * guest.map_calls);
	add_nonsense();
	disguise();
	spoil_all();
	disorder();
	if (now.on[FAULT_PROBE_NEVER_ENDS]) {
		*size = room + 1;
		return EFI_BUFFER_TOO_SMALL;
	}
	if (room < nr * want || (now.on[FAULT_PROBE_SAYS_NOTHING] && !guest.probes++)) {
		if (!now.on[FAULT_PROBE_SAYS_NOTHING])
			*size = nr * want;
		return EFI_BUFFER_TOO_SMALL;
	}
	*size = nr * want;
	*stride = want;
	write_out((UINT8 *)map, want);
	return EFI_SUCCESS;
}

/* SPDX-License-Identifier: MIT */
/* What a descriptor of the firmware's map should become, in the plainest words. */
#ifndef _TEST_EFI_MODEL_H
#define _TEST_EFI_MODEL_H

#include "efi/memmap.h"

static inline bool model_is_ram(u32 type)
{
	return (type >= 1 && type <= 4) || type == 7;
}

/* @wb_known: does any RAM in the map say that it can be cached? */
static inline u32 model_type(u32 type, u64 attribute, bool wb_known)
{
	bool ram = model_is_ram(type);

	if (ram && (attribute & EFI_MD_RUNTIME))
		return E820_TYPE_RESERVED;
	if (ram && (attribute & EFI_MD_NV))
		return E820_TYPE_PMEM;
	if (ram && (attribute & EFI_MD_SP))
		return E820_TYPE_SOFT_RESERVED;
	if (ram && wb_known && !(attribute & EFI_MD_WB))
		return E820_TYPE_UNUSABLE;
	if (ram)
		return E820_TYPE_RAM;
	return type == 8    ? E820_TYPE_UNUSABLE
	       : type == 9  ? E820_TYPE_ACPI
	       : type == 10 ? E820_TYPE_NVS
	       : type == 14 ? E820_TYPE_PMEM
			    : E820_TYPE_RESERVED;
}

#endif /* _TEST_EFI_MODEL_H */

/* SPDX-License-Identifier: MIT */
/*
 * Leaving the firmware.
 *
 * ExitBootServices takes the key of the newest memory map, and what runs because
 * of the call may change the map: then the call fails, and both have to be
 * repeated with nothing between (UEFI 2.10 section 7.4.6). Firmware is known to
 * need more than one repeat, and to let the map grow by more than a few entries.
 */
#include "firmware.h"
#include "memmap.h"

#include <linux/kernel.h>
#include <linux/sizes.h>
#include <baremm/arch.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

#define PROBE_TRIES 8
#define EXIT_TRIES  128
/* A map above this is no map: 2^17 descriptors of 64 bytes are 8 MB. */
#define MAP_MAX (32 * SZ_1M)

void watchdog_off(const struct firmware *fw)
{
	EFI_STATUS status = fw->bs->SetWatchdogTimer(0, 0, 0, NULL);

	if (EFI_ERROR(status))
		pr_notice("the firmware's watchdog cannot be turned off: status 0x%llx\n",
			  (u64)status);
}

/* One try with a buffer of @bytes; *@size is what the firmware has or wants. */
static EFI_STATUS probe_once(const struct firmware *fw, UINTN bytes, UINTN *size, UINTN *stride)
{
	EFI_MEMORY_DESCRIPTOR *buffer;
	UINT32 version = 0;
	UINTN key = 0;
	EFI_STATUS status;

	status = fw->bs->AllocatePool(EfiLoaderData, bytes, (void **)&buffer);
	if (EFI_ERROR(status))
		return status;
	*size = bytes;
	*stride = 0;
	status = fw->bs->GetMemoryMap(size, buffer, &key, stride, &version);
	fw->bs->FreePool(buffer);
	return status;
}

/*
 * The size that a first, too small call reports is taken as a hint only, and the
 * stride only from a call that succeeded: firmware gets both wrong.
 */
EFI_STATUS map_probe(const struct firmware *fw, UINTN *size, UINTN *stride)
{
	UINTN bytes = (16 * SZ_1K);
	EFI_STATUS status = EFI_BUFFER_TOO_SMALL;
	int i;

	for (i = 0; i < PROBE_TRIES && status == EFI_BUFFER_TOO_SMALL; i++) {
		status = probe_once(fw, bytes, size, stride);
		if (*size > bytes && *size < MAP_MAX)
			bytes = *size;
		bytes *= 2;
	}
	return status;
}

/*
 * Before it is too late to go back: a map that the program can make nothing of. What the
 * firmware gave stays in the record, for who says why the program ends.
 */
static bool is_usable(struct boot_efi_map *map, UINTN size, UINTN stride, UINT32 version)
{
	const struct boot_efi_map room = *map;

	map->size = size;
	map->desc_size = stride;
	map->desc_version = version;
	if (efi_map_check(map))
		return false;
	*map = room;
	return true;
}

EFI_STATUS exit_boot_services(const struct firmware *fw, struct boot_info *info, bool *called)
{
	struct boot_efi_map *map = &info->efi;
	u64 room = map->size;
	EFI_STATUS status = EFI_NOT_STARTED;
	UINTN size = 0, key, stride = 0;
	UINT32 version = 0;

	*called = false;
	watchdog_off(fw);
	while (map->exit_tries < EXIT_TRIES && map->map_tries < EXIT_TRIES) {
		size = room;
		stride = version = key = 0;
		map->map_tries++;
		status = fw->bs->GetMemoryMap(&size, (void *)(uintptr_t)map->descs, &key, &stride,
					      &version);
		if (EFI_ERROR(status)) {
			if (!*called)
				break;
			continue;
		}
		if (!*called && !is_usable(map, size, stride, version))
			return EFI_COMPROMISED_DATA;
		*called = true;
		map->exit_tries++;
		status = fw->bs->ExitBootServices(fw->image, key);
		if (!EFI_ERROR(status)) {
			info->handoff_flags = arch_local_irq_save();
			break;
		}
	}
	map->size = EFI_ERROR(status) ? 0 : size;
	map->desc_size = stride;
	map->desc_version = version;
	return status;
}

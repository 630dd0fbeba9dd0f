/* SPDX-License-Identifier: MIT */
/*
 * Whether the firmware asks for signed programs (UEFI 2.10 section 32.3), as Linux
 * logs it. Shim may have been told to ask for none; its variable counts then.
 */
#include "firmware.h"

#include <linux/kernel.h>

#undef pr_fmt
#define pr_fmt(fmt) "secureboot: " fmt

static const EFI_GUID global_guid = EFI_GLOBAL_VARIABLE;
static const EFI_GUID shim_guid = {
	0x605dab50, 0xe046, 0x4300, {0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23}};

/* A variable of one byte. */
static EFI_STATUS read_byte(const struct firmware *fw, const CHAR16 *name, const EFI_GUID *guid,
			    u8 *value)
{
	EFI_GUID copy = *guid; /* the prototype's arguments are not const */
	UINTN size = sizeof(*value);

	return fw->st->RuntimeServices->GetVariable((CHAR16 *)(uintptr_t)name, &copy, NULL, &size,
						    value);
}

void secure_boot_print(const struct firmware *fw)
{
	u8 enforced = 0, setup = 0, shim_off = 0;
	EFI_STATUS status = read_byte(fw, L"SecureBoot", &global_guid, &enforced);

	if (EFI_ERROR(status) && status != EFI_NOT_FOUND) {
		pr_info("Secure boot could not be determined (status 0x%llx)\n", (u64)status);
		return;
	}
	/* Without the second variable there is no setup mode. */
	if (EFI_ERROR(read_byte(fw, L"SetupMode", &global_guid, &setup)))
		setup = 0;
	if (EFI_ERROR(read_byte(fw, L"MokSBStateRT", &shim_guid, &shim_off)))
		shim_off = 0;
	pr_info("Secure boot %s%s\n", enforced && !setup && !shim_off ? "enabled" : "disabled",
		enforced && shim_off ? " in shim" : "");
}

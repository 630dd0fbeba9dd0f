/* SPDX-License-Identifier: MIT */
/* The program's entry, called by the firmware or by a shell. */
#include <efi.h>
#include <linux/compiler.h>
#include <linux/types.h>

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *st);

EFI_STATUS EFIAPI __section(".text.entry") efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *st)
{
	static CHAR16 hello[] = L"baremm\r\n";
	static CHAR16 *const volatile greeting[] = { hello };

	(void)image;
	st->ConOut->OutputString(st->ConOut, greeting[0]);
	return EFI_SUCCESS;
}

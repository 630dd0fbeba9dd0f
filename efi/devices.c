/* SPDX-License-Identifier: MIT */
/*
 * Devices that would go on with DMA when the firmware is gone. Network adapters write packets
 * to memory that nobody has for them any more, wherever the firmware forgets to stop them: their
 * drivers are taken off. All others are believed to stand still, or are kept from memory where
 * efi=disable_early_pci_dma asks for it, as on Linux; firmware is known that hangs by it.
 */
#include "firmware.h"
#include "options_text.h"

#include <linux/kernel.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

/* PCI 3.0, section 6.2.2: the command register and its bit. */
#define PCI_COMMAND	   4
#define PCI_COMMAND_MASTER 4U
/* A display shows memory of its own; what it draws with stays as it is. */
#define PCI_CLASS	  11
#define PCI_CLASS_DISPLAY 3

/* Calls @visit for each handle with the protocol @guid; how many it was right for. */
static UINTN for_each_device(const struct firmware *fw, EFI_GUID guid,
			     bool (*visit)(const struct firmware *fw, EFI_HANDLE handle))
{
	EFI_HANDLE *handles = NULL;
	UINTN nr = 0, done = 0;

	if (EFI_ERROR(fw->bs->LocateHandleBuffer(ByProtocol, &guid, NULL, &nr, &handles)))
		return 0;
	for (UINTN i = 0; i < nr; i++)
		done += visit(fw, handles[i]);
	fw->bs->FreePool(handles);
	return done;
}

static bool disconnect(const struct firmware *fw, EFI_HANDLE handle)
{
	return !EFI_ERROR(fw->bs->DisconnectController(handle, NULL, NULL));
}

static bool master_off(const struct firmware *fw, EFI_HANDLE handle)
{
	static const EFI_GUID guid = EFI_PCI_IO_PROTOCOL_GUID;
	EFI_PCI_IO_PROTOCOL *pci = firmware_protocol(fw, handle, &guid);
	UINT8 class;
	UINT16 command;

	if (!pci || EFI_ERROR(pci->Pci.Read(pci, EfiPciIoWidthUint8, PCI_CLASS, 1, &class)) ||
	    class == PCI_CLASS_DISPLAY ||
	    EFI_ERROR(pci->Pci.Read(pci, EfiPciIoWidthUint16, PCI_COMMAND, 1, &command)) ||
	    !(command & PCI_COMMAND_MASTER))
		return false;
	command &= ~PCI_COMMAND_MASTER;
	return !EFI_ERROR(pci->Pci.Write(pci, EfiPciIoWidthUint16, PCI_COMMAND, 1, &command));
}

void devices_quiet(const struct firmware *fw, const char *options)
{
	static const EFI_GUID network_guid = EFI_SIMPLE_NETWORK_PROTOCOL_GUID;
	static const EFI_GUID pci_guid = EFI_PCI_IO_PROTOCOL_GUID;
	UINTN nr = for_each_device(fw, network_guid, disconnect);

	if (nr)
		pr_info("%llu network adapters let go of\n", (u64)nr);
	if (!options_efi_has(options, "disable_early_pci_dma"))
		return;
	nr = for_each_device(fw, pci_guid, master_off);
	pr_info("%llu PCI devices kept from memory\n", (u64)nr);
}

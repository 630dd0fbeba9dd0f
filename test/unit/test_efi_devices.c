/* SPDX-License-Identifier: MIT */
/* What is done to devices before the exit, and the firmware's random bits. */
#include "efi_firmware.h"

/* --- devices ------------------------------------------------------------------- */

#define NR_PCI 4

/* What is at the offsets that are asked for: the command register, and the class. */
struct fake_pci {
	EFI_PCI_IO_PROTOCOL pci;
	UINT16 command;
	UINT8 class;
	bool broken;
};
static struct fake_pci devices[NR_PCI];

static EFI_STATUS EFIAPI fake_config_read(EFI_PCI_IO_PROTOCOL *this,
					  EFI_PCI_IO_PROTOCOL_WIDTH width, UINT32 offset,
					  UINTN count, void *buffer)
{
	const struct fake_pci *device = (const void *)this;

	assert_int_equal(count, 1);
	if (device->broken)
		return EFI_DEVICE_ERROR;
	if (offset == 11 && width == EfiPciIoWidthUint8)
		*(UINT8 *)buffer = device->class;
	else if (offset == 4 && width == EfiPciIoWidthUint16)
		*(UINT16 *)buffer = device->command;
	else
		fail_msg("offset %u, width %d", offset, (int)width);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_config_write(EFI_PCI_IO_PROTOCOL *this,
					   EFI_PCI_IO_PROTOCOL_WIDTH width, UINT32 offset,
					   UINTN count, void *buffer)
{
	struct fake_pci *device = (void *)this;

	assert_int_equal(width, EfiPciIoWidthUint16);
	assert_int_equal(offset, 4);
	assert_int_equal(count, 1);
	device->command = *(const UINT16 *)buffer;
	return EFI_SUCCESS;
}

/* A disk, a bridge, a display, and one that cannot be read; all may reach memory. */
static int devices_setup(void **state)
{
	static const UINT8 classes[NR_PCI] = {1, 6, 3, 1};

	setup(state);
	for (size_t i = 0; i < NR_PCI; i++) {
		devices[i] = (struct fake_pci){
			.pci.Pci = {fake_config_read, fake_config_write},
			.command = 0x507,
			.class = classes[i],
			.broken = i == 3,
		};
		add_protocol(i, 1 + i, (EFI_GUID)EFI_PCI_IO_PROTOCOL_GUID, &devices[i].pci);
	}
	return 0;
}

static void network_adapters_lose_their_drivers(void **state)
{
	EFI_GUID network = EFI_SIMPLE_NETWORK_PROTOCOL_GUID;

	(void)state;
	add_protocol(4, 5, network, &network);
	add_protocol(5, BROKEN_HANDLE, network, &network);
	add_protocol(6, 6, network, &network);
	devices_quiet(&fw, "mem=1G");
	assert_string_equal(fw_state.calls, "576f");
	assert_int_equal(devices[0].command, 0x507);
}

static void a_machine_without_devices_is_left_alone(void **state)
{
	(void)state;
	memset(protocols, 0, sizeof(protocols));
	devices_quiet(&fw, "efi=disable_early_pci_dma");
	assert_string_equal(fw_state.calls, "");
}

static void dma_is_switched_off_where_it_is_asked_for(void **state)
{
	(void)state;
	devices_quiet(&fw, "mem=1G efi=debug,disable_early_pci_dma");
	assert_int_equal(devices[0].command, 0x503);
	assert_int_equal(devices[1].command, 0x503);
	assert_int_equal(devices[2].command, 0x507); /* the display */
	assert_int_equal(devices[3].command, 0x507); /* cannot be read */
}

static void dma_of_a_device_that_has_none_is_not_touched(void **state)
{
	(void)state;
	devices[0].command = 0x103;
	devices[0].pci.Pci.Write = NULL;
	devices_quiet(&fw, "efi=disable_early_pci_dma");
	assert_int_equal(devices[0].command, 0x103);
	assert_int_equal(devices[1].command, 0x503);
}

/* --- random bits ---------------------------------------------------------------- */

static EFI_STATUS rng_status;

static EFI_STATUS EFIAPI fake_rng(EFI_RNG_PROTOCOL *this, EFI_RNG_ALGORITHM *algorithm, UINTN size,
				  UINT8 *out)
{
	(void)this;
	assert_null(algorithm);
	memset(out, 0x5a, size);
	return rng_status;
}

static void random_bits_are_the_firmwares(void **state)
{
	EFI_RNG_PROTOCOL rng = {.GetRNG = fake_rng};

	(void)state;
	add_protocol(4, 5, (EFI_GUID)EFI_RNG_PROTOCOL_GUID, &rng);
	rng_status = EFI_SUCCESS;
	assert_int_equal(firmware_random(&fw), 0x5a5a5a5a5a5a5a5a);
	rng_status = EFI_NOT_READY;
	assert_int_equal(firmware_random(&fw), 0);
}

static void random_bits_may_be_missing(void **state)
{
	(void)state;
	assert_int_equal(firmware_random(&fw), 0);
	add_protocol(4, 5, (EFI_GUID)EFI_RNG_PROTOCOL_GUID, NULL);
	assert_int_equal(firmware_random(&fw), 0);
}

#define DEVICES_TEST(name) cmocka_unit_test_setup_teardown(name, devices_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICES_TEST(network_adapters_lose_their_drivers),
		DEVICES_TEST(a_machine_without_devices_is_left_alone),
		DEVICES_TEST(dma_is_switched_off_where_it_is_asked_for),
		DEVICES_TEST(dma_of_a_device_that_has_none_is_not_touched),
		TEST(random_bits_are_the_firmwares),
		TEST(random_bits_may_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Leaving boot services, and what is asked of the firmware before: map, tables, options. */
#include "efi_firmware.h"

/* --- leaving ------------------------------------------------------------------- */

static void exit_takes_one_try_where_firmware_is_right(void **state)
{
	bool was_called;

	(void)state;
	assert_int_equal(exit_boot_services(&fw, &info, &was_called), EFI_SUCCESS);
	assert_true(was_called);
	assert_string_equal(fw_state.calls, "wmx");
	assert_int_equal(info.efi.size, 480);
	assert_int_equal(info.efi.desc_size, 48);
	assert_int_equal(info.efi.desc_version, 1);
	assert_int_equal(info.efi.exit_tries, 1);
}

static void exit_is_repeated_with_nothing_between(void **state)
{
	bool was_called;

	(void)state;
	fw_state.exit_fails = 3;
	assert_int_equal(exit_boot_services(&fw, &info, &was_called), EFI_SUCCESS);
	assert_string_equal(fw_state.calls, "wmxmxmxmx");
	assert_int_equal(info.efi.exit_tries, 4);
	assert_int_equal(info.efi.map_tries, 4);
}

static void exit_gives_up_after_128_tries(void **state)
{
	bool was_called;

	(void)state;
	fw_state.exit_fails = 1000000;
	assert_int_equal(exit_boot_services(&fw, &info, &was_called), EFI_INVALID_PARAMETER);
	assert_true(was_called);
	assert_int_equal(fw_state.exit_calls, 128);
}

static void map_that_grows_on_each_try_still_fits(void **state)
{
	bool was_called;

	(void)state;
	fw_state.exit_fails = 20;
	fw_state.map_grows = 96;
	assert_int_equal(exit_boot_services(&fw, &info, &was_called), EFI_SUCCESS);
	assert_int_equal(info.efi.size, 480 + 21 * 96);
}

static void missing_map_before_the_first_call_lets_the_program_return(void **state)
{
	bool was_called;

	(void)state;
	fw_state.map_fails = 1;
	assert_int_equal(exit_boot_services(&fw, &info, &was_called), EFI_DEVICE_ERROR);
	assert_false(was_called);
	assert_string_equal(fw_state.calls, "wm");
	assert_int_equal(info.efi.size, 0);
}

/* What the firmware gave is there for the message that tells why the program ends. */
static void a_map_without_memory_is_refused_and_told(void **state)
{
	bool was_called;

	(void)state;
	fw_state.no_memory = true;
	assert_int_equal(exit_boot_services(&fw, &info, &was_called), EFI_COMPROMISED_DATA);
	assert_false(was_called);
	assert_string_equal(fw_state.calls, "wm");
	assert_int_equal(info.efi.size, fw_state.map_bytes);
	assert_int_equal(info.efi.desc_size, fw_state.stride);
	assert_int_equal(info.efi.desc_version, 1);
}

static void missing_map_after_the_first_call_is_tried_again(void **state)
{
	bool was_called;

	(void)state;
	fw_state.exit_fails = 1;
	fw_state.map_fails = 2;
	fw_state.map_recovers = 4;
	assert_int_equal(exit_boot_services(&fw, &info, &was_called), EFI_SUCCESS);
	assert_string_equal(fw_state.calls, "wmxmmmx");
}

static void map_that_is_lost_for_good_ends_the_tries(void **state)
{
	bool was_called;

	(void)state;
	fw_state.exit_fails = 1;
	fw_state.map_fails = 2;
	assert_int_equal(exit_boot_services(&fw, &info, &was_called), EFI_DEVICE_ERROR);
	assert_true(was_called);
	assert_int_equal(fw_state.map_calls, 128);
}

/* --- the map's size ------------------------------------------------------------ */

static void probe_finds_size_and_stride(void **state)
{
	UINTN size, stride;

	(void)state;
	fw_state.map_bytes = 300 * 1024;
	assert_int_equal(map_probe(&fw, &size, &stride), EFI_SUCCESS);
	assert_int_equal(size, 300 * 1024);
	assert_int_equal(stride, 48);
}

static void probe_needs_no_size_from_a_call_that_failed(void **state)
{
	UINTN size, stride;

	(void)state;
	fw_state.lie_about_size = true;
	fw_state.map_bytes = 300 * 1024;
	assert_int_equal(map_probe(&fw, &size, &stride), EFI_SUCCESS);
	assert_int_equal(size, 300 * 1024);
}

static void probe_of_a_map_without_end_is_bounded(void **state)
{
	UINTN size, stride;

	(void)state;
	fw_state.map_bytes = 1ULL << 40;
	assert_int_equal(map_probe(&fw, &size, &stride), EFI_BUFFER_TOO_SMALL);
	assert_true(fw_state.map_calls <= 16);
}

/* --- tables and clock ---------------------------------------------------------- */

static void tables_are_found_in_any_order(void **state)
{
	EFI_CONFIGURATION_TABLE tables[] = {
		{ACPI_20_TABLE_GUID, (void *)0x2000}, {ACPI_TABLE_GUID, (void *)0x1000},
		{MPS_TABLE_GUID, (void *)0x5000},     {SMBIOS3_TABLE_GUID, (void *)0x4000},
		{SMBIOS_TABLE_GUID, (void *)0x3000},  {SMBIOS_TABLE_GUID, NULL},
	};

	(void)state;
	st.NumberOfTableEntries = 6;
	st.ConfigurationTable = tables;
	st.Hdr.Revision = 2 << 16 | 70;
	tables_find(&fw, &info);
	assert_int_equal(info.rsdp, 0x2000);
	assert_int_equal(info.smbios, 0x3000);
	assert_int_equal(info.smbios3, 0x4000);
	assert_int_equal(info.efi.revision, 0x20046);
	assert_string_equal(info.efi.vendor, "unknown");
}

static void older_acpi_serves_where_there_is_no_newer(void **state)
{
	EFI_CONFIGURATION_TABLE tables[] = {{ACPI_TABLE_GUID, (void *)0x1000}};

	(void)state;
	st.NumberOfTableEntries = 1;
	st.ConfigurationTable = tables;
	tables_find(&fw, &info);
	assert_int_equal(info.rsdp, 0x1000);
}

static void vendor_is_cut_and_made_ascii(void **state)
{
	CHAR16 vendor[64];
	size_t i;

	(void)state;
	for (i = 0; i < 64; i++)
		vendor[i] = 'a' + i % 26;
	vendor[1] = 0x4e2d;
	st.FirmwareVendor = vendor;
	tables_find(&fw, &info);
	assert_int_equal(strlen(info.efi.vendor), sizeof(info.efi.vendor) - 1);
	assert_memory_equal(info.efi.vendor, "a?cd", 4);
}

static void expect_time(EFI_TIME time, s64 seconds)
{
	fake_time = time;
	clock_read(&fw, &info);
	assert_int_equal(info.time, seconds * 1000000000 + (seconds ? time.Nanosecond : 0));
}

static void time_of_day_becomes_ns_since_1970(void **state)
{
	(void)state;
	expect_time((EFI_TIME){2026, 11, 22, 0, 31, 48, 0, 7, 0x7ff, 0, 0}, 1795307508);
	expect_time((EFI_TIME){2000, 2, 29, 12, 0, 0, 0, 0, 0x7ff, 0, 0}, 951825600);
	expect_time((EFI_TIME){2100, 3, 1, 0, 0, 0, 0, 0, 0x7ff, 0, 0}, 4107542400);
	/* 01:00 in a zone an hour ahead of UTC, whose TimeZone is -60, is 00:00 UTC. */
	expect_time((EFI_TIME){2000, 1, 1, 1, 0, 0, 0, 0, -60, 0, 0}, 946684800);
}

static void impossible_time_of_day_is_none(void **state)
{
	(void)state;
	expect_time((EFI_TIME){0}, 0);
	expect_time((EFI_TIME){2026, 13, 1, 0, 0, 0, 0, 0, 0, 0, 0}, 0);
	expect_time((EFI_TIME){2026, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0);
	expect_time((EFI_TIME){2026, 1, 1, 24, 0, 0, 0, 0, 0, 0, 0}, 0);
	expect_time((EFI_TIME){1969, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, 0);
}

/* --- console ------------------------------------------------------------------- */

static char screen[1024];

static EFI_STATUS EFIAPI fake_output(SIMPLE_TEXT_OUTPUT_INTERFACE *this, CHAR16 *text)
{
	size_t n = strlen(screen);

	(void)this;
	while (*text && n < sizeof(screen) - 1)
		screen[n++] = *text++;
	screen[n] = '\0';
	return EFI_SUCCESS;
}

static void console_lines_end_as_firmware_wants_them(void **state)
{
	SIMPLE_TEXT_OUTPUT_INTERFACE console = {.OutputString = fake_output};
	char text[200];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	firmware_print(&fw, "no console is no error\n");
	st.ConOut = &console;
	screen[0] = '\0';
	firmware_print(&fw, "a\n%s\n", text);
	assert_int_equal(strlen(screen), 3 + 199 + 2);
	assert_memory_equal(screen, "a\r\nx", 4);
	assert_string_equal(screen + 3 + 198, "x\r\n");
}

static void refusal_says_why_and_returns_its_status(void **state)
{
	SIMPLE_TEXT_OUTPUT_INTERFACE console = {.OutputString = fake_output};

	(void)state;
	st.ConOut = &console;
	screen[0] = '\0';
	assert_int_equal(firmware_refuse(&fw, EFI_OUT_OF_RESOURCES, "no memory for %d", 5),
			 EFI_OUT_OF_RESOURCES);
	assert_string_equal(screen, "baremm: no memory for 5 (EFI status 0x8000000000000009)\r\n");
}

/* --- options ------------------------------------------------------------------- */

static const char *cfg_text;
static size_t cfg_at;
static CHAR16 opened[64];

static EFI_STATUS EFIAPI fake_close(EFI_FILE_HANDLE file)
{
	(void)file;
	called('c');
	return EFI_SUCCESS;
}

/* Seven bytes at a time, as a slow medium may. */
static EFI_STATUS EFIAPI fake_read(EFI_FILE_HANDLE file, UINTN *size, void *buffer)
{
	size_t left = strlen(cfg_text) - cfg_at;

	(void)file;
	*size = left < 7 ? left : 7;
	memcpy(buffer, cfg_text + cfg_at, *size);
	cfg_at += *size;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_open(EFI_FILE_HANDLE root, EFI_FILE_HANDLE *file, CHAR16 *name,
				   UINT64 mode, UINT64 attributes)
{
	size_t i;

	(void)mode, (void)attributes;
	for (i = 0; i < 63 && name[i]; i++)
		opened[i] = name[i];
	opened[i] = 0;
	*file = root;
	return cfg_text ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static EFI_FILE root_file;

static EFI_STATUS EFIAPI fake_volume(EFI_FILE_IO_INTERFACE *this, EFI_FILE_HANDLE *root)
{
	(void)this;
	*root = &root_file;
	return EFI_SUCCESS;
}

static EFI_FILE_IO_INTERFACE volume = {.OpenVolume = fake_volume};

/* \EFI\BOOT and \A.EFI in two nodes, then the end. */
static u8 image_path[] = {4,   4, 24,  0, '\\', 0, 'E', 0, 'F', 0, 'I',	 0,    '\\', 0, 'B', 0,
			  'O', 0, 'O', 0, 'T',	0, 0,	0, 4,	4, 18,	 0,    '\\', 0, 'A', 0,
			  '.', 0, 'E', 0, 'F',	0, 'I', 0, 0,	0, 0x7f, 0xff, 4,    0};

static int options_setup(void **state)
{
	setup(state);
	root_file = (EFI_FILE){.Open = fake_open, .Close = fake_close, .Read = fake_read};
	cfg_text = "mem=2G # two\nnuma=off";
	cfg_at = 0;
	loaded.DeviceHandle = (EFI_HANDLE)5;
	loaded.FilePath = (void *)image_path;
	add_protocol(0, 5, (EFI_GUID)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID, &volume);
	return 0;
}

static void expect_options(const char *text)
{
	char options[OPTIONS_SIZE];

	cfg_at = 0;
	options_read(&fw, options, sizeof(options));
	assert_string_equal(options, text);
}

static void cfg_beside_the_image_comes_before_the_load_options(void **state)
{
	CHAR16 command[] = u"a x=1";
	static const CHAR16 path[] = u"\\EFI\\BOOT\\baremm.cfg";

	(void)state;
	loaded.LoadOptions = command;
	loaded.LoadOptionsSize = sizeof(command);
	expect_options("mem=2G numa=off x=1");
	assert_memory_equal(opened, path, sizeof(path));
}

static void everything_about_options_may_be_missing(void **state)
{
	(void)state;
	cfg_text = NULL;
	expect_options("");
	cfg_text = "a";
	protocols[0].handle = NULL;
	expect_options("");
	fw.loaded = NULL;
	expect_options("");
}

static void broken_image_path_looks_in_the_root(void **state)
{
	static u8 broken[] = {4, 4, 2, 0};
	static const CHAR16 path[] = u"baremm.cfg";

	(void)state;
	loaded.FilePath = (void *)broken;
	expect_options("mem=2G numa=off");
	assert_memory_equal(opened, path, sizeof(path));
}

#define OPTIONS_TEST(name) cmocka_unit_test_setup_teardown(name, options_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(exit_takes_one_try_where_firmware_is_right),
		TEST(exit_is_repeated_with_nothing_between),
		TEST(exit_gives_up_after_128_tries),
		TEST(map_that_grows_on_each_try_still_fits),
		TEST(missing_map_before_the_first_call_lets_the_program_return),
		TEST(a_map_without_memory_is_refused_and_told),
		TEST(missing_map_after_the_first_call_is_tried_again),
		TEST(map_that_is_lost_for_good_ends_the_tries),
		TEST(probe_finds_size_and_stride),
		TEST(probe_needs_no_size_from_a_call_that_failed),
		TEST(probe_of_a_map_without_end_is_bounded),
		TEST(tables_are_found_in_any_order),
		TEST(older_acpi_serves_where_there_is_no_newer),
		TEST(vendor_is_cut_and_made_ascii),
		TEST(time_of_day_becomes_ns_since_1970),
		TEST(impossible_time_of_day_is_none),
		TEST(console_lines_end_as_firmware_wants_them),
		TEST(refusal_says_why_and_returns_its_status),
		OPTIONS_TEST(cfg_beside_the_image_comes_before_the_load_options),
		OPTIONS_TEST(everything_about_options_may_be_missing),
		OPTIONS_TEST(broken_image_path_looks_in_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

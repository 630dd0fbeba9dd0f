/* SPDX-License-Identifier: MIT */
/* What calls the firmware, on firmware of our own that does what real ones do wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "efi/graphics.h"

/* --- a firmware ---------------------------------------------------------------- */

#define CALLS_MAX 1024

static struct {
	char calls[CALLS_MAX]; /* a letter for each call, in order */
	int pools;	       /* allocated and not freed */
	UINTN map_bytes, map_grows, stride;
	EFI_STATUS map_status; /* where not success, from call map_fails on */
	int map_calls, map_fails, map_recovers;
	int exit_calls, exit_fails; /* how often ExitBootServices fails */
	UINTN key;
	bool lie_about_size; /* a too small buffer reports no size and no stride */
} fw_state;

static void called(char letter)
{
	size_t n = strlen(fw_state.calls);

	if (n < CALLS_MAX - 1)
		fw_state.calls[n] = letter;
}

static EFI_STATUS EFIAPI fake_watchdog(UINTN timeout, UINT64 code, UINTN size, CHAR16 *data)
{
	(void)code, (void)size, (void)data;
	called(timeout ? 'W' : 'w');
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_allocate_pool(EFI_MEMORY_TYPE type, UINTN size, void **buffer)
{
	(void)type;
	called('a');
	fw_state.pools++;
	*buffer = malloc(size);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_free_pool(void *buffer)
{
	called('f');
	fw_state.pools--;
	free(buffer);
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_get_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
				      UINTN *stride, UINT32 *version)
{
	UINTN room = *size;

	called('m');
	fw_state.map_calls++;
	if (fw_state.map_fails && fw_state.map_calls >= fw_state.map_fails &&
	    fw_state.map_calls < fw_state.map_recovers)
		return fw_state.map_status;
	fw_state.map_bytes += fw_state.map_grows;
	if (room < fw_state.map_bytes) {
		if (!fw_state.lie_about_size)
			*size = fw_state.map_bytes;
		return EFI_BUFFER_TOO_SMALL;
	}
	memset(map, 0x5a, fw_state.map_bytes);
	*size = fw_state.map_bytes;
	*stride = fw_state.stride;
	*version = 1;
	*key = ++fw_state.key;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_exit(EFI_HANDLE image, UINTN key)
{
	(void)image;
	called('x');
	fw_state.exit_calls++;
	if (key != fw_state.key || fw_state.exit_calls <= fw_state.exit_fails)
		return EFI_INVALID_PARAMETER;
	return EFI_SUCCESS;
}

/* Handles are small numbers; what protocols they have is in this table. */
static struct {
	EFI_HANDLE handle;
	EFI_GUID guid;
	void *interface;
} protocols[8];

static EFI_STATUS EFIAPI fake_handle_protocol(EFI_HANDLE handle, EFI_GUID *guid, void **interface)
{
	size_t i;

	for (i = 0; i < 8; i++)
		if (handle && protocols[i].handle == handle &&
		    !memcmp(&protocols[i].guid, guid, sizeof(*guid))) {
			*interface = protocols[i].interface;
			return EFI_SUCCESS;
		}
	return EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI fake_locate(EFI_LOCATE_SEARCH_TYPE type, EFI_GUID *guid, void *key,
				     UINTN *nr, EFI_HANDLE **buffer)
{
	size_t i;

	(void)type, (void)key;
	*nr = 0;
	*buffer = calloc(8, sizeof(**buffer));
	for (i = 0; i < 8; i++)
		if (protocols[i].handle && !memcmp(&protocols[i].guid, guid, sizeof(*guid)))
			(*buffer)[(*nr)++] = protocols[i].handle;
	if (*nr) {
		fw_state.pools++;
		return EFI_SUCCESS;
	}
	free(*buffer);
	return EFI_NOT_FOUND;
}

static EFI_TIME fake_time;

static EFI_STATUS EFIAPI fake_get_time(EFI_TIME *time, EFI_TIME_CAPABILITIES *capabilities)
{
	(void)capabilities;
	*time = fake_time;
	return fake_time.Year ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

static EFI_STATUS EFIAPI fake_stall(UINTN microseconds)
{
	(void)microseconds;
	return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES bs;
static EFI_RUNTIME_SERVICES rs;
static EFI_SYSTEM_TABLE st;
static EFI_LOADED_IMAGE loaded;
static struct firmware fw;
static struct boot_info info;
static u8 map_buffer[16 * 1024];

static int setup(void **state)
{
	(void)state;
	memset(&fw_state, 0, sizeof(fw_state));
	memset(protocols, 0, sizeof(protocols));
	fw_state.map_bytes = 480;
	fw_state.stride = 48;
	fw_state.map_status = EFI_DEVICE_ERROR;
	fw_state.map_recovers = 1000000;
	bs = (EFI_BOOT_SERVICES){.SetWatchdogTimer = fake_watchdog,
				 .AllocatePool = fake_allocate_pool,
				 .FreePool = fake_free_pool,
				 .GetMemoryMap = fake_get_map,
				 .ExitBootServices = fake_exit,
				 .HandleProtocol = fake_handle_protocol,
				 .LocateHandleBuffer = fake_locate,
				 .Stall = fake_stall};
	rs = (EFI_RUNTIME_SERVICES){.GetTime = fake_get_time};
	st = (EFI_SYSTEM_TABLE){.BootServices = &bs, .RuntimeServices = &rs};
	loaded = (EFI_LOADED_IMAGE){0};
	fw = (struct firmware){.st = &st, .bs = &bs, .loaded = &loaded};
	info = (struct boot_info){.efi = {.descs = map_buffer, .size = sizeof(map_buffer)}};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return fw_state.pools; /* all that was allocated is freed */
}

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

/* --- graphics ------------------------------------------------------------------ */

static EFI_GRAPHICS_OUTPUT_MODE_INFORMATION modes[3];
static EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE gop_mode;
static EFI_GRAPHICS_OUTPUT_PROTOCOL gop;

static EFI_STATUS EFIAPI fake_query_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *this, UINT32 number,
					 UINTN *size, EFI_GRAPHICS_OUTPUT_MODE_INFORMATION **out)
{
	(void)this;
	if (number >= 3)
		return EFI_INVALID_PARAMETER;
	fw_state.pools++;
	*size = sizeof(**out);
	*out = malloc(sizeof(**out));
	**out = modes[number];
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_set_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *this, UINT32 number)
{
	called('s');
	this->Mode->Mode = number;
	this->Mode->Info = &modes[number];
	this->Mode->FrameBufferSize =
		4ULL * modes[number].PixelsPerScanLine * modes[number].VerticalResolution;
	return EFI_SUCCESS;
}

static void add_protocol(size_t i, size_t handle, EFI_GUID guid, void *interface)
{
	protocols[i].handle = (EFI_HANDLE)handle;
	protocols[i].guid = guid;
	protocols[i].interface = interface;
}

/* One adapter, handle 7, with three modes; 800x600 in rows of 1024 pixels is set. */
static int graphics_setup(void **state)
{
	static const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION mode = {
		.HorizontalResolution = 800,
		.VerticalResolution = 600,
		.PixelFormat = PixelBlueGreenRedReserved8BitPerColor,
		.PixelsPerScanLine = 1024,
	};

	setup(state);
	modes[0] = modes[1] = modes[2] = mode;
	modes[1].HorizontalResolution = modes[1].PixelsPerScanLine = 1920;
	modes[1].VerticalResolution = 1080;
	modes[2].HorizontalResolution = 3840;
	modes[2].PixelFormat = PixelBltOnly;
	gop_mode = (EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE){.MaxMode = 3,
						       .Info = &modes[0],
						       .SizeOfInfo = sizeof(modes[0]),
						       .FrameBufferBase = 0x7000000000,
						       .FrameBufferSize = 4 * 1024 * 600};
	gop = (EFI_GRAPHICS_OUTPUT_PROTOCOL){
		.QueryMode = fake_query_mode, .SetMode = fake_set_mode, .Mode = &gop_mode};
	add_protocol(0, 7, (EFI_GUID)EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID, &gop);
	return 0;
}

static struct boot_framebuffer found(const char *options)
{
	struct boot_framebuffer fb;

	memset(&fb, 0x5a, sizeof(fb));
	graphics_find(&fw, options, &fb);
	return fb;
}

static void framebuffer_has_the_modes_pitch_and_a_wide_base(void **state)
{
	struct boot_framebuffer fb = found("");

	(void)state;
	assert_int_equal(fb.format, BOOT_FB_BGR);
	assert_int_equal(fb.base, 0x7000000000);
	assert_int_equal(fb.width, 800);
	assert_int_equal(fb.height, 600);
	assert_int_equal(fb.pitch, 4096);
	assert_int_equal(fb.red_mask, 0xff0000);
	assert_string_equal(fw_state.calls, "f");
}

static void the_consoles_adapter_comes_first(void **state)
{
	EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE other_mode = gop_mode;
	EFI_GRAPHICS_OUTPUT_PROTOCOL other = gop;

	(void)state;
	other_mode.FrameBufferBase = 0x1000;
	other.Mode = &other_mode;
	add_protocol(1, 8, (EFI_GUID)EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID, &other);
	st.ConsoleOutHandle = (EFI_HANDLE)8;
	assert_int_equal(found("").base, 0x1000);
	/* A splitter without a framebuffer stands for others. */
	modes[2].PixelFormat = PixelBltOnly;
	other_mode.Info = &modes[2];
	assert_int_equal(found("").base, 0x7000000000);
}

static void block_transfers_alone_give_no_framebuffer(void **state)
{
	(void)state;
	modes[0].PixelFormat = PixelBltOnly;
	assert_int_equal(found("").format, BOOT_FB_NONE);
	modes[0].PixelFormat = PixelFormatMax;
	assert_int_equal(found("").format, BOOT_FB_NONE);
}

static void no_adapter_gives_no_framebuffer(void **state)
{
	(void)state;
	protocols[0].handle = NULL;
	assert_int_equal(found("").format, BOOT_FB_NONE);
	assert_int_equal(found("").size, 0);
}

static void impossible_modes_give_no_framebuffer(void **state)
{
	(void)state;
	modes[0].PixelsPerScanLine = 799;
	assert_int_equal(found("").format, BOOT_FB_NONE);
	modes[0].PixelsPerScanLine = 1024;
	modes[0].VerticalResolution = 0;
	assert_int_equal(found("").format, BOOT_FB_NONE);
	modes[0].VerticalResolution = 600;
	gop_mode.FrameBufferBase = 0;
	assert_int_equal(found("").format, BOOT_FB_NONE);
	gop_mode.Info = NULL;
	assert_int_equal(found("").format, BOOT_FB_NONE);
	gop.Mode = NULL;
	assert_int_equal(found("").format, BOOT_FB_NONE);
}

static void bit_masks_give_the_pixels_size(void **state)
{
	struct boot_framebuffer fb;

	(void)state;
	modes[0].PixelFormat = PixelBitMask;
	modes[0].PixelInformation = (EFI_PIXEL_BITMASK){0xf800, 0x07e0, 0x001f, 0};
	fb = found("");
	assert_int_equal(fb.format, BOOT_FB_MASK);
	assert_int_equal(fb.bytes_per_pixel, 2);
	assert_int_equal(fb.pitch, 2048);
	modes[0].PixelInformation = (EFI_PIXEL_BITMASK){0xff0000, 0xff00, 0xff, 0};
	assert_int_equal(found("").bytes_per_pixel, 3);
	modes[0].PixelInformation.ReservedMask = 0xff000000;
	assert_int_equal(found("").bytes_per_pixel, 4);
	modes[0].PixelInformation.GreenMask = 0;
	assert_int_equal(found("").format, BOOT_FB_NONE);
}

static void rows_that_no_memory_backs_are_not_drawn(void **state)
{
	struct boot_framebuffer fb;

	(void)state;
	gop_mode.FrameBufferSize = 4096 * 590 + 100;
	fb = found("");
	assert_int_equal(fb.height, 590);
	assert_int_equal(fb.size, 4096 * 590 + 100);
	gop_mode.FrameBufferSize = 0;
	assert_int_equal(found("").height, 600);
	assert_int_equal(found("").size, 4096 * 600);
	gop_mode.FrameBufferSize = 100;
	assert_int_equal(found("").format, BOOT_FB_NONE);
}

static void resolution_is_set_as_asked(void **state)
{
	(void)state;
	assert_int_equal(found("video=efifb:1920x1080").width, 1920);
	assert_int_equal(found("video=efifb:mode=0").width, 800);
	assert_int_equal(found("video=efifb:auto").width, 1920); /* 3840 cannot be drawn to */
	assert_int_equal(found("mem=2G").width, 1920);
	assert_int_equal(found("video=efifb:1x1").width, 1920);
	assert_int_equal(found("video=efifb:mode=2").width, 1920);
}

static void wishes_that_are_none_are_refused(void **state)
{
	static const char *const texts[] = {"",	     "x",      "1920",	"1920x",      "x1080",
					    "mode=", "mode=x", "auto1", "1920x1080x", "mode=1 "};
	struct graphics_wish wish;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(graphics_parse_wish(texts[i], &wish));
	assert_true(graphics_parse_wish("1920x1080", &wish));
	assert_int_equal(wish.height, 1080);
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
	for (i = 0; name[i] && i < 63; i++)
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

#define TEST(name)	    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define GRAPHICS_TEST(name) cmocka_unit_test_setup_teardown(name, graphics_setup, teardown)
#define OPTIONS_TEST(name)  cmocka_unit_test_setup_teardown(name, options_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(exit_takes_one_try_where_firmware_is_right),
		TEST(exit_is_repeated_with_nothing_between),
		TEST(exit_gives_up_after_128_tries),
		TEST(map_that_grows_on_each_try_still_fits),
		TEST(missing_map_before_the_first_call_lets_the_program_return),
		TEST(missing_map_after_the_first_call_is_tried_again),
		TEST(map_that_is_lost_for_good_ends_the_tries),
		TEST(probe_finds_size_and_stride),
		TEST(probe_needs_no_size_from_a_call_that_failed),
		TEST(probe_of_a_map_without_end_is_bounded),
		GRAPHICS_TEST(framebuffer_has_the_modes_pitch_and_a_wide_base),
		GRAPHICS_TEST(the_consoles_adapter_comes_first),
		GRAPHICS_TEST(block_transfers_alone_give_no_framebuffer),
		GRAPHICS_TEST(no_adapter_gives_no_framebuffer),
		GRAPHICS_TEST(impossible_modes_give_no_framebuffer),
		GRAPHICS_TEST(bit_masks_give_the_pixels_size),
		GRAPHICS_TEST(rows_that_no_memory_backs_are_not_drawn),
		GRAPHICS_TEST(resolution_is_set_as_asked),
		GRAPHICS_TEST(wishes_that_are_none_are_refused),
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

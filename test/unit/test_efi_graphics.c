/* SPDX-License-Identifier: MIT */
/* The framebuffer that the firmware has, and the modes that it is asked for. */
#include "efi_firmware.h"

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

#define GRAPHICS_TEST(name) cmocka_unit_test_setup_teardown(name, graphics_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GRAPHICS_TEST(framebuffer_has_the_modes_pitch_and_a_wide_base),
		GRAPHICS_TEST(the_consoles_adapter_comes_first),
		GRAPHICS_TEST(block_transfers_alone_give_no_framebuffer),
		GRAPHICS_TEST(no_adapter_gives_no_framebuffer),
		GRAPHICS_TEST(impossible_modes_give_no_framebuffer),
		GRAPHICS_TEST(bit_masks_give_the_pixels_size),
		GRAPHICS_TEST(rows_that_no_memory_backs_are_not_drawn),
		GRAPHICS_TEST(resolution_is_set_as_asked),
		GRAPHICS_TEST(wishes_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

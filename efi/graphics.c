/* SPDX-License-Identifier: MIT */
/*
 * The framebuffer, from the Graphics Output Protocol (UEFI 2.10 section 12.9).
 *
 * The console's own handle is asked first: with several adapters it is the one
 * that the user looks at. The firmware's console may be a splitter over several
 * outputs that has no framebuffer; then the handles are asked one by one.
 */
#include "graphics.h"
#include "options_text.h"

#include <linux/kernel.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

#define MAX_PIXELS 32768 /* width or height above this cannot be true */

static const EFI_GUID gop_guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;

/* The bytes that a pixel with these masks takes: up to the highest bit. */
static u32 mask_bytes(u32 masks)
{
	return masks ? (32 - __builtin_clz(masks) + 7) / 8 : 0;
}

static bool set_format(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode,
		       struct boot_framebuffer *fb)
{
	const EFI_PIXEL_BITMASK *masks = &mode->PixelInformation;

	fb->bytes_per_pixel = 4;
	switch (mode->PixelFormat) {
	case PixelRedGreenBlueReserved8BitPerColor:
		fb->format = BOOT_FB_RGB;
		fb->red_mask = 0xff;
		fb->green_mask = 0xff00;
		fb->blue_mask = 0xff0000;
		return true;
	case PixelBlueGreenRedReserved8BitPerColor:
		fb->format = BOOT_FB_BGR;
		fb->red_mask = 0xff0000;
		fb->green_mask = 0xff00;
		fb->blue_mask = 0xff;
		return true;
	case PixelBitMask:
		fb->format = BOOT_FB_MASK;
		fb->red_mask = masks->RedMask;
		fb->green_mask = masks->GreenMask;
		fb->blue_mask = masks->BlueMask;
		fb->bytes_per_pixel = mask_bytes(masks->RedMask | masks->GreenMask |
						 masks->BlueMask | masks->ReservedMask);
		return masks->RedMask && masks->GreenMask && masks->BlueMask &&
		       fb->bytes_per_pixel >= 2;
	default:
		return false;
	}
}

/*
 * Rows that the framebuffer has no memory for are not drawn. Firmware that
 * gives no size at all is believed about its rows.
 */
static void bound_size(u64 backed, struct boot_framebuffer *fb)
{
	u64 needed = (u64)fb->pitch * fb->height;

	if (backed && backed < needed) {
		pr_notice("framebuffer: 0x%llx bytes back %llu of %u rows\n", backed,
			  backed / fb->pitch, fb->height);
		fb->height = backed / fb->pitch;
	}
	fb->size = backed ? backed : needed;
}

/* Fills @fb from the adapter's current mode; false with a reason where it cannot. */
static bool take_mode(const EFI_GRAPHICS_OUTPUT_PROTOCOL *gop, struct boot_framebuffer *fb,
		      const char **why)
{
	const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode;

	*fb = (struct boot_framebuffer){.format = BOOT_FB_NONE};
	*why = "no mode is set";
	if (!gop || !gop->Mode || !gop->Mode->Info)
		return false;
	mode = gop->Mode->Info;
	*why = "no linear framebuffer (block transfers only)";
	if (mode->PixelFormat == PixelBltOnly || !gop->Mode->FrameBufferBase)
		return false;
	fb->base = gop->Mode->FrameBufferBase;
	fb->width = mode->HorizontalResolution;
	fb->height = mode->VerticalResolution;
	*why = "unknown pixel format";
	if (!set_format(mode, fb))
		return false;
	*why = "resolution cannot be true";
	if (!fb->width || !fb->height || fb->width > MAX_PIXELS || fb->height > MAX_PIXELS ||
	    mode->PixelsPerScanLine < fb->width || mode->PixelsPerScanLine > 4 * MAX_PIXELS)
		return false;
	fb->pitch = mode->PixelsPerScanLine * fb->bytes_per_pixel;
	bound_size(gop->Mode->FrameBufferSize, fb);
	*why = "no row of it is backed by memory";
	return fb->height > 0;
}

/*
 * Asks every adapter; the first that has a framebuffer is taken. NULL: none has,
 * and @why is what the last one lacks.
 */
static EFI_GRAPHICS_OUTPUT_PROTOCOL *find_first(const struct firmware *fw, const char **why)
{
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop = NULL;
	struct boot_framebuffer fb;
	EFI_GUID guid = gop_guid;
	EFI_HANDLE *handles = NULL;
	UINTN i, nr = 0;
	bool found = false;

	if (EFI_ERROR(fw->bs->LocateHandleBuffer(ByProtocol, &guid, NULL, &nr, &handles)))
		return NULL;
	for (i = 0; i < nr && !found; i++) {
		gop = firmware_protocol(fw, handles[i], &gop_guid);
		found = take_mode(gop, &fb, why);
	}
	fw->bs->FreePool(handles);
	return found ? gop : NULL;
}

/* The adapter with a framebuffer that the user looks at, as far as one can tell. */
static EFI_GRAPHICS_OUTPUT_PROTOCOL *find_adapter(const struct firmware *fw, const char **why)
{
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop;
	struct boot_framebuffer fb;

	*why = "no graphics adapter";
	gop = firmware_protocol(fw, fw->st->ConsoleOutHandle, &gop_guid);
	if (gop && take_mode(gop, &fb, why))
		return gop;
	return find_first(fw, why);
}

void graphics_find(const struct firmware *fw, const char *options, struct boot_framebuffer *fb)
{
	const char *why;
	char wish[32];
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop = find_adapter(fw, &why);

	if (gop && options_find(options, "video=efifb:", wish, sizeof(wish)))
		graphics_set_mode(fw, gop, wish);
	if (!gop || !take_mode(gop, fb, &why)) {
		*fb = (struct boot_framebuffer){.format = BOOT_FB_NONE};
		pr_notice("no framebuffer: %s\n", why);
		firmware_print(fw, "baremm: no framebuffer (%s): the log goes to the serial port\n",
			       why);
		return;
	}
	pr_info("framebuffer at 0x%llx, 0x%llx bytes, %ux%u, %u bytes a row, %u a pixel\n",
		fb->base, fb->size, fb->width, fb->height, fb->pitch, fb->bytes_per_pixel);
}

/* SPDX-License-Identifier: MIT */
/*
 * The resolution that video=efifb: asks for, in Linux's syntax (its EFI stub):
 * `1920x1080`, `mode=3`, or `auto` for the one with the most pixels. Without the
 * option the firmware's choice stays.
 */
#include "graphics.h"

#include <linux/kernel.h>
#include <linux/string.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

/* More modes than this are a broken count. */
#define MAX_MODES 512

bool graphics_parse_wish(const char *text, struct graphics_wish *wish)
{
	char *end;

	*wish = (struct graphics_wish){.kind = WISH_NONE};
	if (!strcmp(text, "auto")) {
		wish->kind = WISH_LARGEST;
		return true;
	}
	if (!strncmp(text, "mode=", 5)) {
		wish->kind = WISH_NUMBER;
		wish->number = simple_strtoull(text + 5, &end, 10);
		return end > text + 5 && !*end;
	}
	wish->kind = WISH_SIZE;
	wish->width = simple_strtoull(text, &end, 10);
	if (end == text || *end != 'x')
		return false;
	text = end + 1;
	wish->height = simple_strtoull(text, &end, 10);
	return end > text && !*end;
}

/* Is @mode what is asked for, and if several are, better than @best pixels? */
static bool fits(const struct graphics_wish *wish, UINT32 number,
		 const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode, u64 best)
{
	u64 pixels = (u64)mode->HorizontalResolution * mode->VerticalResolution;

	if (mode->PixelFormat >= PixelBltOnly || pixels <= best)
		return false;
	switch (wish->kind) {
	case WISH_LARGEST:
		return true;
	case WISH_NUMBER:
		return number == wish->number;
	case WISH_SIZE:
		return mode->HorizontalResolution == wish->width &&
		       mode->VerticalResolution == wish->height;
	default:
		return false;
	}
}

/* The number of the mode that fits, or -1. */
static long find_mode(const struct firmware *fw, EFI_GRAPHICS_OUTPUT_PROTOCOL *gop,
		      const struct graphics_wish *wish)
{
	EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode;
	long found = -1;
	u64 best = 0;
	UINT32 i;

	for (i = 0; i < min_t(UINT32, gop->Mode->MaxMode, MAX_MODES); i++) {
		UINTN size = 0;

		if (EFI_ERROR(gop->QueryMode(gop, i, &size, &mode)) || !mode)
			continue;
		if (size >= sizeof(*mode) && fits(wish, i, mode, best)) {
			best = (u64)mode->HorizontalResolution * mode->VerticalResolution;
			found = i;
		}
		fw->bs->FreePool(mode);
	}
	return found;
}

void graphics_set_mode(const struct firmware *fw, EFI_GRAPHICS_OUTPUT_PROTOCOL *gop,
		       const char *text)
{
	struct graphics_wish wish;
	EFI_STATUS status;
	long number;

	if (!graphics_parse_wish(text, &wish)) {
		pr_warn("video=efifb:%s: not WIDTHxHEIGHT, mode=NUMBER or auto; ignored\n", text);
		return;
	}
	number = find_mode(fw, gop, &wish);
	if (number < 0) {
		pr_warn("video=efifb:%s: none of %u modes; the resolution stays\n", text,
			gop->Mode->MaxMode);
		return;
	}
	if (number == gop->Mode->Mode)
		return;
	status = gop->SetMode(gop, number);
	if (EFI_ERROR(status))
		pr_warn("video=efifb:%s: mode %ld cannot be set: status 0x%llx\n", text, number,
			(u64)status);
}

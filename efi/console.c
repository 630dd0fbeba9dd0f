/* SPDX-License-Identifier: MIT */
/* The firmware's console and its protocols, while boot services exist. */
#include "firmware.h"

#include <linux/kernel.h>
#include <linux/string.h>

void *firmware_protocol(const struct firmware *fw, EFI_HANDLE handle, const EFI_GUID *guid)
{
	EFI_GUID copy = *guid; /* the prototype's argument is not const */
	void *interface = NULL;

	if (!handle || EFI_ERROR(fw->bs->HandleProtocol(handle, &copy, &interface)))
		return NULL;
	return interface;
}

/* Gives the console ASCII as UTF-16, "\n" as "\r\n", a piece at a time. */
static void print_text(const struct firmware *fw, const char *text)
{
	CHAR16 piece[64];
	size_t n = 0;

	if (!fw->st->ConOut)
		return;
	for (; *text; text++) {
		if (*text == '\n')
			piece[n++] = '\r';
		piece[n++] = (unsigned char)*text;
		if (n >= ARRAY_SIZE(piece) - 2 || !text[1]) {
			piece[n] = 0;
			fw->st->ConOut->OutputString(fw->st->ConOut, piece);
			n = 0;
		}
	}
}

void firmware_print(const struct firmware *fw, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	print_text(fw, text);
}

EFI_STATUS firmware_refuse(const struct firmware *fw, EFI_STATUS status, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	firmware_print(fw, "baremm: ");
	print_text(fw, text);
	firmware_print(fw, " (EFI status 0x%llx)\n", (u64)status);
	return status;
}

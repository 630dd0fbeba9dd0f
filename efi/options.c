/* SPDX-License-Identifier: MIT */
/*
 * Where the options come from: baremm.cfg beside the image, then the load
 * options. Both may be missing, as when a network boot or another loader started
 * the program.
 */
#include "firmware.h"
#include "options_text.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/string.h>

#undef pr_fmt
#define pr_fmt(fmt) "options: " fmt

#define CFG_NAME   L"baremm.cfg"
#define CFG_MAX	   SZ_64K
#define PATH_CHARS 256

static const EFI_GUID fs_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;

/* The image's own path on its volume. Longer ones, or none, give an empty path. */
static size_t image_path(const struct firmware *fw, CHAR16 *path, size_t max)
{
	const EFI_DEVICE_PATH *node = fw->loaded ? fw->loaded->FilePath : NULL;
	size_t chars = 0, bytes, nodes;

	for (nodes = 0; node && nodes < 64 && !IsDevicePathEnd(node); nodes++) {
		bytes = DevicePathNodeLength(node);
		if (bytes < sizeof(*node))
			break;
		if (DevicePathType(node) == MEDIA_DEVICE_PATH &&
		    DevicePathSubType(node) == MEDIA_FILEPATH_DP) {
			size_t n = (bytes - sizeof(*node)) / sizeof(CHAR16);

			if (chars + n >= max)
				return 0;
			memcpy(path + chars, node + 1, n * sizeof(CHAR16));
			while (n && !path[chars + n - 1])
				n--;
			chars += n;
		}
		node = (const void *)((const u8 *)node + bytes);
	}
	path[chars] = 0;
	return chars;
}

/* Opens baremm.cfg in the directory that @path begins with. NULL: there is none. */
static EFI_FILE_HANDLE cfg_open(const struct firmware *fw, CHAR16 *path, size_t dir)
{
	static const CHAR16 name[] = CFG_NAME;
	EFI_FILE_HANDLE root, file = NULL;
	EFI_FILE_IO_INTERFACE *fs;

	fs = fw->loaded ? firmware_protocol(fw, fw->loaded->DeviceHandle, &fs_guid) : NULL;
	if (!fs || EFI_ERROR(fs->OpenVolume(fs, &root)))
		return NULL;
	memcpy(path + dir, name, sizeof(name));
	if (EFI_ERROR(root->Open(root, &file, path, EFI_FILE_MODE_READ, 0)))
		file = NULL;
	root->Close(root);
	return file;
}

/* Reads up to @max bytes; what read them before an error counts. */
static size_t file_read(EFI_FILE_HANDLE file, u8 *buffer, size_t max)
{
	size_t have = 0;

	while (have < max) {
		UINTN n = max - have;

		if (EFI_ERROR(file->Read(file, &n, buffer + have)) || !n || n > max - have)
			break;
		have += n;
	}
	return have;
}

static void report(const char *source, int result, size_t bytes)
{
	if (result == -EINVAL)
		pr_warn("%s: %zu bytes that are no text; ignored\n", source, bytes);
	else if (result == -E2BIG)
		pr_warn("%s: %zu bytes are too long; the words that do not fit are ignored\n",
			source, bytes);
}

static void read_cfg(const struct firmware *fw, CHAR16 *path, size_t dir, char *out, size_t size)
{
	EFI_FILE_HANDLE file = cfg_open(fw, path, dir);
	void *buffer;
	size_t bytes;

	if (!file)
		return;
	if (!EFI_ERROR(fw->bs->AllocatePool(EfiLoaderData, CFG_MAX, &buffer))) {
		bytes = file_read(file, buffer, CFG_MAX);
		if (bytes == CFG_MAX)
			pr_warn("baremm.cfg: only its first %zu bytes are read\n", bytes);
		report("baremm.cfg", options_from_cfg(out, size, buffer, bytes), bytes);
		fw->bs->FreePool(buffer);
	}
	file->Close(file);
}

static void read_load_options(const struct firmware *fw, const char *name, char *out, size_t size)
{
	const EFI_LOADED_IMAGE *loaded = fw->loaded;

	if (!loaded || !loaded->LoadOptions || !loaded->LoadOptionsSize)
		return;
	report("load options",
	       options_from_load_options(out, size, loaded->LoadOptions, loaded->LoadOptionsSize,
					 name),
	       loaded->LoadOptionsSize);
}

void options_read(const struct firmware *fw, char *out, size_t size)
{
	CHAR16 path[PATH_CHARS + ARRAY_SIZE(CFG_NAME)];
	size_t dir, len, chars = image_path(fw, path, PATH_CHARS);
	char name[64];

	out[0] = '\0';
	dir = options_split_path(path, chars, name, sizeof(name));
	read_cfg(fw, path, dir, out, size);
	len = strlen(out);
	if (len && len + 1 < size)
		out[len++] = ' ';
	out[len] = '\0';
	read_load_options(fw, name, out + len, size - len);
	len = strlen(out);
	if (len && out[len - 1] == ' ')
		out[len - 1] = '\0';
}

// SPDX-License-Identifier: MIT
/*
 * Options: any bytes as baremm.cfg or as an image's load options, to one line of text,
 * to the handlers, and to the memory map and the nodes that they ask for.
 *
 *   input   | form | size of the buffer, 2 | ... bytes
 */
#include "fuzz_nodes.h"

#include <linux/errno.h>
#include "efi/options_text.h"

enum { FORM_CFG = 1, FORM_SMALL = 2, FORM_NAME = 4, FORM_FIND = 8 };

#define TEXT_ROOM 8192

/* Is @text, of @len bytes, words of printable ASCII with a blank between each two? */
static void check_text(const char *text, size_t len)
{
	fuzz_check(strlen(text) == len);
	for (size_t i = 0; i < len; i++)
		fuzz_check(text[i] >= ' ' && text[i] < 0x7f);
	fuzz_check(!len || (text[0] != ' ' && (text[len - 1] != ' ' || strchr(text, '"'))));
}

/* The text that efi/ would make of the bytes, in exactly as much room as it may use. */
static char *decode(u8 form, size_t room)
{
	char *text = malloc(room);
	int ret;

	memset(text, 0x5a, room);
	if (form & FORM_CFG)
		ret = options_from_cfg(text, room, fuzz_in.at, fuzz_in.left);
	else
		ret = options_from_load_options(text, room, fuzz_in.at, fuzz_in.left,
						form & FORM_NAME ? "bootx64.efi" : NULL);
	fuzz_check(ret >= 0 || ret == -EINVAL || ret == -E2BIG);
	fuzz_check(ret < (int)room && (ret != -EINVAL || !text[0]));
	check_text(text, ret >= 0 ? (size_t)ret : strlen(text));
	return text;
}

static void check_find(const char *text)
{
	char value[16];
	const char *given;

	if (!options_find(text, "console=", value, sizeof(value)))
		return;
	given = strstr(text, value);
	fuzz_check(strlen(value) < sizeof(value) && given && !strchr(value, ' '));
}

static void check_path(void)
{
	size_t chars = fuzz_in.left / 2, size = 1 + fuzz_in.left % 20, dir;
	u16 *path = malloc(2 * chars + 1);
	char *name = malloc(size);

	memcpy(path, fuzz_in.at, 2 * chars);
	dir = options_split_path(path, chars, name, size);
	fuzz_check(dir <= chars && strlen(name) < size);
	free(name);
	free(path);
}

/* All memory is memory that the machine has: memmap= may invent some. */
static bool memory_is_real(void)
{
	const struct memblock_region *r;

	for_each_mem_region (r) {
		bool real = false;

		for (size_t i = 0; i < ARRAY_SIZE(nodes_map); i++) {
			const struct e820_entry *e = &nodes_map[i];

			real |= e->type == E820_TYPE_RAM && r->base >= e->addr &&
				r->base + r->size <= e->addr + e->size;
		}
		if (r->size && !real)
			return false;
	}
	return true;
}

/* A boot with @text: memmap= and mem= may leave no memory, and that ends it. */
static void boot_with(const char *text)
{
	struct boot_info *info = nodes_machine(text);
	phys_addr_t memory;
	const char *why;

	fuzz_run(nodes_parse_options, info);
	fuzz_run(nodes_setup_memory, info);
	fuzz_check(e820_verify(e820_table) == 0);
	fuzz_check(memblock_verify() == 0);
	memory = memblock_phys_mem_size();
	if (!memory_is_real())
		return;
	why = host_expect_panic(nodes_find, info);
	if (!why)
		check_nodes(memory);
	else if (memory >= 2 * NODE_MIN_SIZE)
		fuzz_fail("panic with 0x%llx bytes of memory: %s", memory, why);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	size_t room;
	char *text;
	u8 form;

	fuzz_start(data, size);
	form = fuzz_u8();
	room = 1 + (form & FORM_SMALL ? fuzz_u16() % 64 : TEXT_ROOM);
	text = decode(form, room);
	check_path();
	if (form & FORM_FIND)
		check_find(text);
	boot_with(text);
	free(text);
	return 0;
}

/* ---- Seeds ------------------------------------------------------------------------------ */

static const char *const texts[] = {
	"mem=100M memmap=64K$16M,4K#0x2000000 memmap=1M!3M movable_node numa=fake=4",
	"# comment\nmem=64M # more\r\n numa=fake=32M:10,20,20,10 memblock=debug \"a b\" --",
	"\\EFI\\BOOT\\BOOTX64.EFI memmap=exactmap memmap=640K@0,63M@1M,8M@4G loglevel=7",
	"fs0:\\bootx64.efi numa=off numa=noacpi numa=nohmat mminit_loglevel=4 memmap_init=eager",
	"memmap=4M%32M-1+2 memmap=2M%48M-1 memmap=1M%64M+5 init_on_alloc=1 selftest=off quiet",
	"numa=fake=2U console=ttyS0,115200 selftest=pages,objects unknown=\"x y\" mem=4G",
};

static size_t fuzz_seed(unsigned int i, u8 *data)
{
	const char *text = texts[i % ARRAY_SIZE(texts)];
	unsigned int form = i / ARRAY_SIZE(texts);
	size_t len = strlen(text);

	if (form == 3)
		return 0;
	data[0] = form == 0 ? FORM_CFG | FORM_FIND : FORM_NAME;
	if (form < 2) {
		memcpy(data + 1, text, len);
		return 1 + len;
	}
	for (size_t j = 0; j < len; j++) {
		data[1 + 2 * j] = (u8)text[j];
		data[2 + 2 * j] = 0;
	}
	return 1 + 2 * len;
}

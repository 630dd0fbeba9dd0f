/* SPDX-License-Identifier: MIT */
/*
 * Page poisoning: what is written to a free page is found when it is handed out; what
 * init_on_alloc and init_on_free mean beside it; and how bytes and flags are shown.
 */
#include "page_model.h"

#include <linux/errno.h>
#include <linux/mmdebug.h>
#include <linux/poison.h>
#include <linux/string.h>

#include "../../mm/page_poison.h"

static const struct ram ram[] = {{SZ_1M, SZ_256M + SZ_128M, 0}, {0, 0, 0}};

/* A machine with page_poison=on from its start. */
static int machine(void **state)
{
	char on[] = "on";

	(void)state;
	machine_ram(ram);
	assert_int_equal(page_poison_parse_option(on), 0);
	machine_zones();
	init_mem_debugging_and_hardening();
	mem_init();
	return 0;
}

static int machine_end(void **state)
{
	page_hooks_reset();
	return machine_down(state);
}

/* What is at @addr of a page that was freed, as a careless owner would see it. */
static u8 *freed_page(unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL, order);
	u8 *mem = page_address(page);

	memset(mem, 3, PAGE_SIZE << order);
	__free_pages(page, order);
	return mem;
}

/* ---- Finding ------------------------------------------------------------------------ */

static void freed_pages_are_poisoned_throughout(void **state)
{
	(void)state;
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		u8 *mem = freed_page(order);

		assert_null(memchr_inv(mem, PAGE_POISON, PAGE_SIZE << order));
	}
	assert_int_equal(verify_all(), 0);
}

static void all_memory_can_be_taken_and_freed_without_a_report(void **state)
{
	struct model *m = model_make();

	(void)state;
	while (m->nr < MODEL_BLOCKS) {
		unsigned int before = m->nr;

		model_alloc(m, m->nr % NR_PAGE_ORDERS, GFP_KERNEL);
		if (m->nr == before)
			break;
		memset(page_address(m->block[before].page), 1, PAGE_SIZE << m->block[before].order);
	}
	while (m->nr)
		model_free(m, 0, false);
	model_end(m);
	assert_int_equal(page_alloc_stats.poison_overwritten, 0);
	assert_int_equal(host_log_count("pagealloc:"), 0);
	assert_int_equal(verify_all(), 0);
}

static void a_write_to_a_free_page_is_shown_with_its_bytes_and_the_page(void **state)
{
	u8 *mem = freed_page(0);
	char line[128];

	(void)state;
	memcpy(mem + 100, "baremm", 6);
	__free_page(alloc_page(GFP_KERNEL));
	assert_int_equal(page_alloc_stats.poison_overwritten, 1);
	assert_true(host_log_contains("pagealloc: memory corruption"));
	scnprintf(line, sizeof(line), "%px: 62 61 72 65 6d 6d %30s baremm", (void *)(mem + 100),
		  "");
	assert_true(host_log_contains(line));
	assert_int_equal(host_log_count("Call Trace:"), 1);
	assert_true(host_log_contains("page dumped because: pagealloc: corrupted page details"));
	assert_int_equal(verify_all(), 0);
}

static void one_bit_is_called_a_single_bit_error(void **state)
{
	(void)state;
	freed_page(0)[4095] ^= 0x10;
	__free_page(alloc_page(GFP_KERNEL));
	assert_true(host_log_contains("pagealloc: single bit error"));
	freed_page(0)[0] ^= 0x11;
	__free_page(alloc_page(GFP_KERNEL));
	assert_int_equal(host_log_count("pagealloc: single bit error"), 1);
	assert_int_equal(host_log_count("pagealloc: memory corruption"), 1);
}

static void the_dump_ends_with_the_last_wrong_byte_of_the_page(void **state)
{
	u8 *mem = freed_page(0);

	(void)state;
	mem[7] = mem[47] = 0;
	__free_page(alloc_page(GFP_KERNEL));
	/* 41 bytes from 7 on: 16, 16, 9. */
	assert_int_equal(host_log_count(": 00 aa aa aa"), 1);
	assert_int_equal(host_log_count(": aa aa aa aa"), 2);
	assert_true(host_log_contains("aa aa aa aa aa aa aa aa 00 "));
}

static void every_page_of_a_block_is_looked_at(void **state)
{
	u8 *mem = freed_page(4);

	(void)state;
	mem[3 * PAGE_SIZE] = mem[15 * PAGE_SIZE] = 0;
	__free_pages(alloc_pages(GFP_KERNEL, 4), 4);
	assert_int_equal(page_alloc_stats.poison_overwritten, 2);
	__free_pages(alloc_pages(GFP_KERNEL, 4), 4);
	assert_int_equal(page_alloc_stats.poison_overwritten, 2);
}

static void reports_end_but_counts_go_on(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		freed_page(0)[i] = 0;
		__free_page(alloc_page(GFP_KERNEL));
	}
	assert_int_equal(page_alloc_stats.poison_overwritten, 100);
	assert_in_range(host_log_count("pagealloc: memory corruption"), 5, 20);
}

static void a_scan_finds_what_was_written_to_free_pages(void **state)
{
	unsigned long nr_made = nr_free_pages() - zone_of(0, ZONE_DMA32)->nr_extent_pages;
	u8 *mem = freed_page(3), *other = freed_page(0);
	char text[80];

	(void)state;
	assert_int_equal(page_poison_scan(), 0);
	snprintf(text, sizeof(text), "pagealloc: %lu free pages looked at, 0 of them", nr_made);
	assert_true(host_log_contains(text));
	mem[17] = 1;
	mem[5 * PAGE_SIZE] = mem[5 * PAGE_SIZE + 9] = 2;
	other[PAGE_SIZE - 1] = 3;
	assert_int_equal(page_poison_scan(), 3);
	assert_int_equal(page_alloc_stats.poison_overwritten, 3);
	/* Once. */
	assert_int_equal(page_poison_scan(), 0);
	__free_page(alloc_page(GFP_KERNEL));
	assert_int_equal(page_alloc_stats.poison_overwritten, 3);
}

static void sections_made_later_are_poisoned_too(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA32);
	struct page *page;

	(void)state;
	assert_true(zone->nr_extent_pages != 0);
	memmap_make_all();
	list_for_each_entry (page, &zone->free_area[MAX_PAGE_ORDER].free_list[MIGRATE_MOVABLE],
			     buddy_list)
		assert_null(
			memchr_inv(page_address(page), PAGE_POISON, PAGE_SIZE << MAX_PAGE_ORDER));
	assert_int_equal(verify_all(), 0);
}

static void zeroed_pages_are_zero_all_the_same(void **state)
{
	unsigned long addr = get_zeroed_page(GFP_KERNEL);

	(void)state;
	assert_null(memchr_inv((void *)addr, 0, PAGE_SIZE));
	free_page(addr);
}

/* ---- Options ------------------------------------------------------------------------ */

static int machine_with(const char *alloc, const char *free, const char *poison)
{
	char text[3][8];

	machine_ram(ram);
	strcpy(text[0], alloc);
	strcpy(text[1], free);
	strcpy(text[2], poison);
	assert_int_equal(init_on_alloc_parse_option(text[0]), 0);
	assert_int_equal(init_on_free_parse_option(text[1]), 0);
	assert_int_equal(page_poison_parse_option(text[2]), 0);
	machine_zones();
	init_mem_debugging_and_hardening();
	mem_init();
	return 0;
}

static void what_is_initialised_is_said_as_linux_says_it(void **state)
{
	(void)state;
	machine_with("on", "0", "off");
	assert_true(host_log_contains("mem auto-init: stack:off, heap alloc:on, heap free:off"));
	assert_int_equal(host_log_count("clearing system memory"), 0);
	host_machine_exit();
	machine_with("0", "1", "0");
	assert_true(host_log_contains("mem auto-init: stack:off, heap alloc:off, heap free:on"));
	assert_true(host_log_contains("mem auto-init: clearing system memory may take some time"));
}

static void poisoning_takes_precedence_over_clearing(void **state)
{
	(void)state;
	machine_with("1", "1", "1");
	assert_true(host_log_contains("CONFIG_PAGE_POISONING is on, will take precedence"));
	assert_true(host_log_contains("mem auto-init: stack:off, heap alloc:off, heap free:off"));
	assert_false(want_init_on_alloc(GFP_KERNEL));
	assert_null(memchr_inv(freed_page(2), PAGE_POISON, PAGE_SIZE << 2));
}

static void with_init_on_free_memory_is_clear_from_the_start(void **state)
{
	struct page *page;

	(void)state;
	machine_with("0", "1", "0");
	/* What a machine holds when it is switched on. */
	memset(__va(SZ_128M), 0x77, SZ_128M);
	memmap_make_all();
	for (int i = 0; i < 100 && (page = alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER)); i++)
		assert_null(memchr_inv(page_address(page), 0, PAGE_SIZE << MAX_PAGE_ORDER));
	assert_int_equal(verify_all(), 0);
}

static void bad_values_are_refused(void **state)
{
	char bad[] = "maybe";

	(void)state;
	machine_ram(ram);
	assert_int_equal(page_poison_parse_option(bad), -EINVAL);
	assert_int_equal(page_poison_parse_option(NULL), -EINVAL);
	assert_false(page_poisoning_enabled());
	assert_int_equal(page_hooks, 0);
}

/* ---- How it is shown ------------------------------------------------------------------ */

static void flags_are_shown_as_words(void **state)
{
	static const struct {
		gfp_t gfp;
		const char *text;
	} gfps[] = {
		{0, "none"},
		{GFP_KERNEL, "GFP_KERNEL"},
		{GFP_ATOMIC | __GFP_COMP, "GFP_ATOMIC|__GFP_COMP"},
		{GFP_HIGHUSER_MOVABLE | __GFP_ZERO, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO"},
		{GFP_KERNEL & ~__GFP_FS, "GFP_NOFS"},
		{GFP_NOWAIT | GFP_DMA32, "GFP_NOWAIT|GFP_DMA32"},
		{__GFP_DIRECT_RECLAIM | 1u << 31, "__GFP_DIRECT_RECLAIM|0x80000000"},
	};
	unsigned long flags =
		1UL << PG_slab | 1UL << PG_head | 1UL << ZONES_PGSHIFT | 3UL << NODES_PGSHIFT;
	char text[160], small[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(gfps); i++) {
		scnprintf(text, sizeof(text), "%pGg", (const void *)&gfps[i].gfp);
		assert_string_equal(text, gfps[i].text);
	}
	scnprintf(text, sizeof(text), "%pGp.", (void *)&flags);
	assert_non_null(strstr(text, "(slab|head|node=3|zone=1)."));
	flags = 0;
	scnprintf(text, sizeof(text), "%pGp", (void *)&flags);
	assert_string_equal(text, "0x0(node=0|zone=0)");
	assert_int_equal(scnprintf(small, sizeof(small), "%pGp", (void *)&flags), 7);
	assert_string_equal(small, "0x0(nod");
}

static void a_page_is_shown_with_its_words_and_its_head(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
	char line[128];

	(void)state;
	dump_page(page + 1, "of a test");
	scnprintf(line, sizeof(line), "page:%px refcount:1 ", (void *)(page + 1));
	assert_true(host_log_contains(line));
	scnprintf(line, sizeof(line), "pfn:%#lx\n", page_to_pfn(page + 1));
	assert_true(host_log_contains(line));
	scnprintf(line, sizeof(line), "head:%px order:2\n", (void *)page);
	assert_true(host_log_contains(line));
	assert_int_equal(host_log_count("raw: "), 1);
	scnprintf(line, sizeof(line), "head: %016lx ", page->flags);
	assert_true(host_log_contains(line));
	assert_true(host_log_contains("page dumped because: of a test"));
	__free_pages(page, 2);
}

static void bytes_are_shown_in_rows_of_numbers_and_characters(void **state)
{
	u8 bytes[40];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)(i + 0x58);
	host_log_clear();
	print_hex_dump(KERN_ERR, "x: ", DUMP_PREFIX_OFFSET, 16, 1, bytes, sizeof(bytes), true);
	assert_true(host_log_contains("x: 00000000: 58 59 5a 5b 5c 5d 5e 5f 60 61 62 63 64 65 66 "
				      "67  XYZ[\\]^_`abcdefg\n"));
	assert_true(host_log_contains("x: 00000020: 78 79 7a 7b 7c 7d 7e 7f                      "
				      "    xyz{|}~.\n"));
	print_hex_dump(KERN_ERR, "", DUMP_PREFIX_NONE, 32, 8, bytes, 32, false);
	assert_true(host_log_contains("5f5e5d5c5b5a5958 6766656463626160 6f6e6d6c6b6a6968 "
				      "7776757473727170\n"));
	print_hex_dump(KERN_ERR, "y ", DUMP_PREFIX_NONE, 16, 4, bytes, 3, false);
	assert_true(host_log_contains("y 58 59 5a\n"));
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, machine, machine_end)
#define ON_NONE(test)	 cmocka_unit_test_teardown(test, machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_MACHINE(freed_pages_are_poisoned_throughout),
		ON_MACHINE(all_memory_can_be_taken_and_freed_without_a_report),
		ON_MACHINE(a_write_to_a_free_page_is_shown_with_its_bytes_and_the_page),
		ON_MACHINE(one_bit_is_called_a_single_bit_error),
		ON_MACHINE(the_dump_ends_with_the_last_wrong_byte_of_the_page),
		ON_MACHINE(every_page_of_a_block_is_looked_at),
		ON_MACHINE(reports_end_but_counts_go_on),
		ON_MACHINE(a_scan_finds_what_was_written_to_free_pages),
		ON_MACHINE(sections_made_later_are_poisoned_too),
		ON_MACHINE(zeroed_pages_are_zero_all_the_same),
		ON_NONE(what_is_initialised_is_said_as_linux_says_it),
		ON_NONE(poisoning_takes_precedence_over_clearing),
		ON_NONE(with_init_on_free_memory_is_clear_from_the_start),
		ON_NONE(bad_values_are_refused),
		ON_MACHINE(flags_are_shown_as_words),
		ON_MACHINE(a_page_is_shown_with_its_words_and_its_head),
		ON_MACHINE(bytes_are_shown_in_rows_of_numbers_and_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

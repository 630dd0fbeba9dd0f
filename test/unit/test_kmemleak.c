/* SPDX-License-Identifier: MIT */
/*
 * kmemleak: which blocks it finds lost, and which not. What keeps a block lies in static
 * variables; pointers to lost ones are kept as their complements, and scans are made by a
 * thread of their own, on whose stack there is none.
 */
#include "percpu_machine.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kmemleak.h>
#include <linux/seq_file.h>
#include <linux/vmalloc.h>
#include <pthread.h>
#include <stdio.h>

#include "mm/kmemleak.h"
#include "mm/vmap.h"

#define HIDDEN(p)   (~(unsigned long)(p))
#define SHOWN(h)    ((void *)~(h))
#define BLOCK_BYTES 96

static void *kept[300];
static unsigned long hidden[300];
static char text[1 << 16];

static void make_machine_with_areas(void)
{
	percpu_machine_make(SZ_512M, 1, 2);
	vmalloc_init();
	host_log_clear();
}

static int make(void **state)
{
	(void)state;
	memset(kept, 0, sizeof(kept));
	memset(hidden, 0, sizeof(hidden));
	kmemleak_reset();
	assert_int_equal(kmemleak_parse_option((char[]){"on"}), 0);
	kmemleak_init();
	make_machine_with_areas();
	return 0;
}

static int end(void **state)
{
	int faults = kmemleak_verify();

	(void)state;
	memset(kept, 0, sizeof(kept));
	vm_unmap_aliases();
	faults += vmap_verify() + percpu_machine_end(state);
	vmalloc_reset();
	kmemleak_reset();
	return faults;
}

static unsigned int found;

static void *scan_now(void *arg)
{
	(void)arg;
	found = kmemleak_scan_now();
	return NULL;
}

static void *scan_once(void *arg)
{
	(void)arg;
	found = kmemleak_scan();
	return NULL;
}

static noinline unsigned int by_thread(void *(*fn)(void *arg))
{
	pthread_t thread;

	/* A thread begins with its maker's registers. */
	__asm__ volatile("xorl %%ebx, %%ebx; xorl %%r12d, %%r12d; xorl %%r13d, %%r13d;"
			 "xorl %%r14d, %%r14d; xorl %%r15d, %%r15d"
			 :
			 :
			 : "rbx", "r12", "r13", "r14", "r15");
	assert_int_equal(pthread_create(&thread, NULL, fn, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return found;
}

static unsigned int scan(void)
{
	return by_thread(scan_now);
}

/* Blocks of kmalloc(), zeroed, whose addresses only hidden[] has. */
static noinline void lose(unsigned int nr, size_t size)
{
	for (unsigned int i = 0; i < nr; i++)
		hidden[i] = HIDDEN(kzalloc(size, GFP_KERNEL));
}

static void give_back(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		kfree(SHOWN(hidden[i]));
}

static bool reported(unsigned long hidden_address, size_t size)
{
	char line[80];

	snprintf(line, sizeof(line), "unreferenced object 0x%08lx (size %zu):", ~hidden_address,
		 size);
	return host_log_contains(line);
}

/* ---- Lost and kept ---------------------------------------------------------------------- */

static void nothing_is_lost_at_the_start(void **state)
{
	(void)state;
	assert_int_equal(scan(), 0);
	assert_true(kmemleak_stats.blocks > 50);
}

static void a_lost_block_is_reported_once_in_linuxs_form(void **state)
{
	(void)state;
	lose(1, BLOCK_BYTES);
	assert_int_equal(scan(), 1);
	assert_true(reported(hidden[0], BLOCK_BYTES));
	assert_true(host_log_contains("  comm \"baremm\", pid 0, jiffies "));
	assert_true(host_log_contains("  hex dump (first 32 bytes):\n"));
	assert_true(host_log_contains("    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  "
				      "................\n"));
	assert_true(host_log_contains("  backtrace:\n"));
	assert_true(host_log_contains(">] lose+0x"));
	assert_true(host_log_contains("kmemleak: 1 new suspected memory leaks\n"));
	host_log_clear();
	assert_int_equal(scan(), 0);
	assert_false(host_log_contains("unreferenced"));
	give_back(1);
}

static void one_scan_alone_judges_no_block_that_it_sees_first(void **state)
{
	(void)state;
	lose(1, BLOCK_BYTES);
	assert_int_equal(by_thread(scan_once), 0);
	/* As it is written to, somebody has it. */
	*(u64 *)SHOWN(hidden[0]) = 1;
	assert_int_equal(by_thread(scan_once), 0);
	assert_int_equal(by_thread(scan_once), 1);
	give_back(1);
}

static void blocks_that_lead_to_each_other_are_lost_together(void **state)
{
	(void)state;
	lose(2, BLOCK_BYTES);
	*(void **)SHOWN(hidden[0]) = SHOWN(hidden[1]);
	*(void **)SHOWN(hidden[1]) = SHOWN(hidden[0]);
	assert_int_equal(scan(), 2);
	give_back(2);
}

static void a_chain_from_a_variable_is_kept(void **state)
{
	(void)state;
	lose(3, BLOCK_BYTES);
	kept[0] = SHOWN(hidden[0]);
	*(void **)SHOWN(hidden[0]) = SHOWN(hidden[1]);
	/* Into the middle, and to the last byte. */
	*((void **)SHOWN(hidden[1]) + 3) = (char *)SHOWN(hidden[2]) + BLOCK_BYTES - 1;
	assert_int_equal(scan(), 0);
	*(void **)kept[0] = NULL;
	assert_int_equal(scan(), 2);
	assert_true(reported(hidden[1], BLOCK_BYTES) && reported(hidden[2], BLOCK_BYTES));
	give_back(3);
}

static void an_address_past_the_end_is_none_of_the_block(void **state)
{
	(void)state;
	lose(1, 4096);
	kept[0] = (char *)SHOWN(hidden[0]) + 4096;
	assert_int_equal(scan(), 1);
	give_back(1);
}

static void a_freed_block_is_forgotten(void **state)
{
	unsigned long blocks = kmemleak_stats.blocks;

	(void)state;
	lose(200, BLOCK_BYTES);
	assert_int_equal(kmemleak_stats.blocks, blocks + 200);
	give_back(200);
	assert_int_equal(kmemleak_stats.blocks, blocks);
	assert_int_equal(scan(), 0);
}

static void pages_of_records_go_back(void **state)
{
	unsigned long pages = kmemleak_stats.pages;

	(void)state;
	lose(300, 8);
	assert_true(kmemleak_stats.pages >= pages + 10);
	give_back(300);
	assert_true(kmemleak_stats.pages <= pages + 1);
}

static void large_blocks_and_objects_of_caches_are_watched(void **state)
{
	struct kmem_cache *cache = kmem_cache_create("watched", 200, 0, 0, NULL);

	(void)state;
	kept[9] = cache;
	hidden[0] = HIDDEN(kzalloc(SZ_64K, GFP_KERNEL));
	hidden[1] = HIDDEN(kmem_cache_zalloc(cache, GFP_KERNEL));
	assert_int_equal(scan(), 2);
	assert_true(reported(hidden[0], SZ_64K) && reported(hidden[1], 200));
	give_back(1);
	kmem_cache_free(cache, SHOWN(hidden[1]));
	kmem_cache_destroy(cache);
}

static void a_cache_may_be_left_out(void **state)
{
	struct kmem_cache *cache = kmem_cache_create("unwatched", 200, 0, SLAB_NOLEAKTRACE, NULL);

	(void)state;
	kept[9] = cache;
	hidden[0] = HIDDEN(kmem_cache_zalloc(cache, GFP_KERNEL));
	assert_int_equal(scan(), 0);
	kmem_cache_free(cache, SHOWN(hidden[0]));
	kmem_cache_destroy(cache);
}

/* ---- Where references lie ------------------------------------------------------------------ */

static void per_cpu_memory_is_scanned(void **state)
{
	void *__percpu *slot = alloc_percpu(void *);

	(void)state;
	lose(2, BLOCK_BYTES);
	*per_cpu_ptr(slot, 1) = SHOWN(hidden[0]);
	assert_int_equal(scan(), 1);
	assert_true(reported(hidden[1], BLOCK_BYTES));
	*per_cpu_ptr(slot, 1) = NULL;
	assert_int_equal(scan(), 1);
	free_percpu(slot);
	give_back(2);
}

static void page_structs_are_scanned(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	lose(1, BLOCK_BYTES);
	page->mapping = SHOWN(hidden[0]);
	assert_int_equal(scan(), 0);
	page->mapping = NULL;
	assert_int_equal(scan(), 1);
	__free_page(page);
	give_back(1);
}

static void the_stack_in_use_is_scanned(void **state)
{
	void *volatile local = NULL;

	(void)state;
	lose(1, BLOCK_BYTES);
	local = SHOWN(hidden[0]);
	assert_int_equal(kmemleak_scan_now(), 0);
	assert_ptr_equal(local, SHOWN(hidden[0]));
	assert_int_equal(scan(), 1);
	give_back(1);
}

static void a_scan_makes_no_section(void **state)
{
	unsigned long waiting = 0, after = 0;
	struct zone *zone;

	(void)state;
	for_each_zone (zone)
		waiting += zone->nr_extent_pages;
	assert_true(waiting > 0);
	scan();
	for_each_zone (zone)
		after += zone->nr_extent_pages;
	assert_int_equal(waiting, after);
}

/* ---- vmalloc ---------------------------------------------------------------------------------- */

static void a_lost_area_is_reported_by_its_size(void **state)
{
	(void)state;
	kept[0] = vzalloc(3 * PAGE_SIZE);
	hidden[0] = HIDDEN(vzalloc(5 * PAGE_SIZE));
	kept[1] = vzalloc(PAGE_SIZE);
	assert_int_equal(scan(), 1);
	assert_true(reported(hidden[0], 5 * PAGE_SIZE));
	vfree(kept[0]);
	vfree(SHOWN(hidden[0]));
	vfree(kept[1]);
}

static void an_area_is_kept_by_its_contents_owner_or_by_its_struct(void **state)
{
	(void)state;
	/* The first one's address is known to arch/. */
	kept[1] = vzalloc(PAGE_SIZE);
	hidden[0] = HIDDEN(vzalloc(2 * PAGE_SIZE));
	kept[0] = find_vm_area(SHOWN(hidden[0]));
	assert_int_equal(scan(), 0);
	kept[0] = NULL;
	assert_int_equal(scan(), 1);
	vfree(SHOWN(hidden[0]));

	/* What an area holds leads on. */
	kept[0] = vzalloc(2 * PAGE_SIZE);
	lose(1, BLOCK_BYTES);
	((void **)kept[0])[700] = SHOWN(hidden[0]);
	assert_int_equal(scan(), 0);
	give_back(1);
	vfree(kept[0]);
	vfree(kept[1]);
}

/* ---- What callers say --------------------------------------------------------------------------- */

static void what_is_no_leak_is_scanned_and_what_is_ignored_is_not(void **state)
{
	(void)state;
	lose(4, BLOCK_BYTES);
	*(void **)SHOWN(hidden[0]) = SHOWN(hidden[1]);
	*(void **)SHOWN(hidden[2]) = SHOWN(hidden[3]);
	kmemleak_not_leak(SHOWN(hidden[0]));
	kmemleak_ignore(SHOWN(hidden[2]));
	assert_int_equal(scan(), 1);
	assert_true(reported(hidden[3], BLOCK_BYTES));
	give_back(4);
}

static void only_the_parts_named_are_scanned(void **state)
{
	(void)state;
	lose(4, BLOCK_BYTES);
	kept[0] = SHOWN(hidden[0]);
	for (unsigned int i = 1; i < 4; i++)
		((void **)kept[0])[i] = SHOWN(hidden[i]);
	kmemleak_scan_area((void **)kept[0] + 2, sizeof(void *), GFP_KERNEL);
	assert_int_equal(scan(), 2);
	assert_false(reported(hidden[2], BLOCK_BYTES));
	kmemleak_scan_area((void **)kept[0] + 3, 1000, GFP_KERNEL);
	kmemleak_no_scan(kept[0]);
	assert_int_equal(scan(), 1);
	give_back(4);
}

static void a_block_may_need_several_references(void **state)
{
	u64 *memory = (u64 *)get_zeroed_page(GFP_KERNEL);

	(void)state;
	kmemleak_alloc(memory, 64, 2, GFP_KERNEL);
	kept[0] = memory;
	assert_int_equal(scan(), 1);
	kept[1] = &memory[3];
	/* It is no leak now, and would be reported no more if it became one again. */
	assert_int_equal(scan(), 0);
	kmemleak_free(memory);
	free_page((unsigned long)memory);
}

static void a_part_that_is_freed_leaves_two_blocks(void **state)
{
	u64 *memory = (u64 *)get_zeroed_page(GFP_KERNEL);

	(void)state;
	kmemleak_alloc(memory, PAGE_SIZE, 1, GFP_KERNEL);
	kmemleak_free_part(&memory[100], 50 * sizeof(u64));
	assert_null(kmemleak_lookup((unsigned long)&memory[100], false));
	assert_null(kmemleak_lookup((unsigned long)&memory[149], false));
	assert_int_equal(kmemleak_lookup((unsigned long)&memory[150], false)->size, 362 * 8);

	lose(2, BLOCK_BYTES);
	memory[99] = (u64)SHOWN(hidden[0]);
	memory[150] = (u64)SHOWN(hidden[1]);
	kept[0] = &memory[10];
	kept[1] = &memory[200];
	assert_int_equal(scan(), 0);
	kept[1] = NULL;
	assert_int_equal(scan(), 2);
	assert_true(reported(hidden[1], BLOCK_BYTES));
	kmemleak_free_part(memory, 100 * sizeof(u64));
	kmemleak_free(&memory[150]);
	give_back(2);
	free_page((unsigned long)memory);
}

static void memory_at_physical_addresses_keeps_what_it_leads_to(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	void **words = page_address(page);

	(void)state;
	kmemleak_alloc_phys(page_to_phys(page), PAGE_SIZE, GFP_KERNEL);
	lose(1, BLOCK_BYTES);
	words[17] = SHOWN(hidden[0]);
	assert_int_equal(scan(), 0);
	kmemleak_ignore_phys(page_to_phys(page));
	assert_int_equal(scan(), 1);
	kmemleak_free_part_phys(page_to_phys(page), PAGE_SIZE);
	give_back(1);
	__free_page(page);
}

static void per_cpu_blocks_can_be_named(void **state)
{
	u64 __percpu *counter = alloc_percpu(u64);
	unsigned long blocks = kmemleak_stats.blocks;

	(void)state;
	kmemleak_alloc_percpu(counter, sizeof(u64), GFP_KERNEL);
	assert_int_equal(kmemleak_stats.blocks, blocks + 2);
	assert_int_equal(scan(), 0);
	kmemleak_free_percpu(counter);
	assert_int_equal(kmemleak_stats.blocks, blocks);
	free_percpu(counter);
}

static void a_trace_can_be_renewed(void **state)
{
	(void)state;
	lose(1, BLOCK_BYTES);
	kmemleak_update_trace(SHOWN(hidden[0]));
	assert_int_equal(scan(), 1);
	assert_true(host_log_contains(">] a_trace_can_be_renewed+0x"));
	assert_false(host_log_contains(">] lose+0x"));
	give_back(1);
}

/* ---- On, off, shown ------------------------------------------------------------------------------- */

static void what_is_lost_is_shown_until_it_is_cleared(void **state)
{
	struct seq_text sb;
	struct seq_file m;

	(void)state;
	seq_text_init(&m, &sb, text, sizeof(text));
	lose(2, BLOCK_BYTES);
	assert_int_equal(scan(), 2);
	kmemleak_show(&m);
	assert_non_null(strstr(text, "unreferenced object 0x"));
	/* Found again. */
	kept[0] = SHOWN(hidden[0]);
	scan();
	seq_text_init(&m, &sb, text, sizeof(text));
	kmemleak_show(&m);
	snprintf((char *)kept + sizeof(void *), 20, "0x%08lx", ~hidden[1]);
	assert_non_null(strstr(text, (char *)kept + sizeof(void *)));
	kmemleak_clear();
	seq_text_init(&m, &sb, text, sizeof(text));
	kmemleak_show(&m);
	assert_int_equal(sb.len, 0);
	give_back(2);
}

static void without_the_option_nothing_is_watched(void **state)
{
	(void)state;
	assert_false(kmemleak_enabled);
	lose(1, BLOCK_BYTES);
	assert_int_equal(kmemleak_stats.blocks, 0);
	assert_int_equal(scan(), 0);
	give_back(1);
}

static int make_off(void **state)
{
	(void)state;
	kmemleak_reset();
	assert_int_equal(kmemleak_parse_option((char[]){"off"}), 0);
	assert_int_equal(kmemleak_parse_option((char[]){"maybe"}), -EINVAL);
	assert_int_equal(kmemleak_parse_option(NULL), -EINVAL);
	kmemleak_init();
	make_machine_with_areas();
	return 0;
}

static void without_memory_for_records_it_stops(void **state)
{
	struct list_head taken = LIST_HEAD_INIT(taken);
	void **head = NULL, **object;

	(void)state;
	take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	while (kmemleak_enabled && (object = kmalloc(8, GFP_NOWAIT | __GFP_NOWARN))) {
		*object = head;
		head = object;
	}
	for (unsigned int i = 0; kmemleak_enabled && i < sizeof(text) / 16; i++)
		kmemleak_alloc(&text[16 * i], 16, 1, GFP_NOWAIT);
	give_back_pages(&taken);
	assert_false(kmemleak_enabled);
	assert_true(host_log_contains("kmemleak: Automatic memory scanning stopped: no memory"));
	assert_int_equal(kmemleak_stats.blocks + kmemleak_stats.pages, 0);
	assert_int_equal(scan(), 0);
	for (; head; head = object) {
		object = *head;
		kfree(head);
	}
}

static void a_second_record_of_the_same_bytes_is_refused(void **state)
{
	static u8 memory[64];

	(void)state;
	kmemleak_alloc(memory, 64, 0, GFP_KERNEL);
	kmemleak_alloc(&memory[60], 10, 0, GFP_KERNEL);
	kmemleak_alloc(memory, 1, 0, GFP_KERNEL);
	assert_int_equal(kmemleak_stats.overlap, 2);
	kmemleak_free(memory);
}

static void what_is_no_block_is_not_watched(void **state)
{
	unsigned long before = kmemleak_stats.blocks;
	void *failed = ERR_PTR(-ENOMEM);

	(void)state;
	kmemleak_alloc(failed, 64, 1, GFP_KERNEL);
	kmemleak_alloc(NULL, 64, 1, GFP_KERNEL);
	kmemleak_alloc(text, 0, 1, GFP_KERNEL);
	assert_int_equal(kmemleak_stats.blocks, before);
	kmemleak_not_leak(failed);
	kmemleak_scan_area(failed, 8, GFP_KERNEL);
	kmemleak_free_part(failed, 8);
	kmemleak_free(failed);
	assert_int_equal(scan(), 0);
}

static void verify_sees_broken_records(void **state)
{
	static u8 memory[64];
	struct kmemleak_object *object;

	(void)state;
	kmemleak_alloc(memory, 32, 0, GFP_KERNEL);
	kmemleak_alloc(&memory[32], 32, 0, GFP_KERNEL);
	object = kmemleak_lookup((unsigned long)memory, false);
	object->size = 40;
	assert_int_equal(kmemleak_verify(), 1);
	object->size = 32;
	kmemleak_stats.blocks++;
	assert_int_equal(kmemleak_verify(), 1);
	kmemleak_stats.blocks--;
	list_del(&object->object_list);
	assert_int_equal(kmemleak_verify(), 2);
	list_add(&object->object_list, &kmemleak_objects);
	assert_int_equal(kmemleak_verify(), 0);
	kmemleak_free(memory);
	kmemleak_free(&memory[32]);
}

/* ---- Against a model ---------------------------------------------------------------------------------- */

#define BLOCKS 120
#define LINKS  3
#define ROUNDS 40

static int links[BLOCKS][LINKS]; /* to other blocks; -1: none */
static bool held[BLOCKS];	 /* by kept[] */
static bool reached[BLOCKS];

static void reach(int block)
{
	if (block < 0 || reached[block])
		return;
	reached[block] = true;
	for (unsigned int i = 0; i < LINKS; i++)
		reach(links[block][i]);
}

static void change_model(void)
{
	for (unsigned int n = 0; n < 20; n++) {
		u64 random = arch_random();
		unsigned int block = (unsigned int)(random % BLOCKS);

		links[block][random >> 16 & 1] =
			random >> 20 & 1 ? -1 : (int)((random >> 32) % BLOCKS);
		held[random >> 40 & 0x7f ? block : 0] = (random >> 24) % 3 == 0;
	}
}

/* Writes the model's links into the blocks. */
static void apply_model(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		void **words = SHOWN(hidden[i]);

		kept[i] = held[i] ? (char *)SHOWN(hidden[i]) + arch_random() % BLOCK_BYTES : NULL;
		for (unsigned int j = 0; j < LINKS; j++)
			words[2 * j] = links[i][j] < 0 ? NULL : SHOWN(hidden[links[i][j]]);
	}
}

static void check_model(void)
{
	memset(reached, 0, sizeof(reached));
	for (int i = 0; i < BLOCKS; i++)
		if (held[i])
			reach(i);
	for (unsigned int i = 0; i < BLOCKS; i++) {
		const struct kmemleak_object *object = kmemleak_lookup(~hidden[i], false);

		assert_non_null(object);
		assert_int_equal(kmemleak_white(object), !reached[i]);
	}
}

static void what_is_white_is_what_the_model_does_not_reach(void **state)
{
	(void)state;
	host_test_seed("kmemleak model");
	memset(links, -1, sizeof(links));
	memset(held, 0, sizeof(held));
	lose(BLOCKS, BLOCK_BYTES);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		change_model();
		apply_model();
		scan();
		check_model();
	}
	assert_int_equal(kmemleak_verify(), 0);
	give_back(BLOCKS);
}

#define WATCHED(test) cmocka_unit_test_setup_teardown(test, make, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WATCHED(nothing_is_lost_at_the_start),
		WATCHED(a_lost_block_is_reported_once_in_linuxs_form),
		WATCHED(one_scan_alone_judges_no_block_that_it_sees_first),
		WATCHED(blocks_that_lead_to_each_other_are_lost_together),
		WATCHED(a_chain_from_a_variable_is_kept),
		WATCHED(an_address_past_the_end_is_none_of_the_block),
		WATCHED(a_freed_block_is_forgotten),
		WATCHED(pages_of_records_go_back),
		WATCHED(large_blocks_and_objects_of_caches_are_watched),
		WATCHED(a_cache_may_be_left_out),
		WATCHED(per_cpu_memory_is_scanned),
		WATCHED(page_structs_are_scanned),
		WATCHED(the_stack_in_use_is_scanned),
		WATCHED(a_scan_makes_no_section),
		WATCHED(a_lost_area_is_reported_by_its_size),
		WATCHED(an_area_is_kept_by_its_contents_owner_or_by_its_struct),
		WATCHED(what_is_no_leak_is_scanned_and_what_is_ignored_is_not),
		WATCHED(only_the_parts_named_are_scanned),
		WATCHED(a_block_may_need_several_references),
		WATCHED(a_part_that_is_freed_leaves_two_blocks),
		WATCHED(memory_at_physical_addresses_keeps_what_it_leads_to),
		WATCHED(per_cpu_blocks_can_be_named),
		WATCHED(a_trace_can_be_renewed),
		WATCHED(what_is_lost_is_shown_until_it_is_cleared),
		cmocka_unit_test_setup_teardown(without_the_option_nothing_is_watched, make_off,
						end),
		WATCHED(without_memory_for_records_it_stops),
		WATCHED(a_second_record_of_the_same_bytes_is_refused),
		WATCHED(what_is_no_block_is_not_watched),
		WATCHED(verify_sees_broken_records),
		WATCHED(what_is_white_is_what_the_model_does_not_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

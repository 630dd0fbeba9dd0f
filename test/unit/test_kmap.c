/* SPDX-License-Identifier: MIT */
/*
 * The addresses that high memory is lent. On the host nothing past the direct map can
 * be touched but through kmap(), so whatever of mm/ ran here did not.
 */
#include "highmem_machine.h"

#include <string.h>

/* ---- Addresses for everybody ---------------------------------------------------------------- */

static void a_high_page_has_an_address_while_it_is_mapped(void **state)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	u64 *first, *second;

	(void)state;
	assert_null(page_address(page));
	first = kmap(page);
	second = kmap(page);
	assert_ptr_equal(first, second);
	assert_ptr_equal(page_address(page), first);
	assert_ptr_equal(kmap_to_page(first), page);
	assert_true(is_kmap_addr(first));
	*first = 0x600d;
	kunmap(page);
	kmap_flush_unused();
	assert_int_equal(*second, 0x600d);
	kunmap(page);
	assert_ptr_equal(page_address(page), first); /* until somebody needs the slot */
	kmap_flush_unused();
	assert_null(page_address(page));
	assert_int_equal(*(u64 *)kmap(page), 0x600d);
	kunmap(page);
	assert_int_equal(kmap_verify(), 0);
	assert_int_equal(kmap_refusals, 0);
}

static void low_pages_keep_their_address(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	assert_ptr_equal(kmap(page), __va(page_to_phys(page)));
	assert_ptr_equal(kmap_local_page(page), page_address(page));
	assert_ptr_equal(kmap_atomic(page), page_to_virt(page));
	assert_false(is_kmap_addr(page_address(page)));
	assert_ptr_equal(kmap_to_page(page_address(page)), page);
	kunmap_atomic(page_address(page));
	kunmap_local(page_address(page));
	kunmap(page);
	kunmap(page);
	assert_int_equal(kmap_refusals, 0);
}

static void one_mapping_too_many_is_refused(void **state)
{
	static struct page *pages[LAST_PKMAP + 1];

	(void)state;
	take_pages(pages, LAST_PKMAP + 1);
	for (int i = 0; i < LAST_PKMAP; i++)
		*(int *)kmap(pages[i]) = i;
	assert_null(kmap(pages[LAST_PKMAP]));
	assert_int_equal(kmap_refusals, 1);
	assert_true(host_log_contains("all 512 are in use"));
	for (int i = 0; i < LAST_PKMAP; i++)
		assert_int_equal(*(int *)page_address(pages[i]), i);
	kunmap(pages[7]);
	assert_non_null(kmap(pages[LAST_PKMAP]));
	assert_null(page_address(pages[7]));
	assert_int_equal(mm_verify_all(), 0);
}

/* Slots whose users went are taken again, oldest first, with none unmapped before it must be. */
static void unused_mappings_stay_until_all_slots_are_used(void **state)
{
	static struct page *pages[LAST_PKMAP + 64];
	int mapped = 0;

	(void)state;
	take_pages(pages, LAST_PKMAP + 64);
	for (int i = 0; i < LAST_PKMAP - 1; i++) {
		assert_non_null(kmap(pages[i]));
		kunmap(pages[i]);
	}
	for (int i = 0; i < LAST_PKMAP - 1; i++)
		mapped += page_address(pages[i]) != NULL;
	assert_int_equal(mapped, LAST_PKMAP - 1);
	for (int i = 0; i < LAST_PKMAP + 64; i++) {
		assert_non_null(kmap(pages[i]));
		kunmap(pages[i]);
		assert_non_null(page_address(pages[i]));
	}
	assert_int_equal(kmap_refusals, 0);
	assert_int_equal(kmap_verify(), 0);
}

static void unmapping_what_nobody_mapped_is_refused(void **state)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	(void)state;
	kunmap(page);
	assert_int_equal(kmap_refusals, 1);
	kmap(page);
	kunmap(page);
	kunmap(page);
	assert_int_equal(kmap_refusals, 2);
	assert_int_equal(host_log_count("is not mapped by anybody"), 2);
	assert_int_equal(mm_verify_all(), 0);
}

/* The model: how many users each page has. */
static void random_users_agree_with_a_model(void **state)
{
	enum { PAGES = 700 };
	static struct page *pages[PAGES];
	static unsigned int users[PAGES];
	unsigned int used = 0, refused = 0;

	(void)state;
	host_test_seed(__func__);
	take_pages(pages, PAGES);
	for (int i = 0; i < 20000; i++) {
		size_t n = arch_random() % PAGES;
		bool more = arch_random() % 1000 < 520;

		if (arch_random() % 500 == 0)
			kmap_flush_unused();
		if (more) {
			u64 *word = kmap(pages[n]);

			assert_int_equal(!word, !users[n] && used == LAST_PKMAP);
			refused += !word;
			used += word && !users[n];
			users[n] += !!word;
			if (word && users[n] == 1)
				*word = n;
		} else {
			refused += !users[n];
			kunmap(pages[n]);
			used -= users[n] == 1;
			users[n] -= users[n] != 0;
		}
		if (users[n])
			assert_int_equal(*(u64 *)page_address(pages[n]), n);
		assert_int_equal(kmap_refusals, refused);
	}
	assert_int_equal(kmap_verify(), 0);
}

/* ---- A CPU's own addresses ---------------------------------------------------------------------- */

static void local_mappings_nest(void **state)
{
	struct page *pages[KM_MAX_IDX + 1];
	u64 *word[KM_MAX_IDX];

	(void)state;
	take_pages(pages, KM_MAX_IDX + 1);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < KM_MAX_IDX; i++) {
			word[i] = kmap_local_page(pages[(i + round) % KM_MAX_IDX]);
			*word[i] = (u64)i;
		}
		assert_int_equal(kmap_verify(), 0);
		for (int i = KM_MAX_IDX; i-- > 0;) {
			assert_int_equal(*word[i], i);
			kunmap_local(word[i]);
		}
	}
	assert_int_equal(kmap_refusals, 0);
	assert_int_equal(mm_verify_all(), 0);
}

static void one_local_mapping_too_many_is_refused(void **state)
{
	struct page *pages[KM_MAX_IDX + 1];
	void *addr[KM_MAX_IDX];

	(void)state;
	take_pages(pages, KM_MAX_IDX + 1);
	for (int i = 0; i < KM_MAX_IDX; i++)
		addr[i] = kmap_local_page(pages[i]);
	assert_null(kmap_local_page(pages[KM_MAX_IDX]));
	assert_int_equal(kmap_refusals, 1);
	assert_int_equal(kmap_verify(), 0);
	for (int i = KM_MAX_IDX; i-- > 0;)
		kunmap_local(addr[i]);
	assert_int_equal(mm_verify_all(), 0);
}

static void only_the_newest_local_mapping_can_go(void **state)
{
	struct page *pages[2];
	void *first, *second;

	(void)state;
	take_pages(pages, 2);
	first = kmap_local_page(pages[0]);
	second = kmap_local_page(pages[1]);
	kunmap_local(first);
	assert_int_equal(kmap_refusals, 1);
	assert_true(host_log_contains("is not the newest of CPU 0's 2 local mappings"));
	memset(first, 1, PAGE_SIZE); /* still there */
	kunmap_local((char *)second + 100);
	kunmap_local(first);
	kunmap_local(first);
	assert_int_equal(kmap_refusals, 2);
	assert_int_equal(mm_verify_all(), 0);
}

static void each_cpu_has_its_own_local_mappings(void **state)
{
	struct page *pages[2];
	int *here, *there;

	(void)state;
	take_pages(pages, 2);
	here = kmap_local_page(pages[0]);
	host_set_cpu(NR_CPUS - 1);
	there = kmap_local_page(pages[1]);
	assert_ptr_not_equal(here, there);
	*here = 1;
	*there = 2;
	kunmap_local(here);
	assert_int_equal(kmap_refusals, 1);
	kunmap_local(there);
	host_set_cpu(0);
	assert_int_equal(*here, 1);
	kunmap_local(here);
	assert_int_equal(mm_verify_all(), 0);
}

/* ---- Contents --------------------------------------------------------------------------------------- */

static bool block_is(struct page *page, unsigned int order, u8 value)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		const u8 *byte = kmap_local_page(page + i);
		bool same = !memcmp(byte, byte + 1, PAGE_SIZE - 1) && *byte == value;

		kunmap_local(byte);
		if (!same)
			return false;
	}
	return true;
}

static void dirty_block(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i++)
		memset_page(page + i, 0, 0xee, PAGE_SIZE);
}

static void blocks_are_zeroed_through_lent_addresses(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order += 5) {
		struct page *page = alloc_pages(GFP_HIGHUSER, order);

		dirty_block(page, order);
		assert_true(block_is(page, order, 0xee));
		__free_pages(page, order);
		page = alloc_pages(GFP_HIGHUSER | __GFP_ZERO, order);
		assert_false(page_is_direct(page));
		assert_true(block_is(page, order, 0));
		__free_pages(page, order);
	}
	assert_int_equal(mm_verify_all(), 0);
}

static void options_zero_high_memory_too(void **state)
{
	struct page *page;

	(void)state;
	boot(SZ_4G, "directmap=1G init_on_alloc=1 init_on_free=1");
	page = alloc_pages(GFP_HIGHUSER, 2);
	assert_false(page_is_direct(page));
	assert_true(block_is(page, 2, 0));
	dirty_block(page, 2);
	__free_pages(page, 2);
	assert_true(block_is(page, 2, 0));
}

static void contents_are_copied_between_any_pages(void **state)
{
	struct page *high[2], *low = alloc_page(GFP_KERNEL);
	char text[16] = "";

	(void)state;
	take_pages(high, 2);
	clear_highpage(low);
	memcpy_to_page(low, 4090, "abcdef", 6);
	copy_highpage(high[0], low);
	copy_highpage(high[1], high[0]);
	memcpy_from_page(text, high[1], 4090, 6);
	assert_string_equal(text, "abcdef");
	memzero_page(high[1], 4092, 4);
	memcpy_from_page(text, high[1], 4090, 6);
	assert_memory_equal(text, "ab\0\0\0\0", 6);
	clear_highpage(high[1]);
	assert_true(block_is(high[1], 0, 0));
}

/* ---- The checks check -------------------------------------------------------------------------------- */

static void verify_finds_what_is_broken(void **state)
{
	struct page *pages[2];
	void *pooled, *local;

	(void)state;
	take_pages(pages, 2);
	pooled = kmap(pages[0]);
	local = kmap_local_page(pages[1]);
	assert_int_equal(kmap_verify(), 0);
	arch_unmap((unsigned long)pooled, PAGE_SIZE);
	assert_int_equal(kmap_verify(), 1);
	arch_map((unsigned long)pooled, page_to_phys(pages[1]), PAGE_SIZE, ARCH_MAP_WRITE);
	assert_int_equal(kmap_verify(), 1);
	arch_unmap((unsigned long)local, PAGE_SIZE);
	assert_int_equal(kmap_verify(), 2);
	arch_unmap((unsigned long)pooled, PAGE_SIZE);
	arch_map((unsigned long)pooled, page_to_phys(pages[0]), PAGE_SIZE, ARCH_MAP_WRITE);
	arch_map((unsigned long)local, page_to_phys(pages[1]), PAGE_SIZE, ARCH_MAP_WRITE);
	assert_int_equal(kmap_verify(), 0);
	arch_map((unsigned long)local + PAGE_SIZE, page_to_phys(pages[1]), PAGE_SIZE, 0);
	assert_int_equal(kmap_verify(), 1);
	arch_unmap((unsigned long)local + PAGE_SIZE, PAGE_SIZE);
	kunmap_local(local);
	kunmap(pages[0]);
	assert_int_equal(mm_verify_all(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_high_page_has_an_address_while_it_is_mapped, up),
		cmocka_unit_test_setup(low_pages_keep_their_address, up),
		cmocka_unit_test_setup(one_mapping_too_many_is_refused, up),
		cmocka_unit_test_setup(unused_mappings_stay_until_all_slots_are_used, up),
		cmocka_unit_test_setup(unmapping_what_nobody_mapped_is_refused, up),
		cmocka_unit_test_setup(random_users_agree_with_a_model, up),
		cmocka_unit_test_setup(local_mappings_nest, up),
		cmocka_unit_test_setup(one_local_mapping_too_many_is_refused, up),
		cmocka_unit_test_setup(only_the_newest_local_mapping_can_go, up),
		cmocka_unit_test_setup(each_cpu_has_its_own_local_mappings, up),
		cmocka_unit_test_setup(blocks_are_zeroed_through_lent_addresses, up),
		cmocka_unit_test(options_zero_high_memory_too),
		cmocka_unit_test_setup(contents_are_copied_between_any_pages, up),
		cmocka_unit_test_setup(verify_finds_what_is_broken, up),
	};

	return cmocka_run_group_tests(tests, NULL, down);
}

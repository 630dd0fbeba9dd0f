/* SPDX-License-Identifier: MIT */
/* Protection and cache type of pages: linux/set_memory.h, by what the page tables say of them. */
#include "highmem_machine.h"

#include <linux/errno.h>
#include <linux/memremap.h>
#include <linux/pgtable.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>

#include <unistd.h>

#include "../../mm/memtype.h"

static int make_pc(void **state)
{
	(void)state;
	boot(SZ_4G, "directmap=1G");
	return 0;
}

static int start_test(void **state)
{
	(void)state;
	host_log_clear();
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	assert_false(ram_types_are_used());
	assert_int_equal(mm_verify_all(), 0);
	return 0;
}

#define ABSENT ~0U

static unsigned int prot_of(const void *addr)
{
	struct arch_mapping map;

	return arch_query((unsigned long)addr, &map) ? ABSENT : map.prot;
}

/* The protections of @nr pages from @addr on are just these. */
#define assert_prots(addr, ...)                                                                   \
	do {                                                                                      \
		const unsigned int __want[] = {__VA_ARGS__};                                      \
                                                                                                  \
		for (size_t __i = 0; __i < ARRAY_SIZE(__want); __i++)                             \
			assert_int_equal(prot_of((char *)(addr) + __i * PAGE_SIZE), __want[__i]); \
	} while (0)

/* The host's kernel is asked to: it says where it cannot. */
static bool can_write(void *addr)
{
	int pipes[2];
	ssize_t written;

	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "k", 1), 1);
	written = read(pipes[0], addr, 1);
	close(pipes[0]);
	close(pipes[1]);
	return written == 1;
}

static unsigned long take(unsigned int order)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL, order);

	assert_true(addr);
	return addr;
}

static const unsigned int W = ARCH_MAP_WRITE, R = ARCH_MAP_READ;

/*   page   0   1   2   3
 *          rw  ro  ro  rw
 */
static void pages_are_read_only_and_their_neighbours_are_not(void **state)
{
	unsigned long addr = take(2);
	char *p = (char *)addr;

	(void)state;
	strcpy(p + PAGE_SIZE, "kept");
	assert_int_equal(set_memory_ro(addr + PAGE_SIZE, 2), 0);
	assert_prots(p, W, R, R, W);
	assert_false(can_write(p + PAGE_SIZE));
	assert_true(can_write(p));
	assert_true(can_write(p + 3 * PAGE_SIZE));
	assert_string_equal(p + PAGE_SIZE, "kept");
	assert_int_equal(set_memory_rw(addr + PAGE_SIZE, 1), 0);
	assert_prots(p, W, W, R, W);
	assert_int_equal(set_pages_rw(virt_to_page(p), 4), 0);
	assert_int_equal(set_pages_ro(virt_to_page(p + 3 * PAGE_SIZE), 1), 0);
	assert_prots(p, W, W, W, R);
	assert_int_equal(set_memory_rw(addr, 4), 0);
	assert_int_equal(set_memory_rw(addr, 0), 0);
	assert_true(can_write(p + PAGE_SIZE));
	free_pages(addr, 2);
}

static void code_is_executable_once_nobody_can_write_to_it(void **state)
{
	char *code = vmalloc_32(2 * PAGE_SIZE);
	struct page *page = vmalloc_to_page(code);

	(void)state;
	assert_int_equal(set_memory_x((unsigned long)code, 1), -EINVAL);
	assert_prots(code, W, W);
	assert_int_equal(set_memory_ro((unsigned long)code, 2), 0);
	assert_int_equal(set_memory_x((unsigned long)code, 1), 0);
	assert_prots(code, ARCH_MAP_EXEC, R);
	assert_int_equal(set_memory_rw((unsigned long)code, 2), -EINVAL);
	assert_prots(code, ARCH_MAP_EXEC, R);
	/* The other address of it is read-only as well, and never executable. */
	assert_prots(page_address(page), R);
	assert_int_equal(set_memory_nx((unsigned long)code, 1), 0);
	assert_int_equal(set_memory_rw((unsigned long)code, 2), 0);
	assert_prots(code, W, W);
	assert_prots(page_address(page), W);
	assert_prots(page_address(vmalloc_to_page(code + PAGE_SIZE)), W);
	vfree(code);
}

static void all_of_a_protection_is_set_at_once(void **state)
{
	unsigned long addr = take(0);

	(void)state;
	assert_int_equal(__set_memory_prot(addr, 1, PAGE_KERNEL_ROX), 0);
	assert_prots(addr, ARCH_MAP_EXEC);
	assert_int_equal(__set_memory_prot(addr, 1, pgprot_writecombine(PAGE_KERNEL_RO)), 0);
	assert_prots(addr, ARCH_MAP_WC);
	assert_int_equal(__set_memory_prot(addr, 1, PAGE_KERNEL), 0);
	assert_prots(addr, W);
	free_pages(addr, 0);
}

static void a_page_leaves_the_direct_map_and_comes_back(void **state)
{
	unsigned long addr = take(1), nosec = take(0);
	struct page *page = virt_to_page((void *)addr);

	(void)state;
	strcpy((char *)addr, "kept");
	assert_true(can_set_direct_map());
	assert_true(kernel_page_present(page));
	assert_int_equal(set_direct_map_invalid_noflush(page), 0);
	assert_false(kernel_page_present(page));
	assert_true(is_direct_map_absent(page_to_pfn(page)));
	assert_true(kernel_page_present(page + 1));
	assert_prots(addr, ABSENT, W);
	/* Other changes have nothing to change there. */
	assert_int_equal(set_memory_ro(addr, 2), 0);
	assert_prots(addr, ABSENT, R);
	assert_int_equal(mm_verify_all(), 0);
	assert_int_equal(set_direct_map_default_noflush(page), 0);
	assert_int_equal(set_direct_map_default_noflush(page + 1), 0);
	assert_prots(addr, W, W);
	assert_string_equal((char *)addr, "kept");
	assert_int_equal(set_memory_np(addr, 2), 0);
	assert_false(kernel_page_present(page) || kernel_page_present(page + 1));
	assert_int_equal(clear_mce_nospec(page_to_pfn(page)), 0);
	assert_int_equal(clear_mce_nospec(page_to_pfn(page) + 1), 0);
	assert_int_equal(set_mce_nospec(PHYS_PFN(__pa(nosec))), 0);
	assert_prots(nosec, ABSENT);
	assert_int_equal(clear_mce_nospec(PHYS_PFN(__pa(nosec))), 0);
	assert_string_equal((char *)addr, "kept");
	free_pages(addr, 1);
	free_pages(nosec, 0);
}

static void an_area_of_vmalloc_loses_its_pages_with_and_without_their_other_address(void **state)
{
	char *area = vmalloc_32(2 * PAGE_SIZE);
	struct page *first = vmalloc_to_page(area), *second = vmalloc_to_page(area + PAGE_SIZE);

	(void)state;
	assert_int_equal(set_memory_np_noalias((unsigned long)area, 1), 0);
	assert_int_equal(set_memory_np((unsigned long)area + PAGE_SIZE, 1), 0);
	assert_prots(area, ABSENT, ABSENT);
	assert_true(kernel_page_present(first));
	assert_false(kernel_page_present(second));
	assert_int_equal(set_direct_map_default_noflush(second), 0);
	vfree(area);
}

static void what_is_not_mapped_is_refused(void **state)
{
	char *area = vmalloc_32(2 * PAGE_SIZE);

	(void)state;
	assert_int_equal(set_memory_ro((unsigned long)area + PAGE_SIZE, 2), -EFAULT);
	assert_prots(area, W, W);
	assert_true(host_log_contains("CPA: called for zero pte."));
	assert_int_equal(set_memory_uc((unsigned long)area, 1), -EINVAL);
	assert_int_equal(set_memory_wb((unsigned long)area, 1), -EINVAL);
	assert_prots(area, W, W);
	host_log_clear();
	assert_int_equal(set_memory_ro((unsigned long)area + 5, 1), 0);
	assert_prots(area, R, W);
	assert_true(host_log_contains("WARNING"));
	assert_int_equal(set_memory_rw((unsigned long)area, 1), 0);
	vfree(area);
}

static void a_page_has_one_cache_type_at_a_time(void **state)
{
	unsigned long addr = take(2);

	(void)state;
	assert_int_equal(set_memory_uc(addr, 2), 0);
	assert_int_equal(set_memory_wc(addr + 2 * PAGE_SIZE, 1), 0);
	assert_prots(addr, W | ARCH_MAP_UC_MINUS, W | ARCH_MAP_UC_MINUS, W | ARCH_MAP_WC, W);
	host_log_clear();
	assert_int_equal(set_memory_wc(addr, 4), -EBUSY);
	assert_true(host_log_contains("reserve_ram_pages_type failed [mem "));
	assert_true(host_log_contains(", track 0x2, req 0x1\n"));
	assert_int_equal(set_memory_uc(addr + PAGE_SIZE, 1), -EBUSY);
	assert_prots(addr, W | ARCH_MAP_UC_MINUS, W | ARCH_MAP_UC_MINUS, W | ARCH_MAP_WC, W);
	/* It stays what it is under another protection, and while it is not there. */
	assert_int_equal(set_memory_ro(addr, 1), 0);
	assert_prots(addr, ARCH_MAP_UC_MINUS);
	assert_int_equal(set_memory_np(addr, 1), 0);
	assert_int_equal(set_direct_map_default_noflush(virt_to_page((void *)addr)), 0);
	assert_prots(addr, W | ARCH_MAP_UC_MINUS);
	/* In other pieces than it was made. */
	assert_int_equal(set_memory_wb(addr + PAGE_SIZE, 3), 0);
	assert_int_equal(set_pages_wb(virt_to_page((void *)addr), 1), 0);
	assert_prots(addr, W, W, W, W);
	assert_int_equal(set_pages_uc(virt_to_page((void *)addr), 1), 0);
	assert_int_equal(_set_memory_wt(addr, 1), 0);
	assert_prots(addr, W | ARCH_MAP_WT);
	assert_int_equal(set_memory_wb(addr, 4), 0);
	assert_prots(addr, W, W, W, W);
	free_pages(addr, 2);
}

static void pages_of_an_array_change_all_or_none(void **state)
{
	struct page *pages[4];

	(void)state;
	for (int i = 0; i < 3; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	pages[3] = alloc_page(GFP_HIGHUSER);
	assert_true(PageHighMem(pages[3]));
	assert_int_equal(set_pages_array_wc(pages, 4), 0);
	for (int i = 0; i < 3; i++)
		assert_prots(page_address(pages[i]), W | ARCH_MAP_WC);
	assert_int_equal(set_pages_array_wb(pages, 4), 0);
	assert_int_equal(set_memory_uc((unsigned long)page_address(pages[2]), 1), 0);
	assert_int_equal(set_pages_array_uc(pages, 4), -EINVAL);
	assert_prots(page_address(pages[0]), W);
	assert_prots(page_address(pages[1]), W);
	assert_prots(page_address(pages[2]), W | ARCH_MAP_UC_MINUS);
	assert_int_equal(set_pages_array_wb(&pages[2], 1), 0);
	assert_false(kernel_page_present(pages[3]));
	assert_int_equal(set_direct_map_invalid_noflush(pages[3]), 0);
	assert_int_equal(set_direct_map_default_noflush(pages[3]), 0);
	for (int i = 0; i < 4; i++)
		__free_page(pages[i]);
}

static void smaller_pages_map_the_same(void **state)
{
	unsigned long addr = take(3);

	(void)state;
	assert_int_equal(set_memory_4k(addr, 8), 0);
	assert_prots(addr, W, W, W, W, W, W, W, W);
	free_pages(addr, 3);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(pages_are_read_only_and_their_neighbours_are_not),
		TEST(code_is_executable_once_nobody_can_write_to_it),
		TEST(all_of_a_protection_is_set_at_once),
		TEST(a_page_leaves_the_direct_map_and_comes_back),
		TEST(an_area_of_vmalloc_loses_its_pages_with_and_without_their_other_address),
		TEST(what_is_not_mapped_is_refused),
		TEST(a_page_has_one_cache_type_at_a_time),
		TEST(pages_of_an_array_change_all_or_none),
		TEST(smaller_pages_map_the_same),
	};

	return cmocka_run_group_tests(tests, make_pc, down);
}

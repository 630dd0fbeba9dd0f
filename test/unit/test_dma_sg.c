/* SPDX-License-Identifier: MIT */
/* Scatterlists, what they hold, their way to a device, and memory that goes with one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "dma_machine.h"

#include <linux/highmem.h>
#include <linux/scatterlist.h>

#define PIECES 300 /* three tables */

static unsigned int total(struct sg_table *table)
{
	unsigned int bytes = 0, i;
	struct scatterlist *sg;

	for_each_sgtable_sg (table, sg, i)
		bytes += sg->length;
	return bytes;
}

/* @nents pieces of pages of their own, of random lengths and offsets. */
static void make_pieces(struct sg_table *table, unsigned int nents, gfp_t gfp)
{
	struct scatterlist *sg;
	unsigned int i;

	assert_int_equal(sg_alloc_table(table, nents, GFP_KERNEL), 0);
	for_each_sgtable_sg (table, sg, i) {
		unsigned int offset = (unsigned int)(arch_random() % 6000);

		sg_set_page(sg, alloc_pages(gfp | __GFP_COMP, 2),
			    1 + (unsigned int)(arch_random() % (4 * PAGE_SIZE - offset)), offset);
	}
}

static void free_pieces(struct sg_table *table)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg (table, sg, i)
		__free_pages(sg_page(sg), 2);
	sg_free_table(table);
}

/* ---- Tables --------------------------------------------------------------------------------- */

static void tables_are_chained_past_a_page(void **state)
{
	struct sg_table table;
	struct scatterlist *sg;

	(void)state;
	dma_machine(dma_ram, NULL);
	for (unsigned int nents = 1; nents <= PIECES; nents++) {
		assert_int_equal(sg_alloc_table(&table, nents, GFP_KERNEL), 0);
		assert_int_equal(sg_nents(table.sgl), nents);
		sg = sg_last(table.sgl, nents);
		assert_true(sg_is_last(sg) && !sg_is_chain(sg) && !sg_next(sg));
		sg_free_table(&table);
		assert_null(table.sgl);
	}
	assert_int_equal(sg_alloc_table(&table, 0, GFP_KERNEL), -EINVAL);
	assert_int_equal(sizeof(struct scatterlist) * SG_MAX_SINGLE_ALLOC, PAGE_SIZE);
}

static void own_tables_are_chained_by_hand(void **state)
{
	struct scatterlist one[3], two[2];
	char buf[64] = "";

	(void)state;
	dma_machine(dma_ram, NULL);
	sg_init_table(one, 3);
	sg_init_table(two, 2);
	sg_set_page(&one[0], virt_to_page(__va(SZ_2M)), 100, 5);
	sg_set_page(&two[1], virt_to_page(__va(SZ_4M)), 50, 0);
	sg_chain(one, 3, two);
	assert_ptr_equal(sg_next(&one[1]), &two[0]);
	assert_int_equal(sg_nents(one), 4);
	assert_int_equal(sg_nents_for_len(one, 101), 4);
	assert_int_equal(sg_nents_for_len(one, 100), 1);
	assert_int_equal(sg_nents_for_len(one, 151), -EINVAL);
	assert_int_equal(sg_phys(&one[0]), SZ_2M + 5);
	assert_ptr_equal(sg_virt(&two[1]), __va(SZ_4M));
	sg_unmark_end(&two[1]);
	sg_mark_end(&two[0]);
	assert_int_equal(sg_nents(one), 3);
	sg_init_one(two, __va(SZ_4M + 10), sizeof(buf));
	assert_int_equal(two[0].offset, 10);
	assert_true(sg_is_last(two));
}

static void the_first_pieces_may_be_the_callers(void **state)
{
	static const struct {
		unsigned int nents, own;
	} cases[] = {{1, 2},   {2, 2},	 {3, 2},   {130, 2}, {300, 4}, {5, 0},
		     {128, 0}, {129, 0}, {400, 0}, {1, 1},   {2, 1},   {200, 1}};

	(void)state;
	dma_machine(dma_ram, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scatterlist own[4], *sg;
		struct sg_table table;
		unsigned int nr = 0, n;

		assert_int_equal(sg_alloc_table_chained(&table, (int)cases[i].nents,
							cases[i].own ? own : NULL, cases[i].own),
				 0);
		assert_int_equal(table.sgl == own,
				 cases[i].own > 1 || cases[i].nents <= cases[i].own);
		for_each_sg (table.sgl, sg, cases[i].nents, n) {
			assert_int_equal(sg_is_last(sg), n == cases[i].nents - 1);
			sg->length = 1;
			nr++;
		}
		assert_int_equal(nr, cases[i].nents);
		assert_int_equal(sg_nents(table.sgl), (int)cases[i].nents);
		sg_free_table_chained(&table, cases[i].own);
		assert_null(table.sgl);
	}
}

/* Tables of a caller's: each is given back with the number of entries that it was taken with. */
static unsigned int tables_left, entries_out;

static struct scatterlist *take_table(unsigned int nents, gfp_t gfp)
{
	if (!tables_left)
		return NULL;
	tables_left--;
	entries_out += nents;
	return kmalloc_array(nents, sizeof(struct scatterlist), gfp);
}

static void give_table(struct scatterlist *sgl, unsigned int nents)
{
	entries_out -= nents;
	kfree(sgl);
}

/* Tables of 4 entries, so of 3 pieces but the last, behind @own of the caller's. */
static int try_tables(struct sg_table *table, unsigned int nents, unsigned int own)
{
	struct scatterlist first[4];
	int err =
		__sg_alloc_table(table, nents, 4, own ? first : NULL, own, GFP_KERNEL, take_table);

	if (!err)
		assert_int_equal(sg_nents(table->sgl), (int)nents);
	__sg_free_table(table, 4, own, give_table, table->orig_nents);
	assert_null(table->sgl);
	assert_int_equal(entries_out, 0);
	return err;
}

static void tables_of_a_caller_end_where_memory_does(void **state)
{
	struct sg_table table;

	(void)state;
	dma_machine(dma_ram, NULL);
	for (unsigned int own = 0; own <= 4; own += 2) {
		for (unsigned int nents = 1; nents <= 20; nents++) {
			unsigned int taken = 0;

			while (tables_left = taken, try_tables(&table, nents, own) == -ENOMEM)
				assert_true(taken++ < nents);
			assert_int_equal(tables_left, 0);
		}
	}
	assert_int_equal(try_tables(&table, 0, 0), -EINVAL);
}

static void pages_side_by_side_become_one_piece(void **state)
{
	struct page *pages[8];
	struct sg_table table;

	(void)state;
	dma_machine(dma_ram, NULL);
	for (size_t i = 0; i < 8; i++)
		pages[i] = pfn_to_page(0x1000 + i + (i >= 3 ? 5 : 0));
	assert_int_equal(
		sg_alloc_table_from_pages(&table, pages, 8, 100, 8 * PAGE_SIZE - 200, GFP_KERNEL),
		0);
	assert_int_equal(table.nents, 2);
	assert_int_equal(table.sgl->offset, 100);
	assert_int_equal(table.sgl->length, 3 * PAGE_SIZE - 100);
	assert_int_equal(total(&table), 8 * PAGE_SIZE - 200);
	sg_free_table(&table);
	assert_int_equal(sg_alloc_table_from_pages_segment(&table, pages, 8, 0, 8 * PAGE_SIZE,
							   2 * PAGE_SIZE, GFP_KERNEL),
			 0);
	assert_int_equal(table.nents, 5);
	assert_int_equal(total(&table), 8 * PAGE_SIZE);
	sg_free_table(&table);
	assert_int_equal(sg_alloc_table_from_pages_segment(&table, pages, 8, 0, 1, 100, GFP_KERNEL),
			 -EINVAL);
}

static void lists_have_pages_of_their_own(void **state)
{
	struct scatterlist *sgl;
	unsigned long free;
	unsigned int nents;

	(void)state;
	dma_machine(dma_ram, NULL);
	free = all_free_pages();
	sgl = sgl_alloc(5 * PAGE_SIZE + 1, GFP_KERNEL, &nents);
	assert_int_equal(nents, 6);
	assert_int_equal(sg_nents(sgl), 6);
	assert_int_equal(sg_last(sgl, 6)->length, 1);
	sgl_free(sgl);
	sgl = sgl_alloc_order(SZ_64K, 3, true, GFP_KERNEL, &nents);
	assert_int_equal(nents, 2);
	assert_int_equal(sg_nents(sgl), 3);
	sgl_free_order(sgl, 3);
	kmem_cache_shrink_all();
	assert_true(all_free_pages() + 8 >= free);
	assert_null(sgl_alloc(0, GFP_KERNEL, NULL));
}

/* ---- Contents --------------------------------------------------------------------------------- */

static void random_parts_are_copied_in_and_out(void **state)
{
	static u8 model[PIECES * 16384], out[PIECES * 16384];

	(void)state;
	host_test_seed("random_parts_are_copied_in_and_out");
	dma_machine(dma_ram, NULL);
	for (int round = 0; round < 20; round++) {
		unsigned int nents = 1 + (unsigned int)(arch_random() % 140);
		struct sg_table table;
		size_t size;

		make_pieces(&table, nents, GFP_KERNEL);
		size = total(&table);
		memset(model, 0, size);
		assert_int_equal(sg_zero_buffer(table.sgl, nents, SIZE_MAX, 0), size);
		for (int i = 0; i < 20; i++) {
			size_t skip = arch_random() % size, len = arch_random() % size;
			size_t fits = min(len, size - skip);

			for (size_t b = 0; b < 16; b++)
				out[b] = (u8)arch_random();
			for (size_t b = 16; b < len; b++)
				out[b] = (u8)(out[b - 16] + 1);
			assert_int_equal(
				sg_pcopy_from_buffer(table.sgl, nents, out, len, (long)skip), fits);
			memcpy(model + skip, out, fits);
		}
		assert_int_equal(sg_copy_to_buffer(table.sgl, nents, out, sizeof(out)), size);
		assert_memory_equal(out, model, size);
		assert_int_equal(sg_pcopy_to_buffer(table.sgl, nents, out, 10, (long)size), 0);
		free_pieces(&table);
	}
}

static void pages_of_pieces_are_walked(void **state)
{
	static const unsigned long pfns_of_both[] = {0x2000, 0x2001, 0x2002, 0x3000};
	struct sg_page_iter piter;
	struct sg_dma_page_iter diter;
	struct scatterlist sgl[2];
	unsigned long pfns[8], nr = 0;
	struct sg_mapping_iter miter;

	(void)state;
	dma_machine(dma_ram, NULL);
	sg_init_table(sgl, 2);
	sg_set_page(&sgl[0], pfn_to_page(0x2000), 2 * PAGE_SIZE, 10);
	sg_set_page(&sgl[1], pfn_to_page(0x3000), 1, 0);
	for_each_sg_page (sgl, &piter, 2, 0)
		pfns[nr++] = page_to_pfn(sg_page_iter_page(&piter));
	assert_int_equal(nr, 4);
	assert_true(pfns[0] == 0x2000 && pfns[2] == 0x2002 && pfns[3] == 0x3000);
	nr = 0;
	for_each_sg_page (sgl, &piter, 2, 2)
		pfns[nr++] = page_to_pfn(sg_page_iter_page(&piter));
	assert_true(nr == 2 && pfns[0] == 0x2002);
	assert_int_equal(dma_map_sg(&dev, sgl, 2, DMA_TO_DEVICE), 2);
	nr = 0;
	for_each_sg_dma_page (sgl, &diter, 2, 0) {
		assert_int_equal(PHYS_PFN(sg_page_iter_dma_address(&diter)), pfns_of_both[nr]);
		nr++;
	}
	assert_int_equal(nr, 4);
	dma_unmap_sg(&dev, sgl, 2, DMA_TO_DEVICE);
	sg_miter_start(&miter, sgl, 2, SG_MITER_TO_SG);
	assert_true(sg_miter_next(&miter));
	assert_int_equal(miter.length, PAGE_SIZE - 10);
	miter.consumed = 5;
	assert_true(sg_miter_next(&miter));
	assert_int_equal(miter.length, PAGE_SIZE - 15);
	assert_true(sg_miter_skip(&miter, PAGE_SIZE));
	assert_true(sg_miter_next(&miter));
	assert_int_equal(miter.length, 10);
	sg_miter_stop(&miter);
}

/* ---- To a device ------------------------------------------------------------------------------- */

static void device_writes(struct sg_table *table, u8 byte)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_dma_sg (table, sg, i)
		memset(__va(sg_dma_address(sg)), byte, sg_dma_len(sg));
}

static bool cpu_sees(struct sg_table *table, u8 byte)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg (table, sg, i)
		if (memchr_inv(sg_virt(sg), byte, sg->length))
			return false;
	return true;
}

static void pieces_out_of_reach_are_bounced_and_come_back(void **state)
{
	struct sg_table table;
	struct scatterlist *sg;
	unsigned int i, bounced = 0;

	(void)state;
	dma_machine(dma_ram, "16384");
	make_pieces(&table, 150, GFP_KERNEL);
	sg_zero_buffer(table.sgl, 150, SIZE_MAX, 0);
	assert_int_equal(dma_map_sgtable(&dev, &table, DMA_BIDIRECTIONAL, 0), 0);
	assert_int_equal(table.nents, 150);
	for_each_sgtable_sg (&table, sg, i) {
		assert_true(dma_capable(&dev, sg_dma_address(sg), sg_dma_len(sg)));
		assert_int_equal(sg_dma_len(sg), sg->length);
		bounced += sg_dma_address(sg) != sg_phys(sg);
	}
	assert_int_equal(bounced, 150);
	device_writes(&table, 0x55);
	assert_true(cpu_sees(&table, 0));
	dma_sync_sgtable_for_cpu(&dev, &table, DMA_BIDIRECTIONAL);
	assert_true(cpu_sees(&table, 0x55));
	for_each_sgtable_sg (&table, sg, i)
		memset(sg_virt(sg), 0x66, sg->length);
	dma_sync_sgtable_for_device(&dev, &table, DMA_BIDIRECTIONAL);
	for_each_sgtable_dma_sg (&table, sg, i)
		assert_null(memchr_inv(__va(sg_dma_address(sg)), 0x66, sg_dma_len(sg)));
	device_writes(&table, 0x77);
	dma_unmap_sgtable(&dev, &table, DMA_BIDIRECTIONAL, 0);
	assert_true(cpu_sees(&table, 0x77));
	assert_int_equal(swiotlb_used(), 0);
	free_pieces(&table);
}

static void all_pieces_are_mapped_or_none(void **state)
{
	struct sg_table table;

	(void)state;
	dma_machine(dma_ram, "512");
	make_pieces(&table, 250, GFP_KERNEL);
	sg_zero_buffer(table.sgl, 250, SIZE_MAX, 0);
	assert_int_equal(dma_map_sgtable(&dev, &table, DMA_FROM_DEVICE, DMA_ATTR_NO_WARN), -EIO);
	assert_int_equal(dma_map_sg_attrs(&dev, table.sgl, 250, DMA_FROM_DEVICE, DMA_ATTR_NO_WARN),
			 0);
	assert_int_equal(swiotlb_used(), 0);
	assert_true(cpu_sees(&table, 0));
	free_pieces(&table);
}

static void list_that_is_shorter_than_said_is_refused(void **state)
{
	struct sg_table table;

	(void)state;
	dma_machine(dma_ram, "512");
	make_pieces(&table, 5, GFP_KERNEL);
	assert_int_equal(dma_map_sg_attrs(&dev, table.sgl, 6, DMA_TO_DEVICE, 0), 0);
	assert_int_equal(swiotlb_used(), 0);
	dma_sync_sg_for_cpu(&dev, table.sgl, 0, DMA_TO_DEVICE);
	assert_int_equal(dma_map_sg_attrs(&dev, table.sgl, 5, DMA_TO_DEVICE, 0), 5);
	dma_sync_sg_for_device(&dev, table.sgl, 6, DMA_TO_DEVICE);
	dma_unmap_sg_attrs(&dev, table.sgl, 6, DMA_TO_DEVICE, 0);
	assert_int_equal(swiotlb_used(), 0);
	assert_true(host_log_contains("WARNING: "));
	free_pieces(&table);
}

/* ---- Memory for devices --------------------------------------------------------------------------- */

static void memory_comes_as_a_table(void **state)
{
	struct sg_table *sgt, own;
	dma_addr_t dma;
	void *at;

	(void)state;
	dma_machine(dma_ram, NULL);
	sgt = dma_alloc_noncontiguous(&dev, 3 * PAGE_SIZE, DMA_BIDIRECTIONAL, GFP_KERNEL, 0);
	assert_int_equal(sgt->nents, 1);
	at = dma_vmap_noncontiguous(&dev, 3 * PAGE_SIZE, sgt);
	assert_int_equal(virt_to_phys(at), sg_dma_address(sgt->sgl));
	assert_null(memchr_inv(at, 0, 3 * PAGE_SIZE));
	dma_vunmap_noncontiguous(&dev, at);
	dma_free_noncontiguous(&dev, 3 * PAGE_SIZE, sgt, DMA_BIDIRECTIONAL);
	at = dma_alloc_noncoherent(&dev, SZ_8K, &dma, DMA_TO_DEVICE, GFP_KERNEL);
	assert_int_equal(virt_to_phys(at), dma);
	assert_int_equal(dma_get_sgtable(&dev, &own, at, dma, SZ_8K), 0);
	assert_ptr_equal(sg_virt(own.sgl), at);
	assert_int_equal(own.sgl->length, SZ_8K);
	sg_free_table(&own);
	dma_free_noncoherent(&dev, SZ_8K, at, dma, DMA_TO_DEVICE);
	assert_int_equal(dma_stats.coherent_pages, 0);
	assert_int_equal(dma_get_seg_boundary_nr_pages(&dev, PAGE_SHIFT), (ULONG_MAX >> 12) + 1);
	assert_true(dma_opt_mapping_size(&dev) == SIZE_MAX && !dma_can_mmap(&dev));
	assert_int_equal(dma_get_cache_alignment(), 1);
}

static void what_is_managed_goes_with_its_device(void **state)
{
	struct dma_pool *pool, *gone;
	dma_addr_t dma;
	void *kept, *freed, *block;

	(void)state;
	dma_machine(dma_ram, NULL);
	kept = dmam_alloc_coherent(&dev, SZ_8K, &dma, GFP_KERNEL);
	assert_int_equal(virt_to_phys(kept), dma);
	freed = dmam_alloc_attrs(&dev, SZ_4K, &dma, GFP_KERNEL, DMA_ATTR_WRITE_COMBINE);
	pool = dmam_pool_create("kept", &dev, 64, 0, 0);
	gone = dmam_pool_create("gone", &dev, 64, 0, 0);
	assert_true(kept && freed && pool && gone);
	block = dma_pool_alloc(pool, GFP_KERNEL, &dma);
	dma_pool_free(pool, block, dma);
	dmam_pool_destroy(gone);
	dmam_free_coherent(&dev, SZ_4K, freed, virt_to_phys(freed));
	assert_int_equal(dma_stats.misused, 0);
	dmam_free_coherent(&dev, SZ_4K, freed, virt_to_phys(freed));
	assert_int_equal(dma_stats.misused, 1);
	assert_int_equal(devres_release_all(&dev), 2);
	assert_int_equal(dma_stats.coherent_pages, 0);
	assert_int_equal(devres_release_all(&dev), 0);
	assert_null(dmam_pool_create("bad", &dev, 0, 0, 0));
	assert_null(dmam_alloc_coherent(&dev, 0, &dma, GFP_KERNEL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		dma_test(tables_are_chained_past_a_page),
		dma_test(own_tables_are_chained_by_hand),
		dma_test(the_first_pieces_may_be_the_callers),
		dma_test(tables_of_a_caller_end_where_memory_does),
		dma_test(pages_side_by_side_become_one_piece),
		dma_test(lists_have_pages_of_their_own),
		dma_test(random_parts_are_copied_in_and_out),
		dma_test(pages_of_pieces_are_walked),
		dma_test(pieces_out_of_reach_are_bounced_and_come_back),
		dma_test(all_pieces_are_mapped_or_none),
		dma_test(list_that_is_shorter_than_said_is_refused),
		dma_test(memory_comes_as_a_table),
		dma_test(what_is_managed_goes_with_its_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

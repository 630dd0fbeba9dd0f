/* SPDX-License-Identifier: MIT */
/* Files that are nowhere but in the page cache. */
#include "disk_file.h"

#include <linux/migrate.h>

static u8 buf[DISK_BYTES];

static ssize_t write_at(size_t len, loff_t pos, int flags)
{
	memset(buf, 0x5a, sizeof(buf));
	return disk_io(ITER_SOURCE, buf, len, pos, flags);
}

static struct address_space counted;

/* One dirty page that is counted, so that one too few would be seen. */
static void make_counted(void)
{
	struct page *page;

	address_space_init_once(&counted);
	page = grab_cache_page(&counted, 0);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
}

static void drop_counted(void)
{
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 1);
	truncate_inode_pages(&counted, 0);
}

/* Memory that others have used. */
static void dirty_memory(void)
{
	struct page *pages[64];

	for (int i = 0; i < 64; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER_MOVABLE);
		memset(page_address(pages[i]), 0xcc, PAGE_SIZE);
	}
	for (int i = 0; i < 64; i++)
		__free_page(pages[i]);
}

static void what_ram_has_not_been_given_is_zero(void **state)
{
	struct address_space source;
	struct iov_iter iter;
	struct kiocb kiocb;
	struct page *page;

	(void)state;
	address_space_init_once(&source);
	page = grab_cache_page(&source, 0);
	memset(page_address(page), 0x77, PAGE_SIZE);
	unlock_page(page);
	put_page(page);
	dirty_memory();
	disk.inode.i_data.a_ops = &ram_aops;
	i_size_write(&disk.inode, 0);
	/* A whole page is to be written, and comes in part. */
	init_sync_kiocb(&kiocb, &disk.file);
	iov_iter_xarray(&iter, ITER_SOURCE, &source.i_pages, 1000, 6000);
	assert_int_equal(generic_perform_write(&kiocb, &iter), PAGE_SIZE - 1000);
	assert_int_equal(i_size_read(&disk.inode), PAGE_SIZE - 1000);
	assert_int_equal(write_at(10, PAGE_SIZE + 20, 0), 10);
	assert_int_equal(disk_io(ITER_DEST, buf, 2 * PAGE_SIZE, 0, 0), PAGE_SIZE + 30);
	assert_int_equal(buf[PAGE_SIZE - 1001], 0x77);
	for (size_t i = PAGE_SIZE - 1000; i < PAGE_SIZE + 20; i++)
		assert_int_equal(buf[i], 0);
	i_size_write(&disk.inode, 3 * PAGE_SIZE);
	assert_int_equal(disk_io(ITER_DEST, buf, 2 * PAGE_SIZE, PAGE_SIZE, 0), 2 * PAGE_SIZE);
	for (size_t i = 30; i < 2 * PAGE_SIZE; i++)
		assert_int_equal(buf[i], 0);
	truncate_inode_pages(&source, 0);
}

static void a_file_of_ram_is_in_the_cache_alone(void **state)
{
	struct address_space *mapping = &disk.inode.i_data;
	struct page *page;

	(void)state;
	disk_drop();
	make_counted();
	mapping->a_ops = &ram_aops;
	mapping_set_unevictable(mapping);
	inode_nohighmem(&disk.inode);
	assert_int_equal(mapping_gfp_mask(mapping), GFP_USER);
	i_size_write(&disk.inode, 0);
	assert_int_equal(write_at(100, PAGE_SIZE + 50, 0), 100);
	assert_int_equal(write_at(PAGE_SIZE, 2 * PAGE_SIZE, 0), PAGE_SIZE);
	assert_int_equal(i_size_read(&disk.inode), 3 * PAGE_SIZE);
	assert_int_equal(mapping->nrpages, 2);
	assert_int_equal(disk_io(ITER_DEST, buf, sizeof(buf), 0, 0), 3 * PAGE_SIZE);
	for (loff_t i = 0; i < 2 * (loff_t)PAGE_SIZE; i++)
		assert_int_equal(buf[i], (size_t)i - PAGE_SIZE - 50 < 100 ? 0x5a : 0);
	assert_int_equal(buf[3 * PAGE_SIZE - 1], 0x5a);
	page = find_get_page(mapping, 2);
	assert_true(PageDirty(page));
	assert_false(noop_dirty_folio(mapping, page_folio(page)));
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 1);
	assert_false(mapping_tagged(mapping, PAGECACHE_TAG_DIRTY));
	assert_int_equal(mapping_verify(mapping), 0);
	/* Nothing is written, and the page stays. */
	assert_int_equal(filemap_write_and_wait(mapping), 0);
	assert_int_equal(invalidate_mapping_pages(mapping, 0, (pgoff_t)-1), 1);
	put_page(page);
	truncate_setsize(&disk.inode, 2 * PAGE_SIZE + 5);
	assert_int_equal(disk_io(ITER_DEST, buf, 100, 2 * PAGE_SIZE, 0), 5);
	truncate_setsize(&disk.inode, 0);
	assert_int_equal(mapping->nrpages, 0);
	drop_counted();
	assert_int_equal(noop_direct_IO(NULL, NULL), -EINVAL);
}

/* Dirty without being counted: neither has to be made good where it moves to. */
static void a_page_of_ram_can_be_moved(void **state)
{
	struct address_space *mapping = &disk.inode.i_data;
	struct page *page = alloc_page(GFP_DMA), *old;

	(void)state;
	make_counted();
	mapping->a_ops = &ram_aops;
	assert_int_equal(write_at(PAGE_SIZE, 0, 0), PAGE_SIZE);
	lru_add_drain_all();
	old = find_lock_page(mapping, 0);
	put_page(old);
	assert_int_equal(isolate_lru_page(old), 0);
	lock_page(page);
	assert_int_equal(migrate_folio(mapping, page_folio(page), page_folio(old), MIGRATE_SYNC),
			 0);
	unlock_page(old);
	unlock_page(page);
	put_page(old);
	assert_true(PageDirty(page));
	assert_ptr_not_equal(page_zone(page), page_zone(old));
	assert_int_equal(zone_page_state(page_zone(page), NR_ZONE_WRITE_PENDING), 0);
	assert_int_equal(zone_page_state(page_zone(old), NR_ZONE_WRITE_PENDING), 1);
	assert_int_equal(*(u8 *)page_address(page), 0x5a);
	assert_int_equal(mapping_verify(mapping), 0);
	drop_counted();
	put_page(page);
}

#define test(name) cmocka_unit_test_setup_teardown(name, disk_machine, disk_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_ram_has_not_been_given_is_zero),
		test(a_file_of_ram_is_in_the_cache_alone),
		test(a_page_of_ram_can_be_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

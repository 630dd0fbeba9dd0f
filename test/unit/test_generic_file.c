/* SPDX-License-Identifier: MIT */
/* Reading files through the page cache and past it; reads and writes at random beside a flat copy. */
#include "disk_file.h"

#include <linux/wait.h>

static u8 buf[DISK_BYTES];

#define SIZE ((loff_t)(10 * PAGE_SIZE + 123)) /* of the file at first */

static ssize_t read_at(size_t len, loff_t pos, int flags)
{
	ssize_t done;

	memset(buf, 0xee, sizeof(buf));
	done = disk_io(ITER_DEST, buf, len, pos, flags);
	if (done > 0) {
		assert_memory_equal(buf, disk.data + pos, done);
		assert_int_equal(buf[done], 0xee);
	}
	return done;
}

/* ---- Ends ---------------------------------------------------------------------------------------- */

static void a_read_ends_where_the_file_does(void **state)
{
	struct super_block sb = {.s_maxbytes = 5000};

	(void)state;
	assert_int_equal(read_at(100, 0, 0), 100);
	assert_int_equal(read_at(0, 0, 0), 0);
	assert_int_equal(read_at(3 * PAGE_SIZE, 5000, 0), 3 * PAGE_SIZE);
	assert_int_equal(read_at(SIZE + 10, 0, 0), SIZE);
	assert_int_equal(read_at(500, SIZE - 1, 0), 1);
	assert_int_equal(read_at(500, SIZE, 0), 0);
	assert_int_equal(read_at(500, LLONG_MAX, 0), 0);
	/* The end is somewhere in a page that is cached. */
	i_size_write(&disk.inode, 4 * PAGE_SIZE + 7);
	assert_int_equal(read_at(SIZE, PAGE_SIZE, 0), 3 * PAGE_SIZE + 7);
	/* A file cannot be read past what its file system can have. */
	disk.inode.i_sb = &sb;
	assert_int_equal(read_at(SIZE, 10, 0), 4990);
	assert_int_equal(read_at(SIZE, 5000, 0), 0);
}

static void what_is_cached_is_not_read_again(void **state)
{
	unsigned int reads;

	(void)state;
	assert_int_equal(read_at(SIZE, 0, 0), SIZE);
	assert_int_equal(disk.reads, 11);
	reads = disk.reads;
	assert_int_equal(read_at(SIZE, 0, 0), SIZE);
	assert_int_equal(disk.reads, reads);
}

static void pages_are_read_ahead_of_who_reads_in_order(void **state)
{
	(void)state;
	for (loff_t pos = 0; pos < SIZE; pos += 512)
		assert_int_equal(read_at(512, pos, 0), min(512L, SIZE - pos));
	assert_int_equal(disk.reads, 11);
	assert_in_range(disk.batches, 1, 4);
	disk_drop();
	/* One by one. */
	disk.batches = 0;
	disk.file.f_mode |= FMODE_RANDOM;
	for (loff_t pos = 0; pos < SIZE; pos += PAGE_SIZE)
		read_at(1, pos, 0);
	assert_int_equal(disk.batches, 11);
}

/*
 *  index  0  1  2  3  4  5  6  7  8 ...
 *                     ^ marked: who comes to it has the next ones read
 */
static void who_reads_much_at_once_has_the_next_read(void **state)
{
	(void)state;
	i_size_write(&disk.inode, DISK_BYTES);
	disk.file.f_ra.ra_pages = 8;
	assert_int_equal(read_at(4 * PAGE_SIZE, 0, 0), 4 * PAGE_SIZE);
	assert_true(PageReadahead((struct page *)xa_load(&disk.inode.i_data.i_pages, 4)));
	assert_null(xa_load(&disk.inode.i_data.i_pages, 8));
	assert_int_equal(read_at(4 * PAGE_SIZE, 4 * PAGE_SIZE, 0), 4 * PAGE_SIZE);
	assert_non_null(xa_load(&disk.inode.i_data.i_pages, 8));
	assert_int_equal(disk.batches, 2);
}

static void leave_all(struct readahead_control *rac)
{
	(void)rac;
	disk.batches++;
}

/* Without readahead, for who has no memory for it. */
static void each_page_is_read_where_none_are_read_ahead(void **state)
{
	(void)state;
	disk.file.f_ra.ra_pages = 0;
	assert_int_equal(read_at(SIZE, 0, 0), SIZE);
	assert_int_equal(disk.batches, 11);
}

static void a_page_is_read_alone_where_nothing_came_of_reading_ahead(void **state)
{
	struct address_space_operations ops = disk_aops;

	(void)state;
	ops.readahead = leave_all;
	disk.inode.i_data.a_ops = &ops;
	assert_int_equal(read_at(10, PAGE_SIZE, IOCB_NOWAIT), -EAGAIN);
	assert_int_equal(disk.reads, 0);
	assert_int_equal(read_at(2 * PAGE_SIZE, PAGE_SIZE + 5, 0), 2 * PAGE_SIZE);
	assert_int_equal(disk.reads, 3);
	disk.inode.i_data.a_ops = &disk_aops;
}

static void a_page_that_is_read_in_small_parts_is_used_once(void **state)
{
	struct page *page;

	(void)state;
	for (loff_t pos = 0; pos < 1000; pos += 100)
		read_at(100, pos, 0);
	lru_add_drain_all();
	page = xa_load(&disk.inode.i_data.i_pages, 0);
	assert_true(PageReferenced(page) && !PageActive(page));
	read_at(100, 5 * PAGE_SIZE, 0);
	read_at(100, 0, 0);
	assert_true(PageActive(page));
}

/* ---- Errors ------------------------------------------------------------------------------------------ */

static void an_error_is_told_after_what_could_be_read(void **state)
{
	unsigned int ra_pages = disk.file.f_ra.ra_pages;

	(void)state;
	disk.bad_index = 4;
	assert_int_equal(read_at(SIZE, 100, 0), 4 * PAGE_SIZE - 100);
	assert_int_equal(read_at(SIZE, 4 * PAGE_SIZE, 0), -EIO);
	assert_true(disk.file.f_ra.ra_pages < ra_pages);
	assert_int_equal(read_at(SIZE, 5 * PAGE_SIZE, 0), SIZE - 5 * PAGE_SIZE);
	assert_true(PageError((struct page *)xa_load(&disk.inode.i_data.i_pages, 4)));
	disk.bad_index = (pgoff_t)-1;
	assert_int_equal(read_at(SIZE, 0, 0), SIZE);
	assert_false(PageError((struct page *)xa_load(&disk.inode.i_data.i_pages, 4)));
}

static void a_page_that_left_its_file_is_looked_for_again(void **state)
{
	struct page *page;

	(void)state;
	disk.truncated = 3;
	assert_int_equal(read_at(10, 0, 0), 10);
	assert_int_equal(disk.truncated, 0);
	disk.truncated = 2;
	page = read_mapping_page(&disk.inode.i_data, 9, NULL);
	assert_false(IS_ERR(page));
	assert_memory_equal(page_address(page), disk.data + 9 * PAGE_SIZE, PAGE_SIZE);
	put_page(page);
}

static void drop_page_2(struct readahead_control *rac)
{
	struct page *page = find_get_page_flags(rac->mapping, 2, FGP_LOCK | FGP_NOWAIT);

	if (page) {
		delete_from_page_cache(page);
		unlock_page(page);
		put_page(page);
	}
	disk_readahead(rac);
}

/* It is found, but not up to date; as it is locked it is in no mapping any more. */
static void a_page_that_was_dropped_is_read_anew(void **state)
{
	struct address_space_operations ops = disk_aops;
	struct page *page = read_mapping_page(&disk.inode.i_data, 2, NULL);

	(void)state;
	ops.readahead = drop_page_2;
	disk.inode.i_data.a_ops = &ops;
	ClearPageUptodate(page);
	SetPageReadahead(page);
	assert_int_equal(read_at(100, 2 * PAGE_SIZE, 0), 100);
	assert_null(page_mapping(page));
	put_page(page);
	disk.inode.i_data.a_ops = &disk_aops;
}

static void no_more_is_read_than_there_is_place_for(void **state)
{
	struct address_space holes;
	struct iov_iter iter;
	struct kiocb kiocb;

	(void)state;
	address_space_init_once(&holes);
	init_sync_kiocb(&kiocb, &disk.file);
	iov_iter_xarray(&iter, ITER_DEST, &holes.i_pages, 0, PAGE_SIZE);
	assert_int_equal(filemap_read(&kiocb, &iter, 0), -EFAULT);
	assert_int_equal(kiocb.ki_pos, 0);
}

/* ---- Without waiting ------------------------------------------------------------------------------------ */

static void what_is_on_its_way_is_not_waited_for(void **state)
{
	(void)state;
	assert_int_equal(read_at(10, 0, IOCB_NOWAIT | IOCB_NOIO), -EAGAIN);
	assert_int_equal(disk.batches, 0);
	disk.keep_reads = true;
	assert_int_equal(read_at(10, 0, IOCB_NOWAIT), -EAGAIN);
	assert_int_equal(read_at(10, 0, IOCB_NOIO), -EAGAIN);
	assert_true(disk.nr_reading > 0);
	end_reads();
	assert_int_equal(read_at(10, 0, IOCB_NOWAIT | IOCB_NOIO), 10);
	/* It would have the next ones read. */
	SetPageReadahead((struct page *)xa_load(&disk.inode.i_data.i_pages, 0));
	assert_int_equal(read_at(10, 0, IOCB_NOIO), -EAGAIN);
	assert_int_equal(read_at(10, 0, 0), 10);
	end_reads();
	/* Part of it. */
	disk_drop();
	disk.keep_reads = false;
	disk.file.f_mode |= FMODE_RANDOM;
	read_at(2 * PAGE_SIZE, 0, 0);
	disk.keep_reads = true;
	assert_int_equal(read_at(SIZE, 5, IOCB_NOWAIT), 2 * PAGE_SIZE - 5);
	end_reads();
}

static void who_drops_pages_is_not_waited_for(void **state)
{
	struct address_space *mapping = &disk.inode.i_data, other;

	(void)state;
	put_page(read_mapping_page(mapping, 0, NULL));
	put_page(read_mapping_page(mapping, 1, NULL));
	ClearPageUptodate((struct page *)xa_load(&mapping->i_pages, 1));
	filemap_invalidate_lock(mapping);
	assert_int_equal(filemap_invalidate_trylock_shared(mapping), 0);
	assert_int_equal(read_at(2 * PAGE_SIZE, 0, IOCB_NOWAIT), PAGE_SIZE);
	assert_int_equal(read_at(10, PAGE_SIZE, IOCB_NOWAIT), -EAGAIN);
	filemap_invalidate_unlock(mapping);
	assert_int_equal(read_at(2 * PAGE_SIZE, 0, 0), 2 * PAGE_SIZE);
	address_space_init_once(&other);
	filemap_invalidate_lock_two(mapping, &other);
	assert_true(rwsem_is_locked(&other.invalidate_lock));
	filemap_invalidate_unlock_two(&other, mapping);
	filemap_invalidate_lock_two(NULL, &other);
	filemap_invalidate_unlock_two(&other, NULL);
	filemap_invalidate_lock_two(&other, &other);
	filemap_invalidate_unlock_two(&other, &other);
	assert_false(rwsem_is_locked(&other.invalidate_lock));
}

static int told;

static int tell(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	(void)mode, (void)flags;
	if (!wake_page_match(container_of(entry, struct wait_page_queue, wait), key))
		return 0;
	told++;
	list_del_init(&entry->entry);
	return 1;
}

static ssize_t read_queued(struct wait_page_queue *waiter, size_t len)
{
	struct kvec vec = {buf, len};
	struct iov_iter iter;
	struct kiocb kiocb;

	init_sync_kiocb(&kiocb, &disk.file);
	kiocb.ki_flags = IOCB_WAITQ;
	kiocb.ki_waitq = waiter;
	init_waitqueue_func_entry(&waiter->wait, tell);
	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, len);
	return generic_file_read_iter(&kiocb, &iter);
}

static void who_waits_is_told_when_he_can_try_again(void **state)
{
	struct wait_page_queue waiter = {.folio = NULL};

	(void)state;
	told = 0;
	disk.keep_reads = true;
	assert_int_equal(read_queued(&waiter, 2 * PAGE_SIZE), -EIOCBQUEUED);
	assert_ptr_equal(&waiter.folio->page, xa_load(&disk.inode.i_data.i_pages, 0));
	assert_int_equal(waiter.bit_nr, PG_locked);
	assert_int_equal(told, 0);
	end_reads();
	assert_int_equal(told, 1);
	assert_int_equal(read_queued(&waiter, 2 * PAGE_SIZE), 2 * PAGE_SIZE);
	assert_memory_equal(buf, disk.data, 2 * PAGE_SIZE);
	assert_int_equal(told, 1);
	/* What is there comes first; the rest by another try. */
	for (int marked = 0; marked < 2; marked++) {
		struct page *page = find_get_page(&disk.inode.i_data, 1);

		lock_page(page);
		ClearPageUptodate(page);
		if (marked)
			SetPageReadahead((struct page *)xa_load(&disk.inode.i_data.i_pages, 0));
		assert_int_equal(read_queued(&waiter, 2 * PAGE_SIZE), PAGE_SIZE);
		assert_true(list_empty(&waiter.wait.entry));
		SetPageUptodate(page);
		unlock_page(page);
		put_page(page);
		end_reads();
	}
	assert_int_equal(told, 1);
}

/* ---- Parts of pages ------------------------------------------------------------------------------------ */

static size_t asked_from, asked_count;

static bool first_half_is_there(struct folio *folio, size_t from, size_t count)
{
	(void)folio;
	asked_from = from;
	asked_count = count;
	return from + count <= PAGE_SIZE / 2;
}

static void a_part_that_is_there_is_enough(void **state)
{
	struct address_space_operations ops = disk_aops;
	struct page *page = read_mapping_page(&disk.inode.i_data, 2, NULL);

	(void)state;
	ops.is_partially_uptodate = first_half_is_there;
	disk.inode.i_data.a_ops = &ops;
	ClearPageUptodate(page);
	disk.reads = 0;
	/* All of a block is read. */
	assert_int_equal(read_at(100, 2 * PAGE_SIZE + 300, 0), 100);
	assert_int_equal(disk.reads, 1);
	ClearPageUptodate(page);
	disk.inode.i_blkbits = 9;
	/* In a page that is not the first. */
	assert_int_equal(read_at(PAGE_SIZE, PAGE_SIZE + 300, 0), PAGE_SIZE);
	assert_int_equal(asked_from, 0);
	assert_int_equal(asked_count, 300);
	disk.reads = 1;
	assert_int_equal(read_at(100, 2 * PAGE_SIZE + 300, 0), 100);
	assert_int_equal(disk.reads, 1);
	assert_int_equal(asked_from, 300);
	assert_int_equal(asked_count, 100);
	assert_int_equal(read_at(SIZE, 2 * PAGE_SIZE + 300, 0), SIZE - 2 * PAGE_SIZE - 300);
	assert_int_equal(asked_count, PAGE_SIZE - 300);
	assert_true(PageUptodate(page));
	put_page(page);
	disk.inode.i_data.a_ops = &disk_aops;
}

/* ---- Past the cache ------------------------------------------------------------------------------------- */

static void a_direct_read_sees_what_was_written_before(void **state)
{
	struct kvec vec = {buf, 2000};
	struct iov_iter iter;
	struct kiocb kiocb;

	(void)state;
	memset(buf, 0x55, 300);
	assert_int_equal(disk_io(ITER_SOURCE, buf, 300, 5000, 0), 300);
	assert_int_not_equal(disk.data[5000], 0x55);
	assert_int_equal(read_at(PAGE_SIZE, 4500, IOCB_DIRECT | IOCB_NOWAIT), -EAGAIN);
	assert_int_equal(read_at(PAGE_SIZE, 4500, IOCB_DIRECT), PAGE_SIZE);
	assert_int_equal(disk.data[5000], 0x55);
	assert_int_equal(buf[500], 0x55);
	assert_int_equal(read_at(PAGE_SIZE, 4500, IOCB_DIRECT | IOCB_NOWAIT), PAGE_SIZE);
	assert_int_equal(disk.directs, 2);
	assert_int_equal(read_at(PAGE_SIZE, SIZE - 10, IOCB_DIRECT), 10);
	/* What it leaves is read through the cache. */
	disk_drop();
	disk.direct_most = 1000;
	assert_int_equal(read_at(2000, 0, IOCB_DIRECT), 2000);
	assert_int_equal(disk.inode.i_data.nrpages > 0, 1);
	disk.direct_error = -EIO;
	init_sync_kiocb(&kiocb, &disk.file);
	kiocb.ki_flags = IOCB_DIRECT;
	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, 2000);
	assert_int_equal(generic_file_read_iter(&kiocb, &iter), -EIO);
	assert_int_equal(kiocb.ki_pos, 0);
	assert_int_equal(iov_iter_count(&iter), 2000);
}

/* ---- At random --------------------------------------------------------------------------------------------- */

static u8 model[DISK_BYTES];

static void write_random(loff_t pos, size_t len, int flags)
{
	loff_t size = i_size_read(&disk.inode);

	for (size_t i = 0; i < len; i++)
		buf[i] = (u8)arch_random();
	if (flags & IOCB_APPEND)
		pos = size;
	len = min(len, (size_t)(DISK_BYTES - pos));
	memcpy(model + pos, buf, len);
	assert_int_equal(disk_io(ITER_SOURCE, buf, len, pos, flags), len);
	assert_int_equal(i_size_read(&disk.inode), len ? max(size, pos + (loff_t)len) : size);
}

static void truncate_random(loff_t size)
{
	loff_t was = i_size_read(&disk.inode);

	truncate_setsize(&disk.inode, size);
	if (size < was) {
		memset(model + size, 0, (size_t)(was - size));
		memset(disk.data + size, 0, (size_t)(DISK_BYTES - size));
	}
}

static void reads_and_writes_agree_with_a_flat_copy(void **state)
{
	(void)state;
	host_test_seed("reads_and_writes_agree_with_a_flat_copy");
	memcpy(model, disk.data, DISK_BYTES);
	for (int i = 0; i < 4000; i++) {
		loff_t pos = (loff_t)(arch_random() % DISK_BYTES), size = i_size_read(&disk.inode);
		size_t len = arch_random() % (arch_random() % 4 ? 700 : 6 * PAGE_SIZE);
		ssize_t got;

		disk.direct_most = arch_random() % 2 ? DISK_BYTES : 3000;
		switch (arch_random() % 10) {
		case 0:
			write_random(pos, len, IOCB_APPEND);
			break;
		case 1:
		case 2:
			write_random(pos, len, 0);
			break;
		case 3:
			write_random(pos, len, IOCB_DIRECT);
			break;
		case 4:
			if (arch_random() % 4 == 0)
				truncate_random(pos);
			break;
		case 5:
			if (arch_random() % 4 == 0)
				disk_drop();
			break;
		default:
			got = disk_io(ITER_DEST, buf, len, pos,
				      arch_random() % 3 ? 0 : IOCB_DIRECT);
			assert_int_equal(got, min((loff_t)len, max(size - pos, 0L)));
			assert_memory_equal(buf, model + pos, got);
		}
	}
	disk_drop();
	assert_memory_equal(disk.data, model, DISK_BYTES);
}

#define test(name) cmocka_unit_test_setup_teardown(name, disk_machine, disk_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_read_ends_where_the_file_does),
		test(what_is_cached_is_not_read_again),
		test(pages_are_read_ahead_of_who_reads_in_order),
		test(a_page_that_is_read_in_small_parts_is_used_once),
		test(who_reads_much_at_once_has_the_next_read),
		test(a_page_is_read_alone_where_nothing_came_of_reading_ahead),
		test(a_page_that_was_dropped_is_read_anew),
		test(each_page_is_read_where_none_are_read_ahead),
		test(an_error_is_told_after_what_could_be_read),
		test(a_page_that_left_its_file_is_looked_for_again),
		test(no_more_is_read_than_there_is_place_for),
		test(what_is_on_its_way_is_not_waited_for),
		test(who_drops_pages_is_not_waited_for),
		test(who_waits_is_told_when_he_can_try_again),
		test(a_part_that_is_there_is_enough),
		test(a_direct_read_sees_what_was_written_before),
		test(reads_and_writes_agree_with_a_flat_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

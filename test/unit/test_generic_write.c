/* SPDX-License-Identifier: MIT */
/* Writing files through the page cache and past it; calls by a file's operations. */
#include "disk_file.h"

#include <linux/fcntl.h>

#define SIZE ((loff_t)(10 * PAGE_SIZE + 123)) /* of the file at first */

static u8 buf[DISK_BYTES];

static ssize_t write_at(size_t len, loff_t pos, int flags)
{
	memset(buf, 0x5a, sizeof(buf));
	return disk_io(ITER_SOURCE, buf, len, pos, flags);
}

/* ---- Sizes ------------------------------------------------------------------------------------------ */

static void a_write_past_the_end_moves_it(void **state)
{
	(void)state;
	assert_int_equal(write_at(100, SIZE - 50, 0), 100);
	assert_true(disk.locked);
	assert_int_equal(i_size_read(&disk.inode), SIZE + 50);
	assert_int_equal(write_at(10, 3, 0), 10);
	assert_int_equal(i_size_read(&disk.inode), SIZE + 50);
	assert_int_equal(write_at(10, 999, IOCB_APPEND), 10);
	assert_int_equal(i_size_read(&disk.inode), SIZE + 60);
	assert_int_equal(write_at(1, 20 * PAGE_SIZE + 1, 0), 1);
	assert_int_equal(i_size_read(&disk.inode), 20 * PAGE_SIZE + 2);
	assert_int_equal(write_at(0, 0, 0), 0);
	/* What lies between is zeroes. */
	assert_int_equal(disk_io(ITER_DEST, buf, sizeof(buf), SIZE + 50, 0),
			 20 * PAGE_SIZE + 2 - SIZE - 50);
	for (loff_t i = SIZE + 60; i < 20 * (loff_t)PAGE_SIZE + 1; i++)
		assert_int_equal(buf[i - SIZE - 50], 0);
	disk_drop();
	assert_int_equal(disk.data[20 * PAGE_SIZE + 1], 0x5a);
	assert_int_equal(disk.data[3], 0x5a);
	assert_int_not_equal(disk.data[13], 0x5a);
}

static void a_write_ends_where_there_is_no_room(void **state)
{
	struct kvec vec[2] = {{buf, 5000}, {buf, 9000}};
	struct iov_iter iter;
	struct kiocb kiocb;

	(void)state;
	disk.room = 3 * PAGE_SIZE;
	init_sync_kiocb(&kiocb, &disk.file);
	kiocb.ki_pos = 100;
	iov_iter_kvec(&iter, ITER_SOURCE, vec, 2, 14000);
	assert_int_equal(generic_file_write_iter(&kiocb, &iter), 3 * PAGE_SIZE - 100);
	assert_int_equal(kiocb.ki_pos, 3 * PAGE_SIZE);
	assert_int_equal(iov_iter_count(&iter), 14000 - (3 * PAGE_SIZE - 100));
	assert_int_equal(generic_file_write_iter(&kiocb, &iter), -ENOSPC);
	assert_int_equal(kiocb.ki_pos, 3 * PAGE_SIZE);
	assert_int_equal(iov_iter_count(&iter), 14000 - (3 * PAGE_SIZE - 100));
	assert_int_equal(disk.begins, 5);
}

static void a_file_is_as_large_as_its_file_system_permits(void **state)
{
	struct super_block sb = {.s_maxbytes = SIZE + 10};
	struct kvec vec = {buf, 100};
	struct iov_iter iter;
	struct kiocb kiocb;
	loff_t count = 100;

	(void)state;
	disk.inode.i_sb = &sb;
	assert_int_equal(write_at(100, SIZE, 0), 10);
	assert_int_equal(write_at(100, SIZE + 10, 0), -EFBIG);
	assert_int_equal(write_at(100, 0, IOCB_APPEND), -EFBIG);
	init_sync_kiocb(&kiocb, &disk.file);
	kiocb.ki_pos = SIZE;
	assert_int_equal(generic_write_checks_count(&kiocb, &count), 0);
	assert_int_equal(count, 10);
	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, 100);
	assert_int_equal(generic_write_checks(&kiocb, &iter), 10);
	assert_int_equal(iov_iter_count(&iter), 10);
	/* Only these can be written without waiting. */
	kiocb.ki_flags = IOCB_NOWAIT;
	assert_int_equal(generic_write_checks(&kiocb, &iter), -EINVAL);
	kiocb.ki_flags |= IOCB_DIRECT;
	assert_int_equal(generic_write_checks(&kiocb, &iter), 10);
	kiocb.ki_flags = IOCB_NOWAIT;
	disk.file.f_mode |= FMODE_BUF_WASYNC;
	assert_int_equal(generic_write_checks(&kiocb, &iter), 10);
	assert_int_equal(inode_newsize_ok(&disk.inode, SIZE + 10), 0);
	assert_int_equal(inode_newsize_ok(&disk.inode, SIZE + 11), -EFBIG);
	assert_int_equal(inode_newsize_ok(&disk.inode, -1), -EINVAL);
	assert_int_equal(generic_file_open(&disk.inode, &disk.file), 0);
}

static void a_file_system_s_blocks_have_numbers(void **state)
{
	(void)state;
	assert_int_equal(generic_check_addressable(12, 0), 0);
	assert_int_equal(generic_check_addressable(9, U64_MAX), 0);
	assert_int_equal(generic_check_addressable(12, U64_MAX / 8 + 1), 0);
	assert_int_equal(generic_check_addressable(12, U64_MAX / 8 + 2), -EFBIG);
	assert_int_equal(generic_check_addressable(8, 1), -EINVAL);
	assert_int_equal(generic_check_addressable(PAGE_SHIFT + 1, 1), -EINVAL);
}

/* ---- Less than was asked for ------------------------------------------------------------------------------ */

/* A source whose second page is missing: of 1.5 pages at 1000 only the first 3096 bytes come. */
static void a_short_copy_is_taken_in_smaller_parts(void **state)
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
	disk.wants_all = true;
	init_sync_kiocb(&kiocb, &disk.file);
	kiocb.ki_pos = PAGE_SIZE;
	iov_iter_xarray(&iter, ITER_SOURCE, &source.i_pages, 1000, 6000);
	/* A page of 4096: 3096 are copied, not taken, and asked for alone. */
	assert_int_equal(generic_perform_write(&kiocb, &iter), PAGE_SIZE - 1000);
	assert_int_equal(kiocb.ki_pos, PAGE_SIZE);
	assert_int_equal(iov_iter_count(&iter), 6000 - (PAGE_SIZE - 1000));
	assert_int_equal(disk.begins, 3);
	kiocb.ki_pos = 2 * PAGE_SIZE;
	assert_int_equal(generic_perform_write(&kiocb, &iter), -EFAULT);
	assert_int_equal(iov_iter_count(&iter), 6000 - (PAGE_SIZE - 1000));
	truncate_inode_pages(&source, 0);
}

/* ---- Written back ---------------------------------------------------------------------------------------------- */

static void what_is_to_be_safe_is_written_back(void **state)
{
	(void)state;
	assert_int_equal(write_at(100, 5000, 0), 100);
	assert_int_equal(disk.fsyncs, 0);
	assert_int_not_equal(disk.data[5000], 0x5a);
	assert_int_equal(write_at(100, 5000, IOCB_DSYNC), 100);
	assert_int_equal(disk.fsyncs, 1);
	assert_int_equal(disk.fsync_start, 5000);
	assert_int_equal(disk.fsync_end, 5099);
	assert_int_equal(disk.fsync_datasync, 1);
	assert_int_equal(disk.data[5000], 0x5a);
	assert_int_equal(write_at(100, 5000, IOCB_DSYNC | IOCB_SYNC), 100);
	assert_int_equal(disk.fsync_datasync, 0);
	disk.inode.i_flags = S_SYNC;
	assert_int_equal(write_at(100, 7, 0), 100);
	assert_int_equal(disk.fsyncs, 3);
	disk.fsync_error = -EIO;
	assert_int_equal(write_at(100, 7, 0), -EIO);
	disk.fsync_error = 0;
	assert_int_equal(vfs_fsync(&disk.file, 1), 0);
	assert_int_equal(disk.fsync_end, LLONG_MAX);
	disk.file.f_op = &(struct file_operations){.llseek = noop_llseek};
	assert_int_equal(vfs_fsync(&disk.file, 1), -EINVAL);
}

static unsigned long written_back;

static int count_writepage(struct page *page, struct writeback_control *wbc)
{
	(void)wbc;
	written_back++;
	set_page_writeback(page);
	unlock_page(page);
	end_page_writeback(page);
	return 0;
}

/* A fifth of 64 MB may be dirty: of 16 MB that are written some are not left. */
static void who_writes_too_much_writes_back(void **state)
{
	struct address_space_operations ops = disk_aops;
	loff_t pos = 0;

	(void)state;
	ops.writepage = count_writepage;
	disk.inode.i_data.a_ops = &ops;
	disk.wants_all = true;
	disk.room = LLONG_MAX;
	while (pos < SZ_16M)
		assert_int_equal(kernel_write(&disk.file, buf, DISK_BYTES, &pos), DISK_BYTES);
	assert_in_range(written_back, 100, 4000);
	assert_in_range(global_node_page_state(NR_FILE_DIRTY), 1, 3300);
	truncate_setsize(&disk.inode, 0);
	disk.inode.i_data.a_ops = &disk_aops;
}

/* ---- Past the cache ------------------------------------------------------------------------------------------------ */

static ssize_t direct_write(size_t len, loff_t pos, int flags, struct iov_iter *iter)
{
	static struct kvec vec;
	struct kiocb kiocb;

	vec = (struct kvec){buf, len};
	init_sync_kiocb(&kiocb, &disk.file);
	kiocb.ki_pos = pos;
	kiocb.ki_flags = IOCB_DIRECT | flags;
	iov_iter_kvec(iter, ITER_SOURCE, &vec, 1, len);
	return generic_file_direct_write(&kiocb, iter);
}

static void a_direct_write_drops_what_is_cached(void **state)
{
	struct iov_iter iter;
	struct page *page;

	(void)state;
	/* A page of it is dirty, and not all of it is written. */
	assert_int_equal(write_at(10, 2 * PAGE_SIZE, 0), 10);
	assert_int_equal(direct_write(PAGE_SIZE, 2 * PAGE_SIZE + 1000, IOCB_NOWAIT, &iter),
			 -EAGAIN);
	/* Nothing is written where what is dirty cannot be, before. */
	disk.write_error = -EIO;
	assert_int_equal(direct_write(PAGE_SIZE, 2 * PAGE_SIZE + 1000, 0, &iter), -EIO);
	assert_int_equal(disk.directs, 0);
	disk.write_error = 0;
	assert_int_equal(write_at(10, 2 * PAGE_SIZE, 0), 10);
	memset(buf, 0x33, sizeof(buf));
	assert_int_equal(direct_write(PAGE_SIZE, 2 * PAGE_SIZE + 1000, 0, &iter), PAGE_SIZE);
	assert_int_equal(iov_iter_count(&iter), 0);
	assert_int_equal(disk.data[2 * PAGE_SIZE], 0x5a);
	assert_int_equal(disk.data[2 * PAGE_SIZE + 1000], 0x33);
	assert_false(filemap_range_has_page(&disk.inode.i_data, 2 * PAGE_SIZE, 4 * PAGE_SIZE - 1));
	assert_int_equal(direct_write(PAGE_SIZE, 2 * PAGE_SIZE, IOCB_NOWAIT, &iter), PAGE_SIZE);
	/* Past the end. */
	assert_int_equal(direct_write(200, SIZE, 0, &iter), 200);
	assert_int_equal(i_size_read(&disk.inode), SIZE + 200);
	disk.direct_error = -EIO;
	assert_int_equal(direct_write(200, SIZE + 200, 0, &iter), -EIO);
	assert_int_equal(iov_iter_count(&iter), 200);
	assert_int_equal(i_size_read(&disk.inode), SIZE + 200);
	disk.direct_error = 0;
	/* One with private data that stay cannot be dropped: it is written through the cache. */
	page = read_mapping_page(&disk.inode.i_data, 1, NULL);
	attach_page_private(page, &iter);
	assert_int_equal(direct_write(200, PAGE_SIZE, 0, &iter), 0);
	assert_int_equal(write_at(200, PAGE_SIZE, IOCB_DIRECT), 200);
	assert_int_equal(*(u8 *)page_address(page), 0x5a);
	assert_int_equal(disk.data[PAGE_SIZE], 0x5a);
	detach_page_private(page);
	/* Who only uses one keeps what was there before. */
	memset(buf, 0x44, sizeof(buf));
	assert_int_equal(direct_write(200, PAGE_SIZE, 0, &iter), 200);
	assert_null(page_mapping(page));
	assert_int_equal(*(u8 *)page_address(page), 0x5a);
	put_page(page);
}

static void what_a_direct_write_leaves_is_buffered_and_dropped(void **state)
{
	unsigned int begins;

	(void)state;
	disk.direct_most = 1000;
	assert_int_equal(write_at(3 * PAGE_SIZE, 100, IOCB_DIRECT), 3 * PAGE_SIZE);
	assert_int_equal(disk.begins, 4);
	for (loff_t i = 100; i < 100 + 3 * (loff_t)PAGE_SIZE; i++)
		assert_int_equal(disk.data[i], 0x5a);
	assert_int_equal(disk.inode.i_data.nrpages, 0);
	/* No room for the rest: what was written directly counts. */
	begins = disk.begins;
	disk.room = 0;
	assert_int_equal(write_at(3 * PAGE_SIZE, 100, IOCB_DIRECT), 1000);
	assert_int_equal(disk.begins, begins + 1);
	/* As it does where the rest cannot be written back. */
	disk.room = DISK_BYTES;
	disk.write_error = -EIO;
	assert_int_equal(write_at(3 * PAGE_SIZE, 100, IOCB_DIRECT), 1000);
	assert_int_equal(filemap_check_errors(&disk.inode.i_data), 0);
	disk.write_error = 0;
}

static ssize_t read_it_meanwhile(struct kiocb *iocb, struct iov_iter *iter)
{
	static struct page *page;

	if (page) {
		detach_page_private(page);
		put_page(page);
	}
	page = NULL;
	if (iov_iter_rw(iter) == WRITE) {
		page = read_mapping_page(iocb->ki_filp->f_mapping, 0, NULL);
		attach_page_private(page, &page);
	}
	return disk_direct_IO(iocb, iter);
}

static void a_page_that_is_not_what_was_written_is_told_of(void **state)
{
	struct address_space_operations ops = disk_aops;
	struct iov_iter iter;

	(void)state;
	ops.direct_IO = read_it_meanwhile;
	disk.inode.i_data.a_ops = &ops;
	assert_int_equal(direct_write(100, 0, 0, &iter), 100);
	assert_int_equal(filemap_check_errors(&disk.inode.i_data), -EIO);
	/* Gives the page back. */
	assert_int_equal(disk_io(ITER_DEST, buf, 10, PAGE_SIZE, IOCB_DIRECT), 10);
	disk.inode.i_data.a_ops = &disk_aops;
}

/* ---- By operations -------------------------------------------------------------------------------------------------- */

static void a_file_is_read_and_written_by_its_operations(void **state)
{
	struct kvec vec = {buf, 10};
	struct iov_iter iter;
	char text[20] = "";
	loff_t pos = 4;

	(void)state;
	assert_int_equal(kernel_write(&disk.file, "twelve bytes", 12, &pos), 12);
	assert_int_equal(pos, 16);
	pos = 4;
	assert_int_equal(kernel_read(&disk.file, text, 6, &pos), 6);
	assert_int_equal(pos, 10);
	assert_string_equal(text, "twelve");
	assert_int_equal(kernel_write(&disk.file, "0000", 4, NULL), 4);
	assert_int_equal(kernel_read(&disk.file, text, 8, NULL), 8);
	assert_memory_equal(text, "0000twel", 8);
	pos = -1;
	assert_int_equal(kernel_read(&disk.file, text, 8, &pos), -EINVAL);
	pos = 0;
	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, 10);
	assert_int_equal(vfs_iter_write(&disk.file, &iter, &pos, 0), -EINVAL);
	assert_int_equal(vfs_iter_read(&disk.file, &iter, &pos, RWF_NOWAIT), -EOPNOTSUPP);
	assert_int_equal(vfs_iter_read(&disk.file, &iter, &pos, 0x1000), -EOPNOTSUPP);
	disk.file.f_mode |= FMODE_NOWAIT;
	assert_int_equal(vfs_iter_read(&disk.file, &iter, &pos, RWF_NOWAIT), 10);
	assert_int_equal(pos, 10);
	assert_memory_equal(buf, "0000twelve", 10);
	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, 10);
	assert_int_equal(vfs_iter_read(&disk.file, &iter, &pos, 0), -EINVAL);
	assert_int_equal(vfs_iter_write(&disk.file, &iter, &pos, RWF_APPEND | RWF_SYNC), 10);
	assert_int_equal(pos, SIZE + 10);
	assert_int_equal(disk.fsyncs, 1);
	assert_int_equal(disk.fsync_datasync, 0);
}

static ssize_t count_of(struct kiocb *iocb, struct iov_iter *iter)
{
	(void)iocb;
	return (ssize_t)iov_iter_count(iter);
}

static void no_more_than_two_gigabytes_are_read_at_once(void **state)
{
	(void)state;
	disk.file.f_op = &(struct file_operations){.read_iter = count_of};
	assert_int_equal(kernel_read(&disk.file, buf, SIZE_MAX, NULL), 0x7ffff000);
}

/* Who appends looks for the end first, and then may fail. */
static ssize_t move_and_fail(struct kiocb *iocb, struct iov_iter *iter)
{
	(void)iter;
	iocb->ki_pos = 100;
	return -EIO;
}

static void a_place_stays_where_nothing_was_read_or_written(void **state)
{
	struct kvec vec = {buf, 10};
	struct iov_iter iter;
	loff_t pos = 4;

	(void)state;
	disk.file.f_op =
		&(struct file_operations){.read_iter = move_and_fail, .write_iter = move_and_fail};
	assert_int_equal(kernel_read(&disk.file, buf, 10, &pos), -EIO);
	assert_int_equal(kernel_write(&disk.file, buf, 10, &pos), -EIO);
	assert_int_equal(pos, 4);
	/* On Linux of an iterator's it does not. */
	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, 10);
	assert_int_equal(vfs_iter_read(&disk.file, &iter, &pos, 0), -EIO);
	assert_int_equal(pos, 100);
}

static void a_file_refuses_what_it_was_not_opened_for(void **state)
{
	struct kvec vec = {buf, 10};
	struct iov_iter iter;
	loff_t pos = 0;

	(void)state;
	disk.file.f_mode = 0;
	assert_int_equal(kernel_read(&disk.file, buf, 10, &pos), -EINVAL);
	assert_int_equal(kernel_write(&disk.file, buf, 10, &pos), -EBADF);
	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, 10);
	assert_int_equal(vfs_iter_read(&disk.file, &iter, &pos, 0), -EBADF);
	assert_int_equal(vfs_llseek(&disk.file, 0, SEEK_SET), -ESPIPE);
	disk.file.f_mode = FMODE_READ | FMODE_WRITE | FMODE_LSEEK;
	disk.file.f_op = &(struct file_operations){.fsync = noop_fsync};
	assert_int_equal(kernel_read(&disk.file, buf, 10, &pos), -EINVAL);
	assert_int_equal(kernel_write(&disk.file, buf, 10, &pos), -EINVAL);
	assert_int_equal(vfs_llseek(&disk.file, 0, SEEK_SET), -ESPIPE);
	assert_int_equal(vfs_fsync(&disk.file, 0), 0);
}

static void flags_of_a_file_are_its_kiocbs(void **state)
{
	struct kiocb kiocb, other;

	(void)state;
	disk.file.f_flags = O_RDWR | O_APPEND | O_SYNC | O_DIRECT;
	disk.file.f_iocb_flags = iocb_flags(&disk.file);
	init_sync_kiocb(&kiocb, &disk.file);
	assert_int_equal(kiocb.ki_flags, IOCB_APPEND | IOCB_DSYNC | IOCB_SYNC | IOCB_DIRECT);
	assert_true(is_sync_kiocb(&kiocb));
	kiocb.ki_pos = 77;
	kiocb_clone(&other, &kiocb, NULL);
	assert_int_equal(other.ki_pos, 77);
	assert_int_equal(other.ki_flags, kiocb.ki_flags);
	assert_null(other.ki_filp);
	disk.file.f_flags = O_DSYNC;
	assert_int_equal(iocb_flags(&disk.file), IOCB_DSYNC);
	kiocb.ki_flags = 0;
	disk.file.f_mode |= FMODE_NOWAIT;
	assert_int_equal(kiocb_set_rw_flags(&kiocb, RWF_NOWAIT | RWF_HIPRI), 0);
	assert_int_equal(kiocb.ki_flags, IOCB_NOWAIT | IOCB_NOIO | IOCB_HIPRI);
	assert_int_equal(file_modified(&disk.file) + kiocb_modified(&kiocb), 0);
}

static void places_are_found(void **state)
{
	struct super_block sb = {.s_maxbytes = SIZE + 10};
	struct file *file = &disk.file;

	(void)state;
	disk.inode.i_sb = &sb;
	assert_int_equal(vfs_llseek(file, 100, SEEK_SET), 100);
	assert_int_equal(vfs_llseek(file, -10, SEEK_CUR), 90);
	assert_int_equal(vfs_llseek(file, 0, SEEK_CUR), 90);
	assert_int_equal(vfs_llseek(file, -91, SEEK_CUR), -EINVAL);
	assert_int_equal(file->f_pos, 90);
	assert_int_equal(vfs_llseek(file, -1, SEEK_END), SIZE - 1);
	assert_int_equal(vfs_llseek(file, 10, SEEK_END), SIZE + 10);
	assert_int_equal(vfs_llseek(file, 11, SEEK_END), -EINVAL);
	assert_int_equal(vfs_llseek(file, LLONG_MAX, SEEK_CUR), -EINVAL);
	file->f_pos = SIZE + 100;
	assert_int_equal(vfs_llseek(file, 0, SEEK_CUR), SIZE + 100);
	assert_int_equal(vfs_llseek(file, 5, SEEK_DATA), 5);
	assert_int_equal(vfs_llseek(file, 5, SEEK_HOLE), SIZE);
	assert_int_equal(vfs_llseek(file, SIZE, SEEK_DATA), -ENXIO);
	assert_int_equal(vfs_llseek(file, -1, SEEK_HOLE), -ENXIO);
	assert_int_equal(file->f_pos, SIZE);
	assert_int_equal(noop_llseek(file, 3, SEEK_SET), SIZE);
	assert_int_equal(fixed_size_llseek(file, -3, SEEK_END, 50), 47);
	assert_int_equal(fixed_size_llseek(file, 51, SEEK_SET, 50), -EINVAL);
	assert_int_equal(fixed_size_llseek(file, 3, SEEK_DATA, 50), -EINVAL);
}

#define test(name) cmocka_unit_test_setup_teardown(name, disk_machine, disk_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_write_past_the_end_moves_it),
		test(a_write_ends_where_there_is_no_room),
		test(a_file_is_as_large_as_its_file_system_permits),
		test(a_file_system_s_blocks_have_numbers),
		test(a_short_copy_is_taken_in_smaller_parts),
		test(what_is_to_be_safe_is_written_back),
		test(a_direct_write_drops_what_is_cached),
		test(what_a_direct_write_leaves_is_buffered_and_dropped),
		test(a_page_that_is_not_what_was_written_is_told_of),
		test(a_file_is_read_and_written_by_its_operations),
		test(no_more_than_two_gigabytes_are_read_at_once),
		test(a_place_stays_where_nothing_was_read_or_written),
		test(who_writes_too_much_writes_back),
		test(a_file_refuses_what_it_was_not_opened_for),
		test(flags_of_a_file_are_its_kiocbs),
		test(places_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

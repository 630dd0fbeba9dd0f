/* SPDX-License-Identifier: MIT */
/* Several CPUs that read and write one file, while another drops what is cached of it. */
#include "disk_file.h"

#include "cpus.h"

#define WORKERS 3
#define ROUNDS	600
#define PIECE	512

static struct file opened[WORKERS + 2]; /* by CPU: f_ra is one reader's */
static u8 holds[DISK_BYTES / PIECE];
static int at_work;
static u64 base_seed;

static u64 next_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int make_cpus(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, WORKERS + 2);
	disk_open(DISK_BYTES);
	for (int i = 0; i < WORKERS + 2; i++)
		opened[i] = disk.file;
	for (size_t i = 0; i < DISK_BYTES; i++)
		disk.data[i] = holds[i / PIECE] = (u8)(i / PIECE);
	at_work = WORKERS;
	return 0;
}

/* Reads ahead make folios of many pages, of which each CPU writes parts. */
static int make_cpus_large(void **state)
{
	make_cpus(state);
	mapping_set_large_folios(&disk.inode.i_data);
	return 0;
}

/*
 *   page: | 1 | 2 | 3 | 1 | 2 | 3 | 1 | 2 |    whose a piece is: each page is all CPUs'
 */
static size_t own_piece(int cpu, u64 *random)
{
	size_t n = DISK_BYTES / PIECE / WORKERS;

	return next_random(random) % n * WORKERS + (size_t)cpu - 1;
}

static const char *check_own(int cpu, size_t piece)
{
	loff_t pos = (loff_t)(piece * PIECE);
	u8 buf[PIECE];

	if (kernel_read(&opened[cpu], buf, PIECE, &pos) != PIECE)
		return "a read was short";
	for (size_t i = 0; i < PIECE; i++)
		if (buf[i] != holds[piece])
			return "a byte is not what was written";
	return NULL;
}

static const char *write_own(int cpu, size_t piece)
{
	loff_t pos = (loff_t)(piece * PIECE);
	u8 buf[PIECE];

	memset(buf, ++holds[piece], PIECE);
	return kernel_write(&opened[cpu], buf, PIECE, &pos) == PIECE ? NULL : "a write was short";
}

static const char *drop_all(struct file *file)
{
	struct address_space *mapping = file->f_mapping;

	while (__atomic_load_n(&at_work, __ATOMIC_ACQUIRE)) {
		if (filemap_write_and_wait(mapping))
			return "a page could not be written";
		filemap_invalidate_lock(mapping);
		invalidate_inode_pages2(mapping);
		filemap_invalidate_unlock(mapping);
	}
	return NULL;
}

static const char *work(int cpu)
{
	u64 random = base_seed + (u64)cpu * 0x9e3779b97f4a7c15ULL;
	const char *fault = NULL;

	if (cpu > WORKERS)
		return drop_all(&opened[cpu]);
	for (int i = 0; i < ROUNDS && !fault; i++) {
		size_t piece = own_piece(cpu, &random);

		fault = next_random(&random) % 3 ? check_own(cpu, piece) : write_own(cpu, piece);
	}
	__atomic_fetch_sub(&at_work, 1, __ATOMIC_ACQ_REL);
	return fault;
}

static void each_reads_what_it_wrote(void **state)
{
	(void)state;
	base_seed = host_test_seed("each_reads_what_it_wrote") | 1;
	run_on_cpus(1, WORKERS + 2, work);
	disk_drop();
	for (size_t i = 0; i < DISK_BYTES; i++)
		assert_int_equal(disk.data[i], holds[i / PIECE]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_reads_what_it_wrote, make_cpus,
						disk_machine_end),
		{"each_reads_what_it_wrote_in_large_folios", each_reads_what_it_wrote,
		 make_cpus_large, disk_machine_end, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

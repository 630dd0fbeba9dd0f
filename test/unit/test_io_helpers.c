// SPDX-License-Identifier: MIT
/* Buffers of either kind, registers in two halves, counters of one CPU. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <asm/local.h>
#include <baremm/arch.h>
#include <linux/io-64-nonatomic-hi-lo.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/iosys-map.h>
#include <linux/kernel.h>

/* ---- linux/iosys-map.h ------------------------------------------------------------------ */

static void a_map_knows_its_address_and_its_kind(void **state)
{
	static u8 buffer[16];
	struct iosys_map memory = IOSYS_MAP_INIT_VADDR(buffer);
	struct iosys_map device = IOSYS_MAP_INIT_VADDR_IOMEM(buffer);
	struct iosys_map later = IOSYS_MAP_INIT_OFFSET(&device, 4);

	(void)state;
	assert_false(memory.is_iomem);
	assert_true(device.is_iomem && later.is_iomem);
	assert_ptr_equal(later.vaddr_iomem, buffer + 4);
	assert_ptr_equal(device.vaddr_iomem, buffer);
	assert_false(iosys_map_is_equal(&memory, &device));
	assert_false(iosys_map_is_equal(&device, &later));
	iosys_map_incr(&device, 4);
	assert_true(iosys_map_is_equal(&device, &later));
	iosys_map_set_vaddr_iomem(&memory, buffer + 4);
	assert_true(iosys_map_is_equal(&memory, &later));
	iosys_map_set_vaddr(&memory, buffer + 4);
	assert_false(iosys_map_is_equal(&memory, &later));
	assert_true(iosys_map_is_set(&later));
	iosys_map_clear(&later);
	assert_true(iosys_map_is_null(&later) && !iosys_map_is_set(&later) && !later.is_iomem);
}

struct header {
	u8 kind;
	u16 flags;
	u32 length;
	u64 cookie;
};

static void what_goes_through_a_map(struct iosys_map *map, u8 *buffer)
{
	u8 text[8] = {0};

	iosys_map_memset(map, 0, 0x11, 40);
	assert_int_equal(buffer[39], 0x11);
	assert_int_equal(buffer[40], 0);
	iosys_map_memcpy_to(map, 3, "abcdefg", 8);
	assert_memory_equal(buffer,
			    "\x11\x11\x11"
			    "abcdefg",
			    11);
	iosys_map_memcpy_from(text, map, 4, 5);
	assert_memory_equal(text, "bcdef\0\0", 8);

	iosys_map_wr(map, 16, u64, 0x1122334455667788ULL);
	assert_int_equal(iosys_map_rd(map, 16, u8), 0x88);
	assert_int_equal(iosys_map_rd(map, 18, u16), 0x5566);
	assert_int_equal(iosys_map_rd(map, 20, u32), 0x11223344);
	assert_true(iosys_map_rd(map, 16, u64) == 0x1122334455667788ULL);
	iosys_map_wr(map, 17, u8, 0xff);
	iosys_map_wr(map, 20, s16, -2);
	assert_true(iosys_map_rd(map, 16, u64) == 0x1122fffe5566ff88ULL);
	assert_int_equal(iosys_map_rd(map, 20, s16), -2);

	iosys_map_wr_field(map, 24, struct header, kind, 7);
	iosys_map_wr_field(map, 24, struct header, length, 0x01020304);
	iosys_map_wr_field(map, 24, struct header, cookie, ~0ULL);
	assert_int_equal(buffer[24], 7);
	assert_int_equal(buffer[25], 0x11);
	assert_int_equal(buffer[28], 4);
	assert_int_equal(iosys_map_rd_field(map, 24, struct header, length), 0x01020304);
	assert_int_equal(iosys_map_rd_field(map, 24, struct header, flags), 0x1111);
	assert_true(iosys_map_rd_field(map, 24, struct header, cookie) == ~0ULL);
	assert_int_equal(buffer[40], 0);
}

static void memory_and_a_device_are_accessed_by_the_same_calls(void **state)
{
	u64 words[8] = {0};
	u8 *buffer = (u8 *)words;
	struct iosys_map memory = IOSYS_MAP_INIT_VADDR(buffer);
	struct iosys_map device = IOSYS_MAP_INIT_VADDR_IOMEM(buffer);

	(void)state;
	what_goes_through_a_map(&memory, buffer);
	memset(buffer, 0, sizeof(words));
	what_goes_through_a_map(&device, buffer);
}

/* ---- linux/io-64-nonatomic-*.h ------------------------------------------------------------ */

#define VALUE 0x1122334455667788ULL

static void halves_lie_where_the_whole_has_them(void **state)
{
	u64 reg = 0;

	(void)state;
	lo_hi_writeq(VALUE, &reg);
	assert_true(reg == VALUE && lo_hi_readq(&reg) == VALUE && hi_lo_readq(&reg) == VALUE);
	hi_lo_writeq(VALUE + 1, &reg);
	assert_true(reg == VALUE + 1 && readq(&reg) == reg);
	lo_hi_writeq_relaxed(VALUE + 2, &reg);
	assert_true(lo_hi_readq_relaxed(&reg) == VALUE + 2);
	hi_lo_writeq_relaxed(VALUE + 3, &reg);
	assert_true(hi_lo_readq_relaxed(&reg) == VALUE + 3);
	iowrite64_lo_hi(VALUE, &reg);
	assert_true(reg == VALUE && ioread64_lo_hi(&reg) == VALUE);
	iowrite64_hi_lo(~VALUE, &reg);
	assert_true(reg == ~VALUE && ioread64_hi_lo(&reg) == ~VALUE);
}

static void halves_of_big_endian_registers_are_exchanged(void **state)
{
	u64 reg = 0;

	(void)state;
	iowrite64be_lo_hi(VALUE, &reg);
	assert_true(reg == __builtin_bswap64(VALUE) && ioread64be(&reg) == VALUE);
	assert_true(ioread64be_lo_hi(&reg) == VALUE && ioread64be_hi_lo(&reg) == VALUE);
	iowrite64be_hi_lo(VALUE + 1, &reg);
	assert_true(ioread64be(&reg) == VALUE + 1);
}

static void programs_find_what_widths_there_are(void **state)
{
	(void)state;
#if !defined(readq) || !defined(writeq) || !defined(ioread64) || !defined(iowrite64be)
	fail();
#endif
}

/* ---- asm/local.h -------------------------------------------------------------------------- */

static void a_local_counter_counts(void **state)
{
	local_t l = LOCAL_INIT(3);

	(void)state;
	local_inc(&l);
	local_add(10, &l);
	local_dec(&l);
	local_sub(2, &l);
	assert_int_equal(local_read(&l), 11);
	assert_int_equal(local_add_return(4, &l), 15);
	assert_int_equal(local_sub_return(5, &l), 10);
	assert_int_equal(local_inc_return(&l), 11);
	assert_int_equal(local_dec_return(&l), 10);
	assert_false(local_sub_and_test(9, &l));
	assert_true(local_dec_and_test(&l));
	assert_false(local_dec_and_test(&l));
	assert_true(local_inc_and_test(&l));
	assert_true(local_add_negative(-1, &l));
	assert_false(local_add_negative(1, &l));
	local_set(&l, 5);
	__local_inc(&l), __local_dec(&l), __local_add(2, &l), __local_sub(2, &l);
	assert_int_equal(local_xchg(&l, 6), 5);
	assert_int_equal(local_cmpxchg(&l, 5, 9), 6);
	assert_int_equal(local_cmpxchg(&l, 6, 0), 6);
	assert_false(local_inc_not_zero(&l));
	assert_true(local_add_unless(&l, 2, 7));
	assert_false(local_add_unless(&l, 2, 2));
	assert_true(local_inc_not_zero(&l));
	assert_int_equal(local_read(&l), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_knows_its_address_and_its_kind),
		cmocka_unit_test(memory_and_a_device_are_accessed_by_the_same_calls),
		cmocka_unit_test(halves_lie_where_the_whole_has_them),
		cmocka_unit_test(halves_of_big_endian_registers_are_exchanged),
		cmocka_unit_test(programs_find_what_widths_there_are),
		cmocka_unit_test(a_local_counter_counts),
	};

	return cmocka_run_group_tests_name("io_helpers", tests, NULL, NULL);
}

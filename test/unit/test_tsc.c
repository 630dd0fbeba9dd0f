/* SPDX-License-Identifier: MIT */
/*
 * The time-stamp counter's rate by other counters, which run, stand still, come round or crawl;
 * and what ACPI's tables say of these.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/kernel.h>

#include "../../arch/x86_64/tsc.h"

/* ---- Measuring ----------------------------------------------------------------------- */

#define TSC_HZ 2900000000ULL

/* A clock that goes on by each reading, and two counters that follow it. */
static struct {
	u64 ns, step;
	u64 ref_hz, ref_start;
	int reads;
	int slow_from, slow_to; /* readings in between take 5 ms: system management mode */
} world;

static u64 fake_tsc(void)
{
	world.ns += world.step / 4;
	return (u64)((unsigned __int128)world.ns * TSC_HZ / 1000000000);
}

static u64 fake_ref(const struct tsc_reference *ref)
{
	world.reads++;
	world.ns += world.reads >= world.slow_from && world.reads < world.slow_to ? 5000000
										  : world.step;
	return (world.ref_start + (u64)((unsigned __int128)world.ns * world.ref_hz / 1000000000)) &
	       ref->mask;
}

static u64 measured(u64 hz, u64 mask)
{
	struct tsc_reference ref = {.read = fake_ref, .hz = hz, .mask = mask};

	return tsc_measure(&ref, fake_tsc);
}

static void new_world(u64 ref_hz)
{
	memset(&world, 0, sizeof(world));
	world.step = 1000;
	world.ref_hz = ref_hz;
}

/* Within a thousandth. */
static void assert_right(u64 hz)
{
	assert_in_range(hz, TSC_HZ - TSC_HZ / 1000, TSC_HZ + TSC_HZ / 1000);
}

static void rate_is_found_by_a_counter_of_any_rate(void **state)
{
	static const u64 rates[] = {1193182, 3579545, 14318180, 24000000, 100000000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		new_world(rates[i]);
		assert_right(measured(rates[i], U32_MAX));
	}
}

static void counter_may_come_round_meanwhile(void **state)
{
	(void)state;
	new_world(3579545);
	world.ref_start = U32_MAX >> 8;
	assert_right(measured(3579545, U32_MAX >> 8));
	new_world(1193182);
	world.ref_start = U16_MAX - 100;
	assert_right(measured(1193182, U16_MAX));
}

static void counter_that_stands_still_is_given_up(void **state)
{
	(void)state;
	new_world(0);
	assert_int_equal(measured(3579545, U32_MAX), 0);
	assert_in_range(world.reads, TSC_MAX_SAME, TSC_MAX_SAME + 100);
}

static void counter_that_crawls_is_given_up(void **state)
{
	(void)state;
	new_world(100);
	world.step = 1;
	world.ref_hz = 1000000;
	assert_int_equal(measured(3579545000, U32_MAX), 0);
	assert_in_range(world.reads, TSC_MAX_READS, TSC_MAX_READS + 100);
}

static void counter_that_comes_round_too_fast_is_refused(void **state)
{
	(void)state;
	new_world(1000000000);
	assert_int_equal(measured(1000000000, U16_MAX), 0);
}

static void readings_that_were_interrupted_do_not_count(void **state)
{
	(void)state;
	for (int from = 0; from < 20; from++) {
		new_world(3579545);
		world.slow_from = from;
		world.slow_to = from + 3;
		assert_right(measured(3579545, U32_MAX));
	}
}

/* ---- Tables --------------------------------------------------------------------------- */

static u8 table[276];

static void put(size_t at, u64 value, size_t size)
{
	memcpy(table + at, &value, size);
}

/* A PM timer of 24 bits at port 0x608, as ACPI 1.0 says it. */
static int fadt(void **state)
{
	(void)state;
	memset(table, 0, sizeof(table));
	put(76, 0x608, 4);
	put(91, 4, 1);
	return 0;
}

static struct tsc_reference found;

static void old_tables_name_a_port(void **state)
{
	(void)state;
	assert_int_equal(tsc_reference_pmtimer(table, 116, &found), 0);
	assert_int_equal(found.at, 0x608);
	assert_int_equal(found.hz, 3579545);
	assert_int_equal(found.mask, 0xffffff);
	put(112, 0x100, 4);
	assert_int_equal(tsc_reference_pmtimer(table, 116, &found), 0);
	assert_int_equal(found.mask, 0xffffffff);
}

static void newer_address_wins(void **state)
{
	(void)state;
	put(208, 1, 1);
	put(212, 0xb008, 8);
	assert_int_equal(tsc_reference_pmtimer(table, 276, &found), 0);
	assert_int_equal(found.at, 0xb008);
	assert_int_equal(tsc_reference_pmtimer(table, 219, &found), 0);
	assert_int_equal(found.at, 0x608);
}

static void timers_that_cannot_be_read_are_none(void **state)
{
	static const struct {
		size_t at;
		u64 value;
		size_t size;
	} faults[] = {{91, 0, 1},      {91, 3, 1},	 {76, 0, 4},
		      {76, 0xffff, 4}, {76, 0x10000, 4}, {212, 0xfed00000, 8}};

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		fadt(state);
		put(faults[i].at, faults[i].value, faults[i].size);
		assert_int_equal(tsc_reference_pmtimer(table, 276, &found), -ENODEV);
	}
	fadt(state);
	assert_int_equal(tsc_reference_pmtimer(table, 115, &found), -ENODEV);
}

static void hpet_is_where_its_table_says(void **state)
{
	(void)state;
	memset(table, 0, sizeof(table));
	put(44, 0xfed00000, 8);
	assert_int_equal(tsc_reference_hpet(table, 56, &found), 0);
	assert_int_equal(found.at, 0xfed00000);
	assert_int_equal(tsc_reference_hpet(table, 55, &found), -ENODEV);
	put(44, 0xfed00f08, 8); /* its counter would be in the next page */
	assert_int_equal(tsc_reference_hpet(table, 56, &found), -ENODEV);
	put(44, 0, 8);
	assert_int_equal(tsc_reference_hpet(table, 56, &found), -ENODEV);
	put(44, 0xfed00000, 8);
	put(40, 1, 1);
	assert_int_equal(tsc_reference_hpet(table, 56, &found), -ENODEV);
}

static void hpet_says_its_rate_in_femtoseconds(void **state)
{
	(void)state;
	assert_int_equal(tsc_reference_hpet_rate(69841279ULL << 32, &found), 0);
	assert_int_equal(found.hz, 14318179);
	assert_int_equal(found.mask, U32_MAX);
	assert_int_equal(tsc_reference_hpet_rate(0, &found), -ENODEV);
	assert_int_equal(tsc_reference_hpet_rate(999999ULL << 32, &found), -ENODEV);
	assert_int_equal(tsc_reference_hpet_rate(~0ULL, &found), -ENODEV);
	assert_int_equal(tsc_reference_hpet_rate(100000001ULL << 32, &found), -ENODEV);
}

#define ON_FADT(name) cmocka_unit_test_setup(name, fadt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rate_is_found_by_a_counter_of_any_rate),
		cmocka_unit_test(counter_may_come_round_meanwhile),
		cmocka_unit_test(counter_that_stands_still_is_given_up),
		cmocka_unit_test(counter_that_crawls_is_given_up),
		cmocka_unit_test(counter_that_comes_round_too_fast_is_refused),
		cmocka_unit_test(readings_that_were_interrupted_do_not_count),
		ON_FADT(old_tables_name_a_port),
		ON_FADT(newer_address_wins),
		ON_FADT(timers_that_cannot_be_read_are_none),
		cmocka_unit_test(hpet_is_where_its_table_says),
		cmocka_unit_test(hpet_says_its_rate_in_femtoseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/*
 * SMBIOS's entry point and table, the memory type range registers and a map, as any bytes, to
 * lint's rules. Nothing is read past a table, and what is copied of it is read once more in the
 * same way.
 *
 *   input   | form | entry point | MTRRs | map, 4 bytes an entry | ... SMBIOS table
 */
#include "fuzz.h"

#include <linux/sizes.h>
#include <baremm/acpi.h>
#include <baremm/bringup.h>
#include <baremm/e820.h>
#include <baremm/lint.h>
#include <baremm/options.h>
#include <baremm/smbios.h>
#include "../../efi/smbios.h"

enum { FORM_SEAL = 1, FORM_SM3 = 2, FORM_FIXED = 4, FORM_OFF = 8, FORM_ROUND_MASKS = 16 };

#define MAX_MAP 24

static struct lint_range map[MAX_MAP];
static struct arch_mtrrs mtrrs;
static struct smbios_memory smbios;

/* ---- SMBIOS ------------------------------------------------------------------------------ */

static void put_sum(u8 *bytes, size_t size, size_t at)
{
	bytes[at] = 0;
	bytes[at] = (u8)-acpi_checksum(bytes, size);
}

static void check_entry(u8 form)
{
	u8 entry[SMBIOS_ENTRY_SIZE];
	u64 table = 0;
	u32 size = 0;

	for (size_t i = 0; i < sizeof(entry); i++)
		entry[i] = fuzz_u8();
	if (form & FORM_SEAL && form & FORM_SM3) {
		memcpy(entry, "_SM3_", 5);
		entry[6] = 0x18;
		put_sum(entry, 0x18, 5);
	} else if (form & FORM_SEAL) {
		memcpy(entry, "_SM_", 4);
		memcpy(entry + 0x10, "_DMI_", 5);
		put_sum(entry + 0x10, 0x0f, 5);
	}
	fuzz_check(smbios_entry(entry, &table, &size) || !(form & FORM_SEAL));
	fuzz_check(form & FORM_SM3 || !(form & FORM_SEAL) || (size <= U16_MAX && table <= U32_MAX));
}

/* The table in a block of just its size, and a copy in one that is just large enough. */
static void read_smbios(void)
{
	size_t size = fuzz_in.left, room, half;
	u8 *table = malloc(size + !size), *copy, *part;

	memcpy(table, fuzz_in.at, size);
	room = smbios_collect(table, size, NULL, 0);
	fuzz_check(room <= size);
	copy = malloc(room + !room);
	fuzz_check(smbios_collect(table, size, copy, room) == room);
	half = room / 2;
	part = malloc(half + !half);
	fuzz_check(smbios_collect(table, size, part, half) == room);
	smbios_read_memory(copy, room, &smbios);
	fuzz_check(smbios.nr_mapped <= SMBIOS_MAX_MAPPED);
	fuzz_check(!smbios.dropped || smbios.nr_mapped == SMBIOS_MAX_MAPPED);
	fuzz_check(smbios.nr_unknown <= smbios.nr_devices);
	smbios_read_memory(table, size, &smbios);
	smbios_read_memory(copy, room, &smbios);
	free(part);
	free(copy);
	free(table);
}

/* ---- MTRRs and map ------------------------------------------------------------------------ */

static void read_mtrrs(u8 form)
{
	mtrrs = (struct arch_mtrrs){.enabled = !(form & FORM_OFF),
				    .fixed = form & FORM_FIXED,
				    .default_type = fuzz_u8(),
				    .nr = fuzz_u8() % (ARCH_MAX_MTRRS + 1)};
	for (size_t i = 0; i < sizeof(mtrrs.low); i += 16)
		memset(mtrrs.low + i, fuzz_u8(), 16);
	for (unsigned int i = 0; i < mtrrs.nr; i++) {
		struct arch_mtrr *mtrr = &mtrrs.var[i];

		mtrr->type = fuzz_u8();
		if (form & FORM_ROUND_MASKS) {
			mtrr->base = (u64)fuzz_u16() << 20;
			mtrr->mask = ~0ULL << (12 + fuzz_u8() % 40);
		} else {
			mtrr->base = fuzz_u64();
			mtrr->mask = fuzz_u64();
		}
	}
}

static size_t read_map(void)
{
	size_t nr = fuzz_u8() % (MAX_MAP + 1);

	for (size_t i = 0; i < nr; i++) {
		u8 kind = fuzz_u8(), shift = kind & 8 ? 40 : 16;

		map[i] = (struct lint_range){.start = (u64)fuzz_u16() << shift,
					     .size = (u64)(s64)(s8)fuzz_u8() << shift,
					     .type = kind % 8,
					     .known_type = !(kind & 16),
					     .runtime = kind & 32,
					     .attributes = kind & 64,
					     .write_back = kind & 128};
	}
	return nr;
}

/* The rules sort the map in memory of the machine that they run on; it lasts. */
static void need_machine(void)
{
	static bool up;

	if (!up) {
		mm_register_options();
		mm_bring_up(host_machine_pc(SZ_64M, ""));
	}
	up = true;
}

static void judge(void *arg)
{
	const struct lint_facts *facts = arg;
	unsigned int findings = lint_judge(facts), sum = 0;

	for (int id = 0; id < NR_LINT_IDS; id++)
		sum += lint_counts[id];
	fuzz_check(findings == sum);
	fuzz_check(mtrrs.enabled || lint_counts[LINT_MTRR_OFF] == 1);
	fuzz_check(mtrrs.fixed || !lint_counts[LINT_MTRR_LOW_NOT_WB]);
	fuzz_check(!smbios.broken || lint_counts[LINT_SMBIOS_BROKEN]);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct lint_facts facts = {.map = map, .mtrrs = &mtrrs, .smbios = &smbios};
	u8 form;

	need_machine();
	fuzz_start(data, size);
	form = fuzz_u8();
	check_entry(form);
	read_mtrrs(form);
	facts.nr_map = read_map();
	read_smbios();
	fuzz_run(judge, &facts);
	return 0;
}

/* ---- Seeds --------------------------------------------------------------------------------- */

/* A machine of two devices and ranges, whose memory is write-back but for an uncached hole. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	static const u8 registers[] = {6, 2, 6, 6, 6, 6, 6, 6, 6,	6, 6, 6,  0,
				       0, 5, 5, 5, 5, 6, 0, 0, 31 - 12, 0, 0, 12, 30 - 12};
	static const u8 entries[] = {2, 128 + 64 + 1, 0, 0, 10, 128 + 64 + 1, 16, 0, 100};
	static const u8 structures[] = {17,  34,  1,  0, 0,   0, 0, 0,	0,  0,	 0, 0, 0, 4, 0,
					0,   0,	  0,  0, 0,   0, 0, 0,	0,  0,	 0, 0, 0, 0, 0,
					0,   0,	  0,  0, 'x', 0, 0, 19, 15, 2,	 0, 0, 0, 0, 0,
					255, 255, 15, 0, 1,   0, 1, 0,	0,  127, 4, 3, 0, 0, 0};
	size_t at = 1 + SMBIOS_ENTRY_SIZE;

	if (i > 3)
		return 0;
	data[0] = (u8)(FORM_SEAL | (i & 1 ? FORM_SM3 : 0) | (i & 2 ? FORM_FIXED : 0) |
		       FORM_ROUND_MASKS);
	memcpy(data + at, registers, sizeof(registers));
	at += sizeof(registers);
	memcpy(data + at, entries, sizeof(entries));
	at += sizeof(entries);
	memcpy(data + at, structures, sizeof(structures));
	return at + sizeof(structures);
}

// SPDX-License-Identifier: MIT
/*
 * memblock: the input's bytes as operations, each done to memblock and to the model of
 * the unit tests, which are compared again and again.
 *
 *   input   | place, direction, mirror, movable | operation, what it is given | ...
 */
#include "fuzz.h"

#include "../unit/memblock_model.h"

#define TABLE_ROOM    (2 * CELLS + 8) /* no table of the window is longer */
#define COMPARE_EVERY 8
#define MAX_STEPS     400

static u64 random_below(u64 limit)
{
	return (limit > 256 ? fuzz_u16() : fuzz_u8()) % limit;
}

/* Tables in the process's own memory: nothing of the window is backed. */
static void reset_memblock(void)
{
	static struct memblock_region memory[TABLE_ROOM], reserved[TABLE_ROOM];

	memset(memory, 0, sizeof(memory));
	memset(reserved, 0, sizeof(reserved));
	memblock_reset();
	memblock_set_regions(&memblock.memory, memory, TABLE_ROOM);
	memblock_set_regions(&memblock.reserved, reserved, TABLE_ROOM);
}

static void step(void)
{
	u8 op = fuzz_u8();

	if (op >= 250)
		op_limit();
	else
		operations[op % ARRAY_SIZE(operations)]();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 form;

	fuzz_start(data, size);
	form = fuzz_u8();
	reset_memblock();
	model_start(window_places[form % ARRAY_SIZE(window_places)], form & 16, form & 32,
		    form & 64);
	for (int i = 0; fuzz_in.left && i < MAX_STEPS; i++) {
		step();
		ask();
		if (i % COMPARE_EVERY == 0)
			model_compare();
	}
	model_compare();
	return 0;
}

/* Operations all over the window; the multiplier leads through all bytes. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	for (unsigned int j = 0; j < 120; j++)
		data[j] = (u8)((i * 131 + j * j * 29 + j * 7) >> (j % 3));
	data[0] = (u8)(i * 16 + i);
	return i < 8 ? 120 : 0;
}

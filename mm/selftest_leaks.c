// SPDX-License-Identifier: MIT
/* Self-test of kmemleak, where it is on: nothing is lost but what is lost on purpose. */
#include "selftest.h"

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kmemleak.h"

/*
 * A word that somebody left in a variable long ago may be a block's address by chance, and
 * hides it then: another one is lost, of another size.
 */
#define LOST_MAX      8
#define LOST_BYTES(i) (200UL + 300UL * (i))

struct chain {
	struct chain *next;
};

static struct chain *kept;

static unsigned long lost[LOST_MAX]; /* the complements of their addresses */

/* One block that a variable leads to, and one that only the first leads to. */
static noinline bool keep_blocks(void)
{
	kept = kzalloc(sizeof(*kept), GFP_KERNEL | __GFP_NOWARN);
	if (kept)
		kept->next = kzalloc(sizeof(*kept), GFP_KERNEL | __GFP_NOWARN);
	return kept && kept->next;
}

static noinline bool lose_block(unsigned int i)
{
	void *block = kmalloc(LOST_BYTES(i), GFP_KERNEL | __GFP_NOWARN);

	lost[i] = ~(unsigned long)block;
	return block;
}

static noinline void give_blocks(unsigned int nr_lost)
{
	while (nr_lost--)
		kfree((void *)~lost[nr_lost]);
	if (kept)
		kfree(kept->next);
	kfree(kept);
	kept = NULL;
}

static int test_kmemleak(void)
{
	unsigned int before, found = 0, nr = 0;
	bool taken;

	if (!kmemleak_enabled)
		return 0;
	before = kmemleak_scan_now();
	taken = keep_blocks();
	while (taken && !found && nr < LOST_MAX) {
		taken = lose_block(nr++);
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): on purpose */
		kmemleak_clear_stack();
		found += kmemleak_scan_now();
	}
	give_blocks(nr);
	if (!taken)
		return selftest_no_memory("a block to lose");
	if (before)
		selftest_note("%u blocks were lost before the test", before);
	if (!found || found > nr)
		selftest_note("%u blocks found lost, of %u", found, nr);
	return (before != 0) + (!found || found > nr);
}

const struct selftest leak_selftests[] = {
	{"kmemleak", test_kmemleak},
	{NULL, NULL},
};

// SPDX-License-Identifier: MIT
/* Sums and sizes, by one who includes nothing but what each program does. */
#include <linux/kernel.h>

#if IS_ENABLED(CONFIG_SMP) && !IS_ENABLED(CONFIG_NOBODY_HAS) && !IS_MODULE(CONFIG_SMP)
#define PARTS 4
#endif

struct header {
	__le32 magic;
	DECLARE_BITMAP(present, 70);
	unsigned int part[PARTS];
};

static_assert(is_signed_type(int) && !is_signed_type(bool));

/* Nobody declares these. */
__diag_push();
__diag_ignore_all("-Wmissing-prototypes", "called by name");
int header_version(void)
{
	return 3;
}
__diag_pop();

__diag_push();
__diag_ignore(GCC, 8, "-Wmissing-prototypes", "called by name");
__diag_ignore(clang, 13, "-Wmissing-prototypes", "called by name");
int header_least(void)
{
	return 2;
}
__diag_pop();

int header_check(const struct header *h, const char *text, unsigned long *end);
int header_check(const struct header *h, const char *text, unsigned long *end)
{
	unsigned int size;

	if (le32_to_cpu(h->magic) != 0x1234 || !test_bit(69, h->present))
		return -1;
	if (kstrtouint(text, 0, &size) || !is_power_of_2(size))
		return -1;
	*end = roundup_pow_of_two(max_t(unsigned long, size, BIT(4)));
	smp_wmb();
	BUILD_BUG_ON(sizeof(h->present) != 2 * sizeof(long));
	pr_debug("%u parts of " __stringify(PARTS) "\n", size);
	return (int)hweight32(size) + ilog2(*end);
}

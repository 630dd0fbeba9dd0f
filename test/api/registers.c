// SPDX-License-Identifier: MIT
/* A controller whose registers and descriptors are made of fields. */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/io.h>
#include <linux/kern_levels.h>
#include <linux/linkage.h>
#include <linux/nospec.h>
#include <linux/prefetch.h>
#include <linux/printk.h>
#include <linux/types.h>

#define CTRL_ENABLE BIT(0)
#define CTRL_DEPTH  GENMASK(9, 4)
#define CTRL_KIND   GENMASK(31, 24)
#define DESC_LEN    GENMASK(15, 0)
#define DESC_OWNER  BIT(31)

struct descriptor {
	__le64 addr;
	__le32 control;
	__be16 tag;
};

struct controller {
	void __iomem *regs;
	struct descriptor *ring;
	unsigned int size;
};

static u8 first_ring[4096] __page_aligned_bss;

u_int64_t controller_first(const struct controller *c);
u_int64_t controller_first(const struct controller *c)
{
	return c->size ? le64_to_cpu(c->ring[0].addr) : 0;
}

asmlinkage int controller_start(struct controller *c, unsigned int depth);
asmlinkage int controller_start(struct controller *c, unsigned int depth)
{
	u32 ctrl = readl(c->regs);

	if (!FIELD_FIT(CTRL_DEPTH, depth) || depth > FIELD_MAX(CTRL_DEPTH))
		return -1;
	ctrl &= ~CTRL_DEPTH;
	ctrl |= FIELD_PREP(CTRL_DEPTH, depth) | FIELD_PREP(CTRL_ENABLE, 1);
	writel(ctrl, c->regs);
	c->ring = (struct descriptor *)first_ring;
	printk(KERN_DEFAULT "controller: kind %lu\n", FIELD_GET(CTRL_KIND, ctrl));
	return LOGLEVEL_INFO;
}

u32 controller_post(struct controller *c, unsigned int i, u16 len);
u32 controller_post(struct controller *c, unsigned int i, u16 len)
{
	struct descriptor *desc;

	if (i >= c->size)
		return 0;
	i = array_index_nospec(i, c->size);
	desc = &c->ring[i];
	prefetchw(desc + 1);
	prefetch_range(c->ring, c->size * sizeof(*desc));
	desc->control = le32_encode_bits(len, DESC_LEN) | le32_encode_bits(1, DESC_OWNER);
	le32p_replace_bits(&desc->control, 0, DESC_OWNER);
	desc->tag = be16_replace_bits(desc->tag, 3, 0xf0);
	return le32_get_bits(desc->control, DESC_LEN) + u32_get_bits(len, 0xff) +
	       be16_get_bits(desc->tag, 0xf0) + u8_encode_bits(1, 0x10);
}

// SPDX-License-Identifier: MIT
/*
 * Copies to and from devices. Contract: linux/io.h.
 *
 * A device may take apart no access that crosses its registers, and may count each: so
 * they are aligned there, as wide as that allows, and none is made twice.
 */
#include <linux/io.h>

#include <linux/align.h>
#include <linux/string.h>

#define WORD sizeof(u64)

static inline bool whole_word(const volatile void __iomem *addr, size_t size)
{
	return size >= WORD && IS_ALIGNED((unsigned long)addr, WORD);
}

void memcpy_fromio(void *to, const volatile void __iomem *from, size_t size)
{
	const volatile u8 __iomem *source = from;
	u8 *byte = to;

	while (size) {
		size_t step = whole_word(source, size) ? WORD : 1;

		if (step == WORD) {
			u64 word = __raw_readq(source);

			memcpy(byte, &word, WORD);
		} else {
			*byte = __raw_readb(source);
		}
		source += step;
		byte += step;
		size -= step;
	}
	__io_ar(*byte);
}

void memcpy_toio(volatile void __iomem *to, const void *from, size_t size)
{
	volatile u8 __iomem *target = to;
	const u8 *byte = from;

	__io_bw();
	while (size) {
		size_t step = whole_word(target, size) ? WORD : 1;

		if (step == WORD) {
			u64 word;

			memcpy(&word, byte, WORD);
			__raw_writeq(word, target);
		} else {
			__raw_writeb(*byte, target);
		}
		target += step;
		byte += step;
		size -= step;
	}
}

void memset_io(volatile void __iomem *addr, int value, size_t size)
{
	volatile u8 __iomem *target = addr;
	u64 word = (u8)value * 0x0101010101010101ULL;

	__io_bw();
	while (size) {
		size_t step = whole_word(target, size) ? WORD : 1;

		if (step == WORD)
			__raw_writeq(word, target);
		else
			__raw_writeb((u8)value, target);
		target += step;
		size -= step;
	}
}

void __iowrite32_copy(void __iomem *to, const void *from, size_t count)
{
	const u32 *word = from;

	for (volatile u32 __iomem *target = to; count; count--)
		__raw_writel(*word++, target++);
}

void __ioread32_copy(void *to, const void __iomem *from, size_t count)
{
	u32 *word = to;

	for (const volatile u32 __iomem *source = from; count; count--)
		*word++ = __raw_readl(source++);
}

void __iowrite64_copy(void __iomem *to, const void *from, size_t count)
{
	const u64 *word = from;

	for (volatile u64 __iomem *target = to; count; count--)
		__raw_writeq(*word++, target++);
}

/* SPDX-License-Identifier: MIT */
/*
 * Numbers as devices and disks lay them out: cpu_to_le32() and its like turn a value,
 * cpu_to_le32p() what a pointer points at, cpu_to_le32s() in place. The CPU's own order is
 * the compiler's: __ORDER_LITTLE_ENDIAN__ or __ORDER_BIG_ENDIAN__.
 */
#ifndef _ASM_BYTEORDER_H
#define _ASM_BYTEORDER_H

#include <linux/swab.h>
#include <linux/types.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define __le_order(bits, x) (x)
#define __be_order(bits, x) swab##bits(x)
#else
#define __le_order(bits, x) swab##bits(x)
#define __be_order(bits, x) (x)
#endif

/* Either way is the same exchange. */
#define __BYTEORDER(e, bits)                                                  \
	static inline __##e##bits cpu_to_##e##bits(u##bits x)                 \
	{                                                                     \
		return __##e##_order(bits, x);                                \
	}                                                                     \
	static inline u##bits e##bits##_to_cpu(__##e##bits x)                 \
	{                                                                     \
		return __##e##_order(bits, x);                                \
	}                                                                     \
	static inline __##e##bits cpu_to_##e##bits##p(const u##bits *p)       \
	{                                                                     \
		return cpu_to_##e##bits(*p);                                  \
	}                                                                     \
	static inline u##bits e##bits##_to_cpup(const __##e##bits *p)         \
	{                                                                     \
		return e##bits##_to_cpu(*p);                                  \
	}                                                                     \
	static inline void cpu_to_##e##bits##s(u##bits *p)                    \
	{                                                                     \
		*p = cpu_to_##e##bits(*p);                                    \
	}                                                                     \
	static inline void e##bits##_to_cpus(u##bits *p)                      \
	{                                                                     \
		*p = e##bits##_to_cpu(*p);                                    \
	}                                                                     \
	static inline void e##bits##_add_cpu(__##e##bits *p, u##bits val)     \
	{                                                                     \
		*p = cpu_to_##e##bits((u##bits)(e##bits##_to_cpu(*p) + val)); \
	}
__BYTEORDER(le, 16)
__BYTEORDER(le, 32)
__BYTEORDER(le, 64)
__BYTEORDER(be, 16)
__BYTEORDER(be, 32)
__BYTEORDER(be, 64)
#undef __BYTEORDER

/* Arrays, in place. */
static inline void cpu_to_le32_array(u32 *buf, unsigned int words)
{
	for (unsigned int i = 0; i < words; i++)
		cpu_to_le32s(&buf[i]);
}

static inline void cpu_to_be32_array(__be32 *dst, const u32 *src, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dst[i] = cpu_to_be32(src[i]);
}

static inline void be32_to_cpu_array(u32 *dst, const __be32 *src, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dst[i] = be32_to_cpu(src[i]);
}
#define le32_to_cpu_array(buf, words) cpu_to_le32_array(buf, words)

/* The same by the names that headers for users have. */
#define __cpu_to_le16(x) cpu_to_le16(x)
#define __cpu_to_le32(x) cpu_to_le32(x)
#define __cpu_to_le64(x) cpu_to_le64(x)
#define __cpu_to_be16(x) cpu_to_be16(x)
#define __cpu_to_be32(x) cpu_to_be32(x)
#define __cpu_to_be64(x) cpu_to_be64(x)
#define __le16_to_cpu(x) le16_to_cpu(x)
#define __le32_to_cpu(x) le32_to_cpu(x)
#define __le64_to_cpu(x) le64_to_cpu(x)
#define __be16_to_cpu(x) be16_to_cpu(x)
#define __be32_to_cpu(x) be32_to_cpu(x)
#define __be64_to_cpu(x) be64_to_cpu(x)

#endif /* _ASM_BYTEORDER_H */

/* SPDX-License-Identifier: MIT */
/* Numbers at addresses of any alignment, in the CPU's byte order or a given one. */
#ifndef _ASM_UNALIGNED_H
#define _ASM_UNALIGNED_H

#include <linux/types.h>
#include <asm/byteorder.h>

/* What @ptr points at, or @val there, though @ptr may be aligned to nothing. */
#define get_unaligned(ptr)                                                                \
	({                                                                                \
		const struct {                                                            \
			__typeof__(*(ptr)) value;                                         \
		} __attribute__((__packed__, __may_alias__)) *__at = (const void *)(ptr); \
		__at->value;                                                              \
	})
#define put_unaligned(val, ptr)                                                     \
	({                                                                          \
		struct {                                                            \
			__typeof__(*(ptr)) value;                                   \
		} __attribute__((__packed__, __may_alias__)) *__at = (void *)(ptr); \
		__at->value = (val);                                                \
	})

#define __UNALIGNED(e, bits)                                                    \
	static inline u##bits get_unaligned_##e##bits(const void *p)            \
	{                                                                       \
		return e##bits##_to_cpu(get_unaligned((const __##e##bits *)p)); \
	}                                                                       \
	static inline void put_unaligned_##e##bits(u##bits val, void *p)        \
	{                                                                       \
		put_unaligned(cpu_to_##e##bits(val), (__##e##bits *)p);         \
	}
__UNALIGNED(le, 16)
__UNALIGNED(le, 32)
__UNALIGNED(le, 64)
__UNALIGNED(be, 16)
__UNALIGNED(be, 32)
__UNALIGNED(be, 64)
#undef __UNALIGNED

/* Of 24 and 48 bits. */
static inline u32 get_unaligned_le24(const void *p)
{
	const u8 *at = p;

	return at[0] | (u32)at[1] << 8 | (u32)at[2] << 16;
}

static inline u32 get_unaligned_be24(const void *p)
{
	const u8 *at = p;

	return (u32)at[0] << 16 | (u32)at[1] << 8 | at[2];
}

static inline void put_unaligned_le24(u32 val, void *p)
{
	u8 *at = p;

	put_unaligned_le16((u16)val, at);
	at[2] = (u8)(val >> 16);
}

static inline void put_unaligned_be24(u32 val, void *p)
{
	u8 *at = p;

	at[0] = (u8)(val >> 16);
	put_unaligned_be16((u16)val, at + 1);
}

static inline u64 get_unaligned_be48(const void *p)
{
	const u8 *at = p;

	return (u64)get_unaligned_be16(at) << 32 | get_unaligned_be32(at + 2);
}

static inline void put_unaligned_be48(u64 val, void *p)
{
	u8 *at = p;

	put_unaligned_be16((u16)(val >> 32), at);
	put_unaligned_be32((u32)val, at + 2);
}

#endif /* _ASM_UNALIGNED_H */

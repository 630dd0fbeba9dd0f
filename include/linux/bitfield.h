/* SPDX-License-Identifier: MIT */
/*
 * Fields of registers and of words on a wire, each told by its mask.
 *
 *   #define DEPTH GENMASK(9, 4)           bits   15      9      4     0
 *                                                |      |######|     |
 *   FIELD_PREP(DEPTH, 5) == 0x50, FIELD_GET(DEPTH, 0x1235) == 0x23, FIELD_MAX(DEPTH) == 63
 *
 * Owns:       nothing.
 * Invariants: a mask is constant, not 0, and of bits side by side; it fits into the type of what
 *             is read. What is constant and does not fit does not compile.
 * Locking:    none; any context.
 * Failure:    none: a value that is not constant and does not fit loses its upper bits.
 * Source:     Linux 6.1's bitfield.h.
 */
#ifndef _LINUX_BITFIELD_H
#define _LINUX_BITFIELD_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/byteorder.h>

/* The number of a mask's lowest bit. */
#define __bf_shf(mask) __builtin_ctzll(mask)

/* Is @mask one, and does @val, if it is constant, fit into its field? */
#define __BF_CHECK(mask, val, who)                                                               \
	do {                                                                                     \
		BUILD_BUG_ON_MSG(!__builtin_constant_p(mask), who ": mask is not constant");     \
		BUILD_BUG_ON_MSG((mask) == 0, who ": mask is zero");                             \
		BUILD_BUG_ON_MSG(__builtin_constant_p(val) ? ~((mask) >> __bf_shf(mask)) & (val) \
							   : 0,                                  \
				 who ": value too large for the field");                         \
		__BUILD_BUG_ON_NOT_POWER_OF_2((mask) + (1ULL << __bf_shf(mask)));                \
	} while (0)

/* A mask's bits without those that a sign brings along. */
#define __bf_bits(mask) ((u64)(mask) & ~0ULL >> (64 - 8 * sizeof(__typeof__(mask))))

/* Are the bits of @mask in what @reg is, which is not looked at? */
#define __BF_CHECK_REG(mask, reg, who)                                             \
	BUILD_BUG_ON_MSG(__bf_bits(mask) >> (8 * sizeof(__typeof__(reg)) - 1) > 1, \
			 who ": type of reg too small for mask")

/* The largest value of a field, of the mask's type. */
#define FIELD_MAX(mask)                                       \
	({                                                    \
		__BF_CHECK(mask, 0ULL, "FIELD_MAX");          \
		(__typeof__(mask))((mask) >> __bf_shf(mask)); \
	})

/* Does @val fit into the field? */
#define FIELD_FIT(mask, val)                                              \
	({                                                                \
		__BF_CHECK(mask, 0ULL, "FIELD_FIT");                      \
		!(((__typeof__(mask))(val) << __bf_shf(mask)) & ~(mask)); \
	})

/* @val where the field is, of the mask's type, and 0 around it: for | with others. */
#define FIELD_PREP(mask, val)                                         \
	({                                                            \
		__BF_CHECK(mask, val, "FIELD_PREP");                  \
		((__typeof__(mask))(val) << __bf_shf(mask)) & (mask); \
	})

/* The field's value in @reg, of the mask's type. */
#define FIELD_GET(mask, reg)                                            \
	({                                                              \
		__BF_CHECK(mask, 0U, "FIELD_GET");                      \
		__BF_CHECK_REG(mask, reg, "FIELD_GET");                 \
		(__typeof__(mask))(((reg) & (mask)) >> __bf_shf(mask)); \
	})

/* The same for masks that are known at run time, not 0, and values that fit. */
#define field_prep(mask, val)                                                 \
	({                                                                    \
		__typeof__(mask) __bf_mask = (mask);                          \
		((__typeof__(mask))(val) << __bf_shf(__bf_mask)) & __bf_mask; \
	})
#define field_get(mask, reg)                                                  \
	({                                                                    \
		__typeof__(mask) __bf_mask = (mask);                          \
		(__typeof__(mask))(((reg)&__bf_mask) >> __bf_shf(__bf_mask)); \
	})

/* ---- By type, also in the order of bytes that a device has ------------------------------------ */

/* These do not exist: a call that the optimiser leaves does not compile. */
#ifdef __OPTIMIZE__
#define __bitfield_error(msg) __attribute__((__error__(msg)))
#else
#define __bitfield_error(msg)
#endif
__bitfield_error("value doesn't fit into mask") void __field_overflow(void);
__bitfield_error("bad bitfield mask") void __bad_mask(void);

/* The lowest bit of a mask; the largest value of its field. */
static __always_inline u64 field_multiplier(u64 field)
{
	u64 filled = field | (field - 1);

	if (filled & (filled + 1))
		__bad_mask();
	return field & -field;
}

static __always_inline u64 field_mask(u64 field)
{
	return field / field_multiplier(field);
}

#define field_max(field) ((__typeof__(field))field_mask(field))

/*
 * For u8, and u, le and be 16, 32 and 64; values and masks are the CPU's. As of u32:
 *   u32 u32_encode_bits(v, field)            v where the field is, 0 around it
 *   u32 u32_replace_bits(old, v, field)      old with v in the field
 *   void u32p_replace_bits(&word, v, field)  the same, in place
 *   u32 u32_get_bits(word, field)            the field's value
 */
#define __BITFIELD_OPS(name, type, base, to, from)                                    \
	static __always_inline type name##_encode_bits(base v, base field)            \
	{                                                                             \
		if (__builtin_constant_p(v) && (v & ~field_mask(field)))              \
			__field_overflow();                                           \
		return to((base)((v & field_mask(field)) * field_multiplier(field))); \
	}                                                                             \
	static __always_inline type name##_replace_bits(type old, base v, base field) \
	{                                                                             \
		return (type)((old & ~to(field)) | name##_encode_bits(v, field));     \
	}                                                                             \
	static __always_inline void name##p_replace_bits(type *p, base v, base field) \
	{                                                                             \
		*p = name##_replace_bits(*p, v, field);                               \
	}                                                                             \
	static __always_inline base name##_get_bits(type v, base field)               \
	{                                                                             \
		return (base)((from(v) & field) / field_multiplier(field));           \
	}
#define __BITFIELD_OPS_OF(bits)                                                           \
	__BITFIELD_OPS(le##bits, __le##bits, u##bits, cpu_to_le##bits, le##bits##_to_cpu) \
	__BITFIELD_OPS(be##bits, __be##bits, u##bits, cpu_to_be##bits, be##bits##_to_cpu) \
	__BITFIELD_OPS(u##bits, __u##bits, u##bits, , )

__BITFIELD_OPS(u8, __u8, u8, , )
__BITFIELD_OPS_OF(16)
__BITFIELD_OPS_OF(32)
__BITFIELD_OPS_OF(64)

#undef __BITFIELD_OPS_OF
#undef __BITFIELD_OPS

#endif /* _LINUX_BITFIELD_H */

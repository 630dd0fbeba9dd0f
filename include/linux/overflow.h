/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic that tells when it overflows, and sizes that become SIZE_MAX then: no
 * allocator has that much, so the allocation fails instead of being too small.
 */
#ifndef _LINUX_OVERFLOW_H
#define _LINUX_OVERFLOW_H

#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/types.h>

#define is_unsigned_type(type) (!is_signed_type(type))
#define __type_half_max(type)  ((type)1 << (8 * sizeof(type) - 1 - is_signed_type(type)))
#define type_max(T)	       ((T)((__type_half_max(T) - 1) + __type_half_max(T)))
#define type_min(T)	       ((T)((T)-type_max(T) - (T)1))

/* Without a warning where the type has no negative values. */
#define is_non_negative(a) ((a) > 0 || (a) == 0)
#define is_negative(a)	   (!(is_non_negative(a)))

static inline bool __must_check __must_check_overflow(bool overflow)
{
	return unlikely(overflow);
}

/* *@d is the result, cut to its type; true where it was cut. */
#define check_add_overflow(a, b, d) __must_check_overflow(__builtin_add_overflow(a, b, d))
#define check_sub_overflow(a, b, d) __must_check_overflow(__builtin_sub_overflow(a, b, d))
#define check_mul_overflow(a, b, d) __must_check_overflow(__builtin_mul_overflow(a, b, d))

/* *@d is @a << @s; true where bits were lost, @a or the result is negative, or @s is no shift. */
#define check_shl_overflow(a, s, d)                                                 \
	__must_check_overflow(({                                                    \
		__typeof__(a) __shl_a = (a);                                        \
		__typeof__(s) __shl_s = (s);                                        \
		__typeof__(d) __shl_d = (d);                                        \
		unsigned long long __shl_wide = (unsigned long long)__shl_a;        \
		bool __shl_ok = is_non_negative(__shl_s) &&                         \
				(unsigned long long)__shl_s < 8 * sizeof(*__shl_d); \
		unsigned int __shl_by = __shl_ok ? (unsigned int)__shl_s : 0;       \
		*__shl_d = (__typeof__(*__shl_d))(__shl_wide << __shl_by);          \
		!__shl_ok || is_negative(*__shl_d) || is_negative(__shl_a) ||       \
			(unsigned long long)*__shl_d >> __shl_by != __shl_wide;     \
	}))

static inline size_t __must_check size_mul(size_t factor1, size_t factor2)
{
	size_t bytes;

	return check_mul_overflow(factor1, factor2, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t __must_check size_add(size_t addend1, size_t addend2)
{
	size_t bytes;

	return check_add_overflow(addend1, addend2, &bytes) ? SIZE_MAX : bytes;
}

/* SIZE_MAX also where an operand is that already, or the difference would be negative. */
static inline size_t __must_check size_sub(size_t minuend, size_t subtrahend)
{
	size_t bytes;

	if (minuend == SIZE_MAX || subtrahend == SIZE_MAX ||
	    check_sub_overflow(minuend, subtrahend, &bytes))
		return SIZE_MAX;
	return bytes;
}

#define array_size(a, b)     size_mul(a, b)
#define array3_size(a, b, c) size_mul(size_mul(a, b), c)

/* Of @count elements of the array that ends *@p; of *@p with these. @p is not read. */
#define flex_array_size(p, member, count)  size_mul(count, sizeof(*(p)->member))
#define struct_size(p, member, count)	   size_add(sizeof(*(p)), flex_array_size(p, member, count))
#define struct_size_t(type, member, count) struct_size((type *)NULL, member, count)

/*
 * @name points to a zeroed @type on the stack, with @count elements, a constant, in its
 * flexible array @member; the second form notes the count in the struct's member @counter.
 */
#define _DEFINE_FLEX(type, name, member, count, initializer...)                       \
	_Static_assert(__builtin_constant_p(count), "a constant count");              \
	union {                                                                       \
		u8 bytes[sizeof(type) + (count) * sizeof(((type *)NULL)->member[0])]; \
		type obj;                                                             \
	} name##_u initializer;                                                       \
	type *name = (type *)&name##_u
#define DEFINE_RAW_FLEX(type, name, member, count) _DEFINE_FLEX(type, name, member, count, = {})
#define DEFINE_FLEX(type, name, member, counter, count) \
	_DEFINE_FLEX(type, name, member, count, = {.obj.counter = (count)})

/* What comes with this header on Linux. */
#include <linux/const.h>

#endif /* _LINUX_OVERFLOW_H */

/* SPDX-License-Identifier: MIT */
/*
 * Bit operations on arrays of unsigned long and on words. On arrays the forms with two
 * underscores are not atomic; the others are, those that return a value with full order.
 */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/math.h>
#include <linux/types.h>

#define BITS_PER_TYPE(type) (sizeof(type) * BITS_PER_BYTE)
#define BITS_TO_LONGS(n)    DIV_ROUND_UP(n, BITS_PER_LONG)
#define BITS_TO_U64(n)	    DIV_ROUND_UP(n, BITS_PER_TYPE(u64))
#define BITS_TO_U32(n)	    DIV_ROUND_UP(n, BITS_PER_TYPE(u32))
#define BITS_TO_BYTES(n)    DIV_ROUND_UP(n, BITS_PER_BYTE)
#define BYTES_TO_BITS(n)    ((n)*BITS_PER_BYTE)

/* ---- One bit of an array ------------------------------------------------------------ */

/* The word that bit @nr lies in, as the compiler may remember it. */
#define __plain_word(nr, addr) (((unsigned long *)(unsigned long)(addr))[BIT_WORD(nr)])

static __always_inline void __set_bit(unsigned long nr, volatile unsigned long *addr)
{
	__plain_word(nr, addr) |= BIT_MASK(nr);
}

static __always_inline void __clear_bit(unsigned long nr, volatile unsigned long *addr)
{
	__plain_word(nr, addr) &= ~BIT_MASK(nr);
}

static __always_inline void __change_bit(unsigned long nr, volatile unsigned long *addr)
{
	__plain_word(nr, addr) ^= BIT_MASK(nr);
}

static __always_inline bool test_bit(unsigned long nr, const volatile unsigned long *addr)
{
	/* A constant, where the compiler knows the word. */
	if (__builtin_constant_p(nr) && __builtin_constant_p(__plain_word(nr, addr)))
		return __plain_word(nr, addr) >> (nr % BITS_PER_LONG) & 1;
	return READ_ONCE(addr[BIT_WORD(nr)]) >> (nr % BITS_PER_LONG) & 1;
}

static inline bool test_bit_acquire(unsigned long nr, const volatile unsigned long *addr)
{
	return __atomic_load_n(&addr[BIT_WORD(nr)], __ATOMIC_ACQUIRE) & BIT_MASK(nr);
}

static inline bool __test_and_set_bit(unsigned long nr, volatile unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__set_bit(nr, addr);
	return old;
}

static inline bool __test_and_clear_bit(unsigned long nr, volatile unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__clear_bit(nr, addr);
	return old;
}

static inline bool __test_and_change_bit(unsigned long nr, volatile unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__change_bit(nr, addr);
	return old;
}

static inline void set_bit(unsigned long nr, volatile unsigned long *addr)
{
	__atomic_fetch_or(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_SEQ_CST);
}

static inline void clear_bit(unsigned long nr, volatile unsigned long *addr)
{
	__atomic_fetch_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr), __ATOMIC_SEQ_CST);
}

static inline void change_bit(unsigned long nr, volatile unsigned long *addr)
{
	__atomic_fetch_xor(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_SEQ_CST);
}

static inline bool test_and_set_bit(unsigned long nr, volatile unsigned long *addr)
{
	return __atomic_fetch_or(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_SEQ_CST) &
	       BIT_MASK(nr);
}

static inline bool test_and_clear_bit(unsigned long nr, volatile unsigned long *addr)
{
	return __atomic_fetch_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr), __ATOMIC_SEQ_CST) &
	       BIT_MASK(nr);
}

static inline bool test_and_change_bit(unsigned long nr, volatile unsigned long *addr)
{
	return __atomic_fetch_xor(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_SEQ_CST) &
	       BIT_MASK(nr);
}

/* Bits as locks: taking has acquire order, letting go release order. */
static inline bool test_and_set_bit_lock(unsigned long nr, volatile unsigned long *addr)
{
	return __atomic_fetch_or(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_ACQUIRE) &
	       BIT_MASK(nr);
}

static inline void clear_bit_unlock(unsigned long nr, volatile unsigned long *addr)
{
	__atomic_fetch_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr), __ATOMIC_RELEASE);
}

static inline void __clear_bit_unlock(unsigned long nr, volatile unsigned long *addr)
{
	clear_bit_unlock(nr, addr);
}

static inline void assign_bit(long nr, volatile unsigned long *addr, bool value)
{
	if (value)
		set_bit(nr, addr);
	else
		clear_bit(nr, addr);
}

static inline void __assign_bit(long nr, volatile unsigned long *addr, bool value)
{
	if (value)
		__set_bit(nr, addr);
	else
		__clear_bit(nr, addr);
}

/* *@ptr with @bits in place of those of @mask, at once; the old value. */
#define set_mask_bits(ptr, mask, bits)                                                        \
	({                                                                                    \
		const __typeof__(*(ptr)) __mask = (mask), __bits = (bits);                    \
		__typeof__(*(ptr)) __had = READ_ONCE(*(ptr));                                 \
		while (!__atomic_compare_exchange_n(                                          \
			ptr, &__had, (__typeof__(*(ptr)))((__had & ~__mask) | __bits), false, \
			__ATOMIC_SEQ_CST, __ATOMIC_RELAXED))                                  \
			;                                                                     \
		__had;                                                                        \
	})

/* Clears @clear unless one of @test is set; did it? */
#define bit_clear_unless(ptr, clear, test)                                                         \
	({                                                                                         \
		const __typeof__(*(ptr)) __clear = (clear), __test = (test);                       \
		__typeof__(*(ptr)) __had = READ_ONCE(*(ptr));                                      \
		while (!(__had & __test) &&                                                        \
		       !__atomic_compare_exchange_n(ptr, &__had,                                   \
						    (__typeof__(*(ptr)))(__had & ~__clear), false, \
						    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))           \
			;                                                                          \
		!(__had & __test);                                                                 \
	})

/* ---- Words --------------------------------------------------------------------------- */

/* The last set bit, from 1 on; 0 where there is none. */
static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

static inline int fls(unsigned int x)
{
	return fls64(x);
}

static inline unsigned int fls_long(unsigned long l)
{
	return (unsigned int)fls64(l);
}

/* The first set bit, from 1 on; a C library may have a function of this name. */
static inline int __ffs_int(int x)
{
	return __builtin_ffs(x);
}
#define ffs(x) __ffs_int(x)

/* The first, or last, set or clear bit, from 0 on. There must be one. */
static inline unsigned long __ffs(unsigned long x)
{
	return (unsigned long)__builtin_ctzl(x);
}

static inline unsigned long __ffs64(u64 x)
{
	return (unsigned long)__builtin_ctzll(x);
}

static inline unsigned long __fls(unsigned long x)
{
	return (unsigned long)(63 - __builtin_clzl(x));
}

static inline unsigned long ffz(unsigned long x)
{
	return __ffs(~x);
}

/* The @n-th set bit, @n from 0 on; BITS_PER_LONG where there are not as many. */
static inline unsigned long fns(unsigned long word, unsigned int n)
{
	for (; word && n; n--)
		word &= word - 1;
	return word ? __ffs(word) : BITS_PER_LONG;
}

/* How many bits are set: sums of 1, then 2, then 4 bits side by side; the product adds up. */
static inline unsigned long hweight_long(unsigned long w)
{
	w -= (w >> 1) & 0x5555555555555555UL;
	w = (w & 0x3333333333333333UL) + ((w >> 2) & 0x3333333333333333UL);
	w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0fUL;
	return w * 0x0101010101010101UL >> 56;
}

#define hweight64(w) hweight_long((u64)(w))
#define hweight32(w) ((unsigned int)hweight_long((u32)(w)))
#define hweight16(w) ((unsigned int)hweight_long((u16)(w)))
#define hweight8(w)  ((unsigned int)hweight_long((u8)(w)))

#define __ROTATE(bits)                                                                          \
	static inline u##bits rol##bits(u##bits word, unsigned int shift)                       \
	{                                                                                       \
		return (u##bits)(word << (shift & (bits - 1)) | word >> (-shift & (bits - 1))); \
	}                                                                                       \
	static inline u##bits ror##bits(u##bits word, unsigned int shift)                       \
	{                                                                                       \
		return (u##bits)(word >> (shift & (bits - 1)) | word << (-shift & (bits - 1))); \
	}
__ROTATE(8)
__ROTATE(16)
__ROTATE(32)
__ROTATE(64)
#undef __ROTATE

/* Bit @index is the sign; those above become like it. */
static inline s32 sign_extend32(u32 value, int index)
{
	int shift = 31 - index;

	return (s32)(value << shift) >> shift;
}

static inline s64 sign_extend64(u64 value, int index)
{
	int shift = 63 - index;

	return (s64)(value << shift) >> shift;
}

/* The order of the smallest power of two that is not below @count; -1 for 0. */
static inline int get_count_order_long(unsigned long count)
{
	return count ? (int)fls_long(count - 1) : -1;
}

static inline int get_count_order(unsigned int count)
{
	return get_count_order_long(count);
}

static inline int get_bitmask_order(unsigned int count)
{
	return fls(count);
}

/* ---- Constants, and other words ------------------------------------------------------------ */

/* How many bits are set, in constant expressions. */
#define __const_hweight8(w)                                                 \
	((unsigned int)((!!((w) & (1ULL << 0))) + (!!((w) & (1ULL << 1))) + \
			(!!((w) & (1ULL << 2))) + (!!((w) & (1ULL << 3))) + \
			(!!((w) & (1ULL << 4))) + (!!((w) & (1ULL << 5))) + \
			(!!((w) & (1ULL << 6))) + (!!((w) & (1ULL << 7)))))
#define __const_hweight16(w) (__const_hweight8(w) + __const_hweight8((w) >> 8))
#define __const_hweight32(w) (__const_hweight16(w) + __const_hweight16((w) >> 16))
#define __const_hweight64(w) (__const_hweight32(w) + __const_hweight32((w) >> 32))
#define HWEIGHT8(w)	     (BUILD_BUG_ON_ZERO(!__builtin_constant_p(w)) + __const_hweight8(w))
#define HWEIGHT16(w)	     (BUILD_BUG_ON_ZERO(!__builtin_constant_p(w)) + __const_hweight16(w))
#define HWEIGHT32(w)	     (BUILD_BUG_ON_ZERO(!__builtin_constant_p(w)) + __const_hweight32(w))
#define HWEIGHT64(w)	     (BUILD_BUG_ON_ZERO(!__builtin_constant_p(w)) + __const_hweight64(w))
#define HWEIGHT(w)	     HWEIGHT64((u64)(w))
#define __sw_hweight8(w)     hweight8(w)
#define __sw_hweight16(w)    hweight16(w)
#define __sw_hweight32(w)    hweight32(w)
#define __sw_hweight64(w)    hweight64(w)

/* The first @n bytes of a word in memory. */
#define aligned_byte_mask(n) ((1UL << 8 * (n)) - 1)

/* A bit of a pointer: *@addr. */
#define __ptr_set_bit(nr, addr)	  __set_bit(nr, (unsigned long *)(addr))
#define __ptr_clear_bit(nr, addr) __clear_bit(nr, (unsigned long *)(addr))
#define __ptr_test_bit(nr, addr)  test_bit(nr, (unsigned long *)(addr))

/* Bits in the order of bytes: as those of a word, as this machine is little-endian. */
#define test_bit_le(nr, addr)		  test_bit(nr, addr)
#define set_bit_le(nr, addr)		  set_bit(nr, addr)
#define clear_bit_le(nr, addr)		  clear_bit(nr, addr)
#define __set_bit_le(nr, addr)		  __set_bit(nr, addr)
#define __clear_bit_le(nr, addr)	  __clear_bit(nr, addr)
#define test_and_set_bit_le(nr, addr)	  test_and_set_bit(nr, addr)
#define test_and_clear_bit_le(nr, addr)	  test_and_clear_bit(nr, addr)
#define __test_and_set_bit_le(nr, addr)	  __test_and_set_bit(nr, addr)
#define __test_and_clear_bit_le(nr, addr) __test_and_clear_bit(nr, addr)

/* clear_bit_unlock(); was bit 7 of the same byte set? */
static inline bool clear_bit_unlock_is_negative_byte(unsigned long nr, volatile unsigned long *addr)
{
	unsigned long old =
		__atomic_fetch_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr), __ATOMIC_RELEASE);

	return old & BIT_MASK((nr & ~7UL) | 7);
}

/* What comes with this header on Linux. */
#include <asm/barrier.h>
#include <linux/typecheck.h>

#endif /* _LINUX_BITOPS_H */

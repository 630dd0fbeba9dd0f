/* SPDX-License-Identifier: MIT */
/*
 * The integer types of Linux's kernel API, with Linux's widths and printf
 * letters: u64 is unsigned long long (%llx), size_t is %zu, and a physical
 * address is phys_addr_t (%pa takes its address).
 */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#include <linux/compiler.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef long long s64;

typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef s8 __s8;
typedef s16 __s16;
typedef s32 __s32;
typedef s64 __s64;

typedef u16 __le16;
typedef u32 __le32;
typedef u64 __le64;
typedef u16 __be16;
typedef u32 __be32;
typedef u64 __be64;

typedef unsigned char unchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;

typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef u8 u_int8_t;
typedef u16 u_int16_t;
typedef u32 u_int32_t;
typedef uint64_t u_int64_t; /* so it is in a host's C library, too */

/* 64 bits on a boundary of 8 bytes, whatever CPU a structure is laid out for. */
#define __aligned_u64  __u64 __attribute__((__aligned__(8)))
#define __aligned_s64  __s64 __attribute__((__aligned__(8)))
#define __aligned_be64 __be64 __attribute__((__aligned__(8)))
#define __aligned_le64 __le64 __attribute__((__aligned__(8)))
#define aligned_u64    __aligned_u64
#define aligned_s64    __aligned_s64
#define aligned_be64   __aligned_be64
#define aligned_le64   __aligned_le64

typedef long ssize_t;
typedef long loff_t; /* long long on Linux; long is what a host's C library has */
typedef long off_t;
typedef u64 sector_t;
typedef unsigned int fmode_t;
typedef unsigned short umode_t;
typedef unsigned long pgoff_t;

typedef u64 phys_addr_t;
typedef phys_addr_t resource_size_t;
typedef u64 dma_addr_t;

/* An array of @bits bits; linux/bitops.h has what it is made with. */
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

typedef unsigned int __poll_t; /* events, EPOLL* on Linux */

/* What a caller permits an allocator to do: see linux/gfp.h. */
typedef unsigned int gfp_t;
typedef unsigned int slab_flags_t;

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic64_t;

typedef atomic64_t atomic_long_t;

/* What sort() and bsearch() compare and exchange elements with; _r_ ones are told by whom. */
typedef int (*cmp_func_t)(const void *a, const void *b);
typedef int (*cmp_r_func_t)(const void *a, const void *b, const void *priv);
typedef void (*swap_func_t)(void *a, void *b, int size);
typedef void (*swap_r_func_t)(void *a, void *b, int size, const void *priv);

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

/* A call that waits: for the end of a grace period, see linux/rcupdate.h. */
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};
#define callback_head rcu_head

#endif /* _LINUX_TYPES_H */

/* SPDX-License-Identifier: MIT */
/*
 * Buffers that are memory or a device's, told apart where they are accessed: what writes to a
 * framebuffer need not know which it has.
 *
 * Owns:       nothing: a map is an address, and which kind it is. Whoever mapped it unmaps it.
 * Invariants: a device's memory is accessed by linux/io.h's calls alone.
 * Lifetime:   while what it points at is mapped.
 * Locking:    the caller's.
 * Units:      bytes; offsets and lengths are not checked.
 * Failure:    none.
 * Source:     Linux's Documentation/driver-api/device-io.rst.
 */
#ifndef __IOSYS_MAP_H__
#define __IOSYS_MAP_H__

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/io.h>
#include <linux/string.h>
#include <linux/types.h>

struct iosys_map {
	union {
		void __iomem *vaddr_iomem;
		void *vaddr;
	};
	bool is_iomem; /* vaddr_iomem, else vaddr */
};

#define IOSYS_MAP_INIT_VADDR(vaddr_)                  \
	{                                             \
		.vaddr = (vaddr_), .is_iomem = false, \
	}
#define IOSYS_MAP_INIT_VADDR_IOMEM(vaddr_iomem_)                 \
	{                                                        \
		.vaddr_iomem = (vaddr_iomem_), .is_iomem = true, \
	}

/* A map of what begins @offset_ bytes behind @map_'s address. */
#define IOSYS_MAP_INIT_OFFSET(map_, offset_)        \
	({                                          \
		struct iosys_map __from = *(map_);  \
		iosys_map_incr(&__from, (offset_)); \
		__from;                             \
	})

static inline void iosys_map_set_vaddr(struct iosys_map *map, void *vaddr)
{
	map->vaddr = vaddr;
	map->is_iomem = false;
}

static inline void iosys_map_set_vaddr_iomem(struct iosys_map *map, void __iomem *vaddr_iomem)
{
	map->vaddr_iomem = vaddr_iomem;
	map->is_iomem = true;
}

/* Do both refer to the same address of the same kind? */
static inline bool iosys_map_is_equal(const struct iosys_map *lhs, const struct iosys_map *rhs)
{
	return lhs->is_iomem == rhs->is_iomem && lhs->vaddr == rhs->vaddr;
}

static inline bool iosys_map_is_null(const struct iosys_map *map)
{
	return !map->vaddr;
}

static inline bool iosys_map_is_set(const struct iosys_map *map)
{
	return !iosys_map_is_null(map);
}

/* Refers to nothing from then on. */
static inline void iosys_map_clear(struct iosys_map *map)
{
	iosys_map_set_vaddr(map, NULL);
}

/* Moves the address, if there is one, @incr bytes on. */
static inline void iosys_map_incr(struct iosys_map *map, size_t incr)
{
	map->vaddr = (char *)map->vaddr + incr;
}

static inline void iosys_map_memcpy_to(struct iosys_map *dst, size_t dst_offset, const void *src,
				       size_t len)
{
	if (dst->is_iomem)
		memcpy_toio((char __iomem *)dst->vaddr_iomem + dst_offset, src, len);
	else
		memcpy((char *)dst->vaddr + dst_offset, src, len);
}

static inline void iosys_map_memcpy_from(void *dst, const struct iosys_map *src, size_t src_offset,
					 size_t len)
{
	if (src->is_iomem)
		memcpy_fromio(dst, (char __iomem *)src->vaddr_iomem + src_offset, len);
	else
		memcpy(dst, (char *)src->vaddr + src_offset, len);
}

static inline void iosys_map_memset(struct iosys_map *dst, size_t offset, int value, size_t len)
{
	if (dst->is_iomem)
		memset_io((char __iomem *)dst->vaddr_iomem + offset, value, len);
	else
		memset((char *)dst->vaddr + offset, value, len);
}

/* One access of a device's memory, by the size of @type. */
#define __iosys_map_readx(at, type)                  \
	((type)(sizeof(type) == 1   ? (u64)readb(at) \
		: sizeof(type) == 2 ? (u64)readw(at) \
		: sizeof(type) == 4 ? (u64)readl(at) \
				    : (u64)readq(at)))
#define __iosys_map_writex(value, at)             \
	do {                                      \
		switch (sizeof(value)) {          \
		case 1:                           \
			writeb((u8)(value), at);  \
			break;                    \
		case 2:                           \
			writew((u16)(value), at); \
			break;                    \
		case 4:                           \
			writel((u32)(value), at); \
			break;                    \
		default:                          \
			writeq((u64)(value), at); \
		}                                 \
	} while (0)

/*
 * An integer of @type__, at any alignment in memory; of a device at its natural one, whole, in one
 * access.
 */
#define iosys_map_rd(map__, offset__, type__)                                                      \
	({                                                                                         \
		const struct iosys_map *__map = (map__);                                           \
		size_t __offset = (offset__);                                                      \
		type__ __value;                                                                    \
		static_assert(sizeof(type__) <= sizeof(u64), "one access");                        \
		if (__map->is_iomem)                                                               \
			__value = __iosys_map_readx((char __iomem *)__map->vaddr_iomem + __offset, \
						    type__);                                       \
		else                                                                               \
			memcpy(&__value, (char *)__map->vaddr + __offset, sizeof(__value));        \
		__value;                                                                           \
	})
#define iosys_map_wr(map__, offset__, type__, val__)                                       \
	({                                                                                 \
		struct iosys_map *__map = (map__);                                         \
		size_t __offset = (offset__);                                              \
		type__ __value = (val__);                                                  \
		static_assert(sizeof(type__) <= sizeof(u64), "one access");                \
		if (__map->is_iomem)                                                       \
			__iosys_map_writex(__value,                                        \
					   (char __iomem *)__map->vaddr_iomem + __offset); \
		else                                                                       \
			iosys_map_memcpy_to(__map, __offset, &__value, sizeof(__value));   \
	})

/* A field of the structure that lies @struct_offset__ bytes behind the map's address. */
#define iosys_map_rd_field(map__, struct_offset__, struct_type__, field__)        \
	iosys_map_rd(map__, (struct_offset__) + offsetof(struct_type__, field__), \
		     typeof_member(struct_type__, field__))
#define iosys_map_wr_field(map__, struct_offset__, struct_type__, field__, val__) \
	iosys_map_wr(map__, (struct_offset__) + offsetof(struct_type__, field__), \
		     typeof_member(struct_type__, field__), val__)

#endif /* __IOSYS_MAP_H__ */

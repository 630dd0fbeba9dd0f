/* SPDX-License-Identifier: MIT */
/*
 * Registers and memory of devices: mapping them, and reading and writing them.
 *
 *   physical        |      |########|          |     what no RAM is
 *                              │ ioremap(): at an address of vmalloc's, uncached, or as
 *                              ▼ asked for
 *   addresses    |page|guard|########|guard|
 *
 * Owns:       the mappings; the ranges' cache types (one at a time for each page, whoever
 *             maps it).
 * Invariants: RAM that somebody may have is never mapped, and no page as two types. What
 *             is mapped uncached is read and written just as often, as wide and in the
 *             order in which the program says it.
 * Lifetime:   mapping from vmalloc_init() on; accessors always.
 * Locking:    any CPU. Mapping and unmapping as linux/vmalloc.h says. Accessors anywhere.
 * Units:      bytes. Values are little-endian on the bus, as the CPU is; those of *be()
 *             are big-endian there.
 * Failure:    NULL and nothing changed, with a message.
 * Source:     Linux 6.1's include/linux/io.h, Documentation/driver-api/device-io.rst and
 *             its arch/x86: the same names, types and conflicts.
 * Weakness:   MTRRs are not looked at: where they say uncached, a mapping of another
 *             type is uncached all the same, and nobody is told.
 */
#ifndef _LINUX_IO_H
#define _LINUX_IO_H

#include <linux/compiler.h>
#include <linux/pgtable.h>
#include <linux/types.h>
#include <asm/io.h>
#include <asm/page.h>

/* ---- Mapping ------------------------------------------------------------------------ */

/*
 * [phys, phys + size), which need not be aligned: in pages of 1 GB and 2 MB where they
 * are. The type is
 *
 *   ioremap        uncached, unless an MTRR says write-combining ("uncached-minus")
 *   ioremap_uc     uncached
 *   ioremap_wc     write-combining: framebuffers
 *   ioremap_wt     write-through
 *   ioremap_cache  as RAM
 *   ioremap_prot   that of a protection's pgprot_val(), read-only without write access
 *   ioremap_np     without posted writes, which this bus has not: NULL
 *
 * Where another has the range mapped already as a type that will do instead, it is that
 * one. NULL: RAM, no range, a type that will not do, no addresses, no memory.
 */
void __iomem *ioremap(phys_addr_t phys, size_t size);
void __iomem *ioremap_uc(phys_addr_t phys, size_t size);
void __iomem *ioremap_wc(phys_addr_t phys, size_t size);
void __iomem *ioremap_wt(phys_addr_t phys, size_t size);
void __iomem *ioremap_cache(phys_addr_t phys, size_t size);
void __iomem *ioremap_prot(phys_addr_t phys, size_t size, unsigned long prot);

#define ioremap_np ioremap_np
static inline void __iomem *ioremap_np(phys_addr_t phys, size_t size)
{
	(void)phys;
	(void)size;
	return NULL;
}

/* Any address in the first page of the mapping. NULL is fine. */
void iounmap(volatile void __iomem *addr);

/* Maps addresses of the caller's own, page aligned. 0, or -errno as arch_map(). */
int ioremap_page_range(unsigned long addr, unsigned long end, phys_addr_t phys, pgprot_t prot);

enum {
	/* memremap(): tried in this order */
	MEMREMAP_WB = 1 << 0,
	MEMREMAP_WT = 1 << 1,
	MEMREMAP_WC = 1 << 2,
	MEMREMAP_ENC = 1 << 3, /* encrypted or not: no difference here */
	MEMREMAP_DEC = 1 << 4,
};

/*
 * The same for what is memory to the program, read and written without the accessors
 * below. RAM is returned where it lies in the direct map, with MEMREMAP_WB alone.
 */
void *memremap(resource_size_t offset, size_t size, unsigned long flags);
void memunmap(void *addr);

/*
 * Who maps a range himself says as what first: it is refused where others have it as
 * another type. 0 or -errno.
 */
int arch_io_reserve_memtype_wc(resource_size_t start, resource_size_t size);
void arch_io_free_memtype_wc(resource_size_t start, resource_size_t size);

/* Until the device goes. 0 or -errno. */
int devm_arch_io_reserve_memtype_wc(struct device *dev, resource_size_t start,
				    resource_size_t size);

/* An MTRR is not needed where page tables say it. */
static inline int arch_phys_wc_add(unsigned long base, unsigned long size)
{
	(void)base;
	(void)size;
	return 0;
}
#define devm_arch_phys_wc_add(dev, base, size) ((void)(dev), arch_phys_wc_add(base, size))

static inline void arch_phys_wc_del(int handle)
{
	(void)handle;
}

static inline int arch_phys_wc_index(int handle)
{
	(void)handle;
	return -1;
}

/* ---- Single accesses ------------------------------------------------------------------ */

/*
 * readb() to readq(), writeb() to writeq(): in order with each other and with memory.
 * _relaxed: in order with each other. __raw_: of asm/io.h. ioread8() and so on are the
 * same for those who do not know which kind of address they have.
 */
#define __IO_ACCESSORS(suffix, bits, type)                                                     \
	static inline u##bits read##suffix##_relaxed(const volatile void __iomem *addr)        \
	{                                                                                      \
		return __raw_read##suffix(addr);                                               \
	}                                                                                      \
	static inline void write##suffix##_relaxed(u##bits value, volatile void __iomem *addr) \
	{                                                                                      \
		__raw_write##suffix(value, addr);                                              \
	}                                                                                      \
	static inline u##bits read##suffix(const volatile void __iomem *addr)                  \
	{                                                                                      \
		u##bits value = __raw_read##suffix(addr);                                      \
                                                                                               \
		__io_ar(value);                                                                \
		return value;                                                                  \
	}                                                                                      \
	static inline void write##suffix(u##bits value, volatile void __iomem *addr)           \
	{                                                                                      \
		__io_bw();                                                                     \
		__raw_write##suffix(value, addr);                                              \
	}                                                                                      \
	static inline type ioread##bits(const volatile void __iomem *addr)                     \
	{                                                                                      \
		return read##suffix(addr);                                                     \
	}                                                                                      \
	static inline void iowrite##bits(u##bits value, volatile void __iomem *addr)           \
	{                                                                                      \
		write##suffix(value, addr);                                                    \
	}

__IO_ACCESSORS(b, 8, unsigned int)
__IO_ACCESSORS(w, 16, unsigned int)
__IO_ACCESSORS(l, 32, unsigned int)
__IO_ACCESSORS(q, 64, u64)

#define __IO_ACCESSORS_BE(bits, type)                                                    \
	static inline type ioread##bits##be(const volatile void __iomem *addr)           \
	{                                                                                \
		return __builtin_bswap##bits((u##bits)ioread##bits(addr));               \
	}                                                                                \
	static inline void iowrite##bits##be(u##bits value, volatile void __iomem *addr) \
	{                                                                                \
		iowrite##bits(__builtin_bswap##bits(value), addr);                       \
	}

__IO_ACCESSORS_BE(16, unsigned int)
__IO_ACCESSORS_BE(32, unsigned int)
__IO_ACCESSORS_BE(64, u64)

/* There are all widths: programs ask by #ifdef whether those of 64 bits are. */
#define readq	       readq
#define writeq	       writeq
#define readq_relaxed  readq_relaxed
#define writeq_relaxed writeq_relaxed
#define ioread64       ioread64
#define iowrite64      iowrite64
#define ioread64be     ioread64be
#define iowrite64be    iowrite64be

/* ---- Many ------------------------------------------------------------------------------- */

/* @count times the same register, to or from an array: a FIFO. */
#define __IO_STRINGS(suffix, bits)                                                              \
	static inline void reads##suffix(const volatile void __iomem *addr, void *buffer,       \
					 unsigned int count)                                    \
	{                                                                                       \
		for (u##bits *value = buffer; count; count--)                                   \
			*value++ = __raw_read##suffix(addr);                                    \
	}                                                                                       \
	static inline void writes##suffix(volatile void __iomem *addr, const void *buffer,      \
					  unsigned int count)                                   \
	{                                                                                       \
		for (const u##bits *value = buffer; count; count--)                             \
			__raw_write##suffix(*value++, addr);                                    \
	}                                                                                       \
	static inline void ioread##bits##_rep(const volatile void __iomem *addr, void *buffer,  \
					      unsigned long count)                              \
	{                                                                                       \
		reads##suffix(addr, buffer, (unsigned int)count);                               \
	}                                                                                       \
	static inline void iowrite##bits##_rep(volatile void __iomem *addr, const void *buffer, \
					       unsigned long count)                             \
	{                                                                                       \
		writes##suffix(addr, buffer, (unsigned int)count);                              \
	}

__IO_STRINGS(b, 8)
__IO_STRINGS(w, 16)
__IO_STRINGS(l, 32)
__IO_STRINGS(q, 64)

/* As memset() and memcpy(), in accesses of at most 8 bytes, each aligned on the device. */
void memset_io(volatile void __iomem *addr, int value, size_t size);
void memcpy_fromio(void *to, const volatile void __iomem *from, size_t size);
void memcpy_toio(volatile void __iomem *to, const void *from, size_t size);

/* @count aligned words, each in one access. */
void __iowrite32_copy(void __iomem *to, const void *from, size_t count);
void __ioread32_copy(void *to, const void __iomem *from, size_t count);
void __iowrite64_copy(void __iomem *to, const void *from, size_t count);

/* Are these @length bytes there? */
static inline int check_signature(const volatile void __iomem *addr, const unsigned char *signature,
				  int length)
{
	for (const volatile u8 *byte = addr; length > 0; length--)
		if (readb(byte++) != *signature++)
			return 0;
	return 1;
}

/* ---- Mappings that go with their device (linux/device.h) ---------------------------------- */

#define IOMEM_ERR_PTR(err) ((void __iomem *)(long)(err))

struct device;

void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size);
void __iomem *devm_ioremap_uc(struct device *dev, resource_size_t offset, resource_size_t size);
void __iomem *devm_ioremap_wc(struct device *dev, resource_size_t offset, resource_size_t size);
void devm_iounmap(struct device *dev, void __iomem *addr);

/* ERR_PTR() on failure: -ENOMEM, or what memremap() has no form for. */
void *devm_memremap(struct device *dev, resource_size_t offset, size_t size, unsigned long flags);
void devm_memunmap(struct device *dev, void *addr);

/* What comes with this header on Linux. */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/init.h>

#endif /* _LINUX_IO_H */

/* SPDX-License-Identifier: MIT */
/*
 * Memory that devices bring along: memremap() of linux/io.h, and what a page of such memory
 * would be. Page structs are RAM's alone, so no page is one.
 *
 * Owns:    nothing.
 * Locking: none; any context but where linux/io.h says otherwise.
 * Failure: as linux/io.h says.
 * Source:  Linux 6.1's memremap.h, as it is without CONFIG_ZONE_DEVICE.
 */
#ifndef _LINUX_MEMREMAP_H
#define _LINUX_MEMREMAP_H

#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mmzone.h>
#include <linux/percpu-refcount.h>

/* Kinds of such memory. 0 is none. */
enum memory_type {
	MEMORY_DEVICE_PRIVATE = 1, /* CPUs do not reach it */
	MEMORY_DEVICE_COHERENT,
	MEMORY_DEVICE_FS_DAX,
	MEMORY_DEVICE_GENERIC,
	MEMORY_DEVICE_PCI_P2PDMA,
};

static inline bool is_device_private_page(const struct page *page)
{
	(void)page;
	return false;
}

static inline bool folio_is_device_private(const struct folio *folio)
{
	return is_device_private_page(&folio->page);
}

static inline bool is_device_coherent_page(const struct page *page)
{
	(void)page;
	return false;
}

static inline bool folio_is_device_coherent(const struct folio *folio)
{
	return is_device_coherent_page(&folio->page);
}

static inline bool is_pci_p2pdma_page(const struct page *page)
{
	(void)page;
	return false;
}

/* What a range's start and size must be aligned to, in bytes: single pages can be mapped. */
static inline unsigned long memremap_compat_align(void)
{
	return PAGE_SIZE;
}

#endif /* _LINUX_MEMREMAP_H */

// SPDX-License-Identifier: MIT
/* What lies in areas, read as others may give them back. Contract: linux/vmalloc.h. */
#include "vmap.h"

#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/arch.h>

/* May the bytes at @addr be read? Not a device's. With vmap_lock held, so that they stay. */
static bool is_readable(unsigned long addr)
{
	const struct vmap_area *va = find_vmap_area(addr);

	return va && !(va->vm && va->vm->flags & VM_IOREMAP);
}

/* Of one page: false where there is nothing to read. */
static bool read_page(char *buf, unsigned long addr, size_t bytes)
{
	struct page *page = NULL;
	char *from;

	spin_lock(&vmap_lock);
	if (is_readable(addr))
		page = vmalloc_to_page((void *)addr);
	if (page) {
		from = kmap_local_page(page);
		memcpy(buf, from + offset_in_page(addr), bytes);
		kunmap_local(from);
	}
	spin_unlock(&vmap_lock);
	return page;
}

static bool any_area_in(unsigned long start, unsigned long end)
{
	const struct vmap_area *va;
	bool found = false;

	spin_lock(&vmap_lock);
	for_each_vmap_area(va, &vmap_busy_root) found |=
		va->va_start < end && va_usable_end(va) > start;
	spin_unlock(&vmap_lock);
	return found;
}

long vread(char *buf, char *addr, unsigned long count)
{
	unsigned long start = (unsigned long)addr, at, end;

	count = min(count, -start);
	end = start + count;
	if (!count || !any_area_in(start, end ?: ULONG_MAX))
		return 0;
	for (at = start; at != end;) {
		size_t bytes = min(end - at, PAGE_SIZE - offset_in_page(at));

		if (!read_page(buf, at, bytes))
			memset(buf, 0, bytes);
		buf += bytes;
		at += bytes;
	}
	return (long)count;
}

void vunmap_range(unsigned long addr, unsigned long end)
{
	arch_unmap_noflush(addr, end - addr);
	flush_tlb_kernel_range(addr, end);
}

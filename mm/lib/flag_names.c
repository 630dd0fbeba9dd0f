// SPDX-License-Identifier: MIT
/* Flags as words. Contract: flag_names.h. */
#include "flag_names.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>

struct flag_name {
	unsigned long mask;
	const char *name;
};

#define GFP_NAME(flag)                       \
	{                                    \
		(unsigned long)(flag), #flag \
	}

/* Combinations before their parts: the first that is there as a whole is taken. */
static const struct flag_name gfp_names[] = {
	GFP_NAME(GFP_TRANSHUGE),
	GFP_NAME(GFP_TRANSHUGE_LIGHT),
	GFP_NAME(GFP_HIGHUSER_MOVABLE),
	GFP_NAME(GFP_HIGHUSER),
	GFP_NAME(GFP_USER),
	GFP_NAME(GFP_KERNEL_ACCOUNT),
	GFP_NAME(GFP_KERNEL),
	GFP_NAME(GFP_NOFS),
	GFP_NAME(GFP_ATOMIC),
	GFP_NAME(GFP_NOIO),
	GFP_NAME(GFP_NOWAIT),
	GFP_NAME(GFP_DMA),
	GFP_NAME(__GFP_HIGHMEM),
	GFP_NAME(GFP_DMA32),
	GFP_NAME(__GFP_HIGH),
	GFP_NAME(__GFP_ATOMIC),
	GFP_NAME(__GFP_IO),
	GFP_NAME(__GFP_FS),
	GFP_NAME(__GFP_NOWARN),
	GFP_NAME(__GFP_RETRY_MAYFAIL),
	GFP_NAME(__GFP_NOFAIL),
	GFP_NAME(__GFP_NORETRY),
	GFP_NAME(__GFP_COMP),
	GFP_NAME(__GFP_ZERO),
	GFP_NAME(__GFP_NOMEMALLOC),
	GFP_NAME(__GFP_MEMALLOC),
	GFP_NAME(__GFP_HARDWALL),
	GFP_NAME(__GFP_THISNODE),
	GFP_NAME(__GFP_RECLAIMABLE),
	GFP_NAME(__GFP_MOVABLE),
	GFP_NAME(__GFP_ACCOUNT),
	GFP_NAME(__GFP_WRITE),
	GFP_NAME(__GFP_RECLAIM),
	GFP_NAME(__GFP_DIRECT_RECLAIM),
	GFP_NAME(__GFP_KSWAPD_RECLAIM),
	{0, NULL},
};

#define PAGE_NAME(name)                 \
	{                               \
		1UL << PG_##name, #name \
	}

static const struct flag_name page_names[] = {
	PAGE_NAME(locked),	 PAGE_NAME(waiters),
	PAGE_NAME(referenced),	 PAGE_NAME(uptodate),
	PAGE_NAME(dirty),	 PAGE_NAME(lru),
	PAGE_NAME(active),	 PAGE_NAME(slab),
	PAGE_NAME(reserved),	 PAGE_NAME(private),
	PAGE_NAME(head),	 PAGE_NAME(reclaim),
	PAGE_NAME(hwpoison),	 PAGE_NAME(buddy),
	PAGE_NAME(isolated),	 PAGE_NAME(movable),
	PAGE_NAME(memmap),	 PAGE_NAME(table),
	PAGE_NAME(dma_block),	 PAGE_NAME(kmalloc_large),
	PAGE_NAME(writeback),	 PAGE_NAME(swapbacked),
	PAGE_NAME(unevictable),	 PAGE_NAME(lru_isolated),
	PAGE_NAME(error),	 PAGE_NAME(workingset),
	PAGE_NAME(owner_priv_1), PAGE_NAME(private_2),
	PAGE_NAME(mappedtodisk), PAGE_NAME(arch_1),
	PAGE_NAME(entry),	 {0, NULL},
};

/* Linux's words for vm_flags, which do not follow the names of the constants. */
static const struct flag_name vma_names[] = {
	{VM_READ, "read"},
	{VM_WRITE, "write"},
	{VM_EXEC, "exec"},
	{VM_SHARED, "shared"},
	{VM_MAYREAD, "mayread"},
	{VM_MAYWRITE, "maywrite"},
	{VM_MAYEXEC, "mayexec"},
	{VM_MAYSHARE, "mayshare"},
	{VM_GROWSDOWN, "growsdown"},
	{VM_UFFD_MISSING, "uffd_missing"},
	{VM_PFNMAP, "pfnmap"},
	{VM_UFFD_WP, "uffd_wp"},
	{VM_LOCKED, "locked"},
	{VM_IO, "io"},
	{VM_SEQ_READ, "seqread"},
	{VM_RAND_READ, "randread"},
	{VM_DONTCOPY, "dontcopy"},
	{VM_DONTEXPAND, "dontexpand"},
	{VM_LOCKONFAULT, "lockonfault"},
	{VM_ACCOUNT, "account"},
	{VM_NORESERVE, "noreserve"},
	{VM_HUGETLB, "huge"},
	{VM_SYNC, "sync"},
	{VM_ARCH_1, "pat"},
	{VM_WIPEONFORK, "wipeonfork"},
	{VM_DONTDUMP, "dontdump"},
	{VM_SOFTDIRTY, "softdirty"},
	{VM_MIXEDMAP, "mixedmap"},
	{VM_HUGEPAGE, "hugepage"},
	{VM_NOHUGEPAGE, "nohugepage"},
	{VM_MERGEABLE, "mergeable"},
	{0, NULL},
};

/* Words joined by '|'; what has no name at the end, as a number. */
static size_t flags_text(char *buf, size_t size, unsigned long flags, const struct flag_name *names)
{
	size_t len = 0;

	for (; flags && names->name; names++) {
		if ((flags & names->mask) != names->mask)
			continue;
		flags &= ~names->mask;
		len += (size_t)scnprintf(buf + len, size - len, "%s%s", len ? "|" : "",
					 names->name);
	}
	if (flags)
		len += (size_t)scnprintf(buf + len, size - len, "%s%#lx", len ? "|" : "", flags);
	return len;
}

size_t gfp_flags_text(char *buf, size_t size, gfp_t gfp)
{
	if (!gfp)
		return (size_t)scnprintf(buf, size, "none");
	return flags_text(buf, size, gfp, gfp_names);
}

size_t vma_flags_text(char *buf, size_t size, unsigned long flags)
{
	return flags_text(buf, size, flags, vma_names);
}

/* The order of the block stays out: it is no flag of Linux's. */
size_t page_flags_text(char *buf, size_t size, unsigned long flags)
{
	unsigned long states = flags & ((1UL << __NR_PAGEFLAGS) - 1);
	size_t len = (size_t)scnprintf(buf, size, "%#lx(", flags);

	if (states) {
		len += flags_text(buf + len, size - len, states, page_names);
		len += (size_t)scnprintf(buf + len, size - len, "|");
	}
	return len + (size_t)scnprintf(buf + len, size - len, "node=%lu|zone=%lu)",
				       flags >> NODES_PGSHIFT & ((1UL << NODES_SHIFT) - 1),
				       flags >> ZONES_PGSHIFT & ((1UL << ZONES_SHIFT) - 1));
}

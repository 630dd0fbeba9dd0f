/* SPDX-License-Identifier: MIT */
/*
 * What is known of a mapping: whether errors were met, which memory its pages may be of, and what
 * its user asks for. linux/pagemap.h includes this.
 *
 * Owns:       the flags, errors and GFP flags of a struct address_space.
 * Lifetime:   the mapping's.
 * Locking:    none: flags change one by one. What is set before the mapping has pages is seen by
 *             all who find one.
 * Units:      none.
 * Failure:    none.
 * Source:     Linux 6.1's pagemap.h.
 */
#ifndef _LINUX_PAGEMAP_MAPPING_H
#define _LINUX_PAGEMAP_MAPPING_H

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/huge_mm.h>
#include <linux/mmzone.h>
#include <linux/xarray.h>

/* Bits of a mapping's flags. */
enum mapping_flags {
	AS_EIO,		/* what was lost since filemap_check_errors() told of it last */
	AS_ENOSPC,	/* the same where there was no room */
	AS_UNEVICTABLE, /* reclaim leaves its pages alone */
	AS_EXITING,
	AS_NO_WRITEBACK_TAGS,
	AS_LARGE_FOLIO_SUPPORT, /* mapping_set_large_folios() */
	AS_RELEASE_ALWAYS,
	AS_STABLE_WRITES, /* mapping_set_stable_writes() */
};

/* ---- Errors ------------------------------------------------------------------------------ */

/* Notes an error for who has a mark of his own: see linux/errseq.h. */
static inline void filemap_set_wb_err(struct address_space *mapping, int err)
{
	if (unlikely(err))
		errseq_set(&mapping->wb_err, err);
}

static inline void __filemap_set_wb_err(struct address_space *mapping, int err)
{
	errseq_set(&mapping->wb_err, err);
}

/* A mark; the error since one, or 0. */
static inline errseq_t filemap_sample_wb_err(struct address_space *mapping)
{
	return errseq_sample(&mapping->wb_err);
}

static inline int filemap_check_wb_err(struct address_space *mapping, errseq_t since)
{
	return errseq_check(&mapping->wb_err, since);
}

/* A write of the mapping's pages ended with @error, or 0: for both kinds of who asks. */
static inline void mapping_set_error(struct address_space *mapping, int error)
{
	if (likely(!error))
		return;
	filemap_set_wb_err(mapping, error);
	set_bit(error == -ENOSPC ? AS_ENOSPC : AS_EIO, &mapping->flags);
}

/* 0, or what was set; once. filemap_write_and_wait() asks it. */
int filemap_check_errors(struct address_space *mapping);

/* ---- Memory -------------------------------------------------------------------------------- */

static inline gfp_t mapping_gfp_mask(const struct address_space *mapping)
{
	return mapping->gfp_mask;
}

static inline void mapping_set_gfp_mask(struct address_space *mapping, gfp_t mask)
{
	mapping->gfp_mask = mask;
}

static inline gfp_t mapping_gfp_constraint(const struct address_space *mapping, gfp_t gfp_mask)
{
	return mapping_gfp_mask(mapping) & gfp_mask;
}

static inline gfp_t readahead_gfp_mask(struct address_space *mapping)
{
	return mapping_gfp_mask(mapping) | __GFP_NORETRY | __GFP_NOWARN;
}

/* ---- Properties ------------------------------------------------------------------------------ */

/* Nobody adds pages to it any more. */
static inline void mapping_set_exiting(struct address_space *mapping)
{
	set_bit(AS_EXITING, &mapping->flags);
}

static inline int mapping_exiting(struct address_space *mapping)
{
	return test_bit(AS_EXITING, &mapping->flags);
}

/*
 * Reclaim takes its pages off their lists from now on, and keeps them: who clears this gives
 * them to check_move_unevictable_folios() (linux/swap.h).
 */
static inline void mapping_set_unevictable(struct address_space *mapping)
{
	set_bit(AS_UNEVICTABLE, &mapping->flags);
}

static inline void mapping_clear_unevictable(struct address_space *mapping)
{
	clear_bit(AS_UNEVICTABLE, &mapping->flags);
}

static inline bool mapping_unevictable(struct address_space *mapping)
{
	return mapping && test_bit(AS_UNEVICTABLE, &mapping->flags);
}

/* release_folio() is asked about all of the mapping's pages, with private data or without. */
static inline bool mapping_release_always(const struct address_space *mapping)
{
	return test_bit(AS_RELEASE_ALWAYS, &mapping->flags);
}

static inline void mapping_set_release_always(struct address_space *mapping)
{
	set_bit(AS_RELEASE_ALWAYS, &mapping->flags);
}

static inline void mapping_clear_release_always(struct address_space *mapping)
{
	clear_bit(AS_RELEASE_ALWAYS, &mapping->flags);
}

/* For its user to look at: pages that are being written have their mark here always. */
static inline void mapping_set_no_writeback_tags(struct address_space *mapping)
{
	set_bit(AS_NO_WRITEBACK_TAGS, &mapping->flags);
}

static inline int mapping_use_writeback_tags(struct address_space *mapping)
{
	return !test_bit(AS_NO_WRITEBACK_TAGS, &mapping->flags);
}

/* Contents have to stay as they are while they are written: who changes them waits. */
static inline bool mapping_stable_writes(const struct address_space *mapping)
{
	return test_bit(AS_STABLE_WRITES, &mapping->flags);
}

static inline void mapping_set_stable_writes(struct address_space *mapping)
{
	set_bit(AS_STABLE_WRITES, &mapping->flags);
}

static inline void mapping_clear_stable_writes(struct address_space *mapping)
{
	clear_bit(AS_STABLE_WRITES, &mapping->flags);
}

static inline bool mapping_empty(struct address_space *mapping)
{
	return xa_empty(&mapping->i_pages);
}

/* May its inode go, as far as its pages are concerned? With high memory it need not wait for them. */
static inline bool mapping_shrinkable(struct address_space *mapping)
{
	return have_highmem() || mapping_empty(mapping);
}

/* ---- Large folios ------------------------------------------------------------------------------ */

/*
 * Its user can do with folios of several pages: reads ahead make such. Without it they are there
 * only where somebody adds them.
 */
static inline void mapping_set_large_folios(struct address_space *mapping)
{
	set_bit(AS_LARGE_FOLIO_SUPPORT, &mapping->flags);
}

static inline bool mapping_large_folio_support(struct address_space *mapping)
{
	return test_bit(AS_LARGE_FOLIO_SUPPORT, &mapping->flags);
}

/* The largest that reads ahead make: as one huge page. */
#define PREFERRED_MAX_PAGECACHE_ORDER HPAGE_PMD_ORDER
#define MAX_XAS_ORDER		      (2 * XA_CHUNK_SHIFT - 1) /* that xas_split() does at once */
#define MAX_PAGECACHE_ORDER	      min(MAX_XAS_ORDER, PREFERRED_MAX_PAGECACHE_ORDER)

static inline size_t mapping_max_folio_size(struct address_space *mapping)
{
	return PAGE_SIZE << (mapping_large_folio_support(mapping) ? MAX_PAGECACHE_ORDER : 0);
}

/* What Linux counts where files of processes are put into huge pages: nobody does. */
static inline int filemap_nr_thps(struct address_space *mapping)
{
	(void)mapping;
	return 0;
}

/* Only of mappings with large folios: no others have huge pages to count. */
static inline void filemap_nr_thps_inc(struct address_space *mapping)
{
	WARN_ON_ONCE(!mapping_large_folio_support(mapping));
}

static inline void filemap_nr_thps_dec(struct address_space *mapping)
{
	WARN_ON_ONCE(!mapping_large_folio_support(mapping));
}

#endif /* _LINUX_PAGEMAP_MAPPING_H */

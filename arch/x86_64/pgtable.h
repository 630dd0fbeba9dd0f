/* SPDX-License-Identifier: MIT */
/*
 * Page tables as data: a tree of 512-entry tables given by its root.
 *
 *   level   5      4      3      2      1
 *   name    pgd    p4d    pud    pmd    pte      (Linux's; pgd is the root)
 *   maps    256T   512G   1G     2M     4K       per entry
 *
 * Owns:       nothing. Whoever holds a struct pgtable owns its tables; tables
 *             that a call needs come from the pool that it is given.
 * Invariants: entries above the leaves permit everything (present, writable,
 *             executable), so a leaf's bits alone are a page's protection. No
 *             leaf is writable and executable. A table, once made, stays, also
 *             when it is empty, until pgtable_prune(). Where memory is encrypted,
 *             all entries say so but leaves of ARCH_MAP_IO.
 * Lifetime:   any; nothing here touches a register. The caller flushes TLBs.
 * Locking:    the caller's.
 * Units:      bytes; ranges are [va, va + size).
 * Failure:    -errno and nothing changed.
 * Source:     Intel SDM volume 3A, chapter 4; AMD APM volume 2, chapter 5.
 */
#ifndef _ARCH_X86_64_PGTABLE_H
#define _ARCH_X86_64_PGTABLE_H

#include <linux/types.h>
#include <baremm/arch.h>

#define PTRS_PER_TABLE 512

#define _PAGE_PRESENT	(1ULL << 0)
#define _PAGE_RW	(1ULL << 1)
#define _PAGE_USER	(1ULL << 2)
#define _PAGE_PWT	(1ULL << 3)
#define _PAGE_PCD	(1ULL << 4)
#define _PAGE_ACCESSED	(1ULL << 5)
#define _PAGE_DIRTY	(1ULL << 6)
#define _PAGE_PSE	(1ULL << 7) /* levels 2 and 3: a leaf; level 1: _PAGE_PAT */
#define _PAGE_PAT	(1ULL << 7)
#define _PAGE_GLOBAL	(1ULL << 8)
#define _PAGE_PAT_LARGE (1ULL << 12) /* _PAGE_PAT of levels 2 and 3 */
#define _PAGE_NX	(1ULL << 63)

#define PTE_PFN_MASK 0x000ffffffffff000ULL

/* Bytes that one entry of a table at @level maps. */
static inline unsigned int level_shift(int level)
{
	return (unsigned int)(PAGE_SHIFT + 9 * (level - 1));
}

static inline unsigned long level_size(int level)
{
	return 1UL << level_shift(level);
}

struct pgtable {
	phys_addr_t root;
	unsigned long virt_base; /* a table at physical p is read at virt_base + p */
	int levels;		 /* 4 or 5 */
	int max_leaf;		 /* largest leaf: 3 (1 GB) or 2 (2 MB) */
	u64 enc;		 /* the bit of an entry by which the CPU encrypts; 0: none does */
};

/*
 * Pages for tables, chained through their first words, taken from the front.
 * Their contents do not matter.
 */
struct pgtable_pool {
	phys_addr_t head; /* 0 where empty */
	unsigned long nr;
	unsigned long needed; /* set with -ENOMEM: pages the call would have used */
};

/* Puts a page at the front. It must be reachable at @pgt's virt_base. */
void pgtable_pool_add(const struct pgtable *pgt, struct pgtable_pool *pool, phys_addr_t page);

/* Takes the front page, its contents undefined; 0 where the pool is empty. */
phys_addr_t pgtable_pool_take(const struct pgtable *pgt, struct pgtable_pool *pool);

/*
 * arch_map(), arch_map_pages(), arch_unmap(), arch_protect(), arch_query() and arch_walk() of
 * <baremm/arch.h> on @pgt. -ENOMEM: @pool holds fewer than @pool->needed pages;
 * none of them was taken. A call that succeeds takes exactly what it needs.
 * In an address space's topmost page nothing can be mapped (va + size would
 * wrap to 0).
 */
int pgtable_map(struct pgtable *pgt, unsigned long va, phys_addr_t pa, size_t size,
		unsigned int prot, struct pgtable_pool *pool);
int pgtable_map_pages(struct pgtable *pgt, unsigned long va, struct page *const *pages, size_t nr,
		      unsigned int prot, struct pgtable_pool *pool);
int pgtable_unmap(struct pgtable *pgt, unsigned long va, size_t size, struct pgtable_pool *pool);

/*
 * pgtable_map_pages() and pgtable_unmap() where it is simple, at a fraction of the cost:
 * the range needs one table of base pages, that is there, and pages are mapped cached and
 * not executable. False, and nothing changed: it is not so simple, or an error.
 */
bool pgtable_map_few(struct pgtable *pgt, unsigned long va, struct page *const *pages, size_t nr,
		     unsigned int prot);
bool pgtable_unmap_few(struct pgtable *pgt, unsigned long va, size_t size);

int pgtable_protect(struct pgtable *pgt, unsigned long va, size_t size, unsigned int prot,
		    struct pgtable_pool *pool);
int pgtable_query(const struct pgtable *pgt, unsigned long va, struct arch_mapping *mapping);
int pgtable_walk(const struct pgtable *pgt, unsigned long start, unsigned long end, arch_walk_fn fn,
		 void *arg);

/*
 * Takes the tables in [start, end) that have no entry out of @pgt, and puts them into
 * @pool. The link that a page in the pool begins with says "not present" to a CPU which
 * still has it in its caches. None may have come from elsewhere than a pool.
 */
void pgtable_prune(struct pgtable *pgt, unsigned long start, unsigned long end,
		   struct pgtable_pool *pool);

/*
 * The entries that translate @va, from the root down: entries[0] is the root's.
 * Returns how many there are; the last is a leaf or not present.
 */
int pgtable_entries(const struct pgtable *pgt, unsigned long va, u64 entries[5]);

/* Can @va be translated at all: are its upper bits copies of the highest used? */
bool pgtable_canonical(const struct pgtable *pgt, unsigned long va);

/* The leaf entry bits for ARCH_MAP_* at @level, and back; but for ARCH_MAP_IO. */
u64 pgtable_prot_to_entry(unsigned int prot, int level);
unsigned int pgtable_entry_to_prot(u64 entry, int level);

/* The table at @page. */
static inline u64 *pgtable_at(const struct pgtable *pgt, phys_addr_t page)
{
	return (u64 *)(pgt->virt_base + page);
}

/* The page, or the table, that @entry names. */
static inline phys_addr_t entry_phys(const struct pgtable *pgt, u64 entry)
{
	return entry & PTE_PFN_MASK & ~pgt->enc;
}

static inline unsigned int pgtable_index(unsigned long va, int level)
{
	return (unsigned int)(va >> level_shift(level)) & (PTRS_PER_TABLE - 1);
}

static inline bool entry_is_leaf(u64 entry, int level)
{
	return level == 1 || (entry & _PAGE_PSE);
}

#endif /* _ARCH_X86_64_PGTABLE_H */

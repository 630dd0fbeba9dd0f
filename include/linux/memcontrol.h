/* SPDX-License-Identifier: MIT */
/*
 * Memory's groups: there are none, all memory is nobody's, and what is charged is granted, as on
 * Linux without CONFIG_MEMCG. The LRU lists are the node's.
 *
 * Locking: lru_lock, where a name says so: linux/swap.h.
 * Failure: none.
 * Source:  Linux 6.1's memcontrol.h.
 */
#ifndef _LINUX_MEMCONTROL_H
#define _LINUX_MEMCONTROL_H

#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/rcupdate.h>
#include <linux/vmstat.h>

struct mem_cgroup;
struct obj_cgroup;

#define MEM_CGROUP_ID_SHIFT 0
#define MEM_CGROUP_ID_MAX   0

#define mem_cgroup_disabled()	   true
#define mem_cgroup_kmem_disabled() true
#define memcg_kmem_enabled()	   false
#define mem_cgroup_sockets_enabled 0

/* ---- Whose? Nobody's. ------------------------------------------------------------------------ */

#define folio_memcg(folio)	    ((void)(folio), (struct mem_cgroup *)NULL)
#define page_memcg(page)	    ((void)(page), (struct mem_cgroup *)NULL)
#define page_memcg_check(page)	    ((void)(page), (struct mem_cgroup *)NULL)
#define parent_mem_cgroup(memcg)    ((void)(memcg), (struct mem_cgroup *)NULL)
#define get_mem_cgroup_from_mm(mm)  ((void)(mm), (struct mem_cgroup *)NULL)
#define lruvec_memcg(lruvec)	    ((void)(lruvec), (struct mem_cgroup *)NULL)
#define mem_cgroup_from_obj(p)	    ((void)(p), (struct mem_cgroup *)NULL)
#define mem_cgroup_from_slab_obj(p) ((void)(p), (struct mem_cgroup *)NULL)
#define mem_cgroup_iter(root, prev, reclaim) \
	((void)(root), (void)(prev), (void)(reclaim), (struct mem_cgroup *)NULL)
#define mem_cgroup_from_seq(m) ((void)(m), (struct mem_cgroup *)NULL)

/* Within rcu_read_lock(). */
static inline struct mem_cgroup *folio_memcg_rcu(struct folio *folio)
{
	(void)folio;
	WARN_ON_ONCE(!rcu_read_lock_held());
	return NULL;
}

static inline struct mem_cgroup *mem_cgroup_from_id(unsigned short id)
{
	WARN_ON_ONCE(id);
	return NULL;
}

#define get_obj_cgroup_from_page(page)		((void)(page), (struct obj_cgroup *)NULL)
#define folio_memcg_kmem(folio)			((void)(folio), false)
#define PageMemcgKmem(page)			((void)(page), false)
#define mem_cgroup_below_low(memcg)		((void)(memcg), false)
#define mem_cgroup_below_min(memcg)		((void)(memcg), false)
#define mem_cgroup_oom_synchronize(wait)	((void)(wait), false)
#define mem_cgroup_under_socket_pressure(memcg) ((void)(memcg), false)
#define mem_cgroup_is_root(memcg)		((void)(memcg), true)
#define mem_cgroup_online(memcg)		((void)(memcg), true)
#define mm_match_cgroup(mm, memcg)		((void)(mm), (void)(memcg), true)
#define mem_cgroup_id(memcg)			((void)(memcg), 0)
#define mem_cgroup_scan_tasks(memcg, fn, arg)	((void)(memcg), (void)(fn), (void)(arg), 0)
#define memcg_kmem_id(memcg)			((void)(memcg), -1)
#define mem_cgroup_get_zone_lru_size(lruvec, lru, zone_idx) \
	((void)(lruvec), (void)(lru), (void)(zone_idx), 0UL)
#define mem_cgroup_get_max(memcg) ((void)(memcg), 0UL)
#define mem_cgroup_size(memcg)	  ((void)(memcg), 0UL)
#define mem_cgroup_soft_limit_reclaim(pgdat, order, gfp_mask, total_scanned) \
	((void)(pgdat), (void)(order), (void)(gfp_mask), (void)(total_scanned), 0UL)
#define memcg_page_state(memcg, idx) ((void)(memcg), (void)(idx), 0UL)

/* What is protected from reclaim: nothing. */
static inline void mem_cgroup_protection(struct mem_cgroup *root, struct mem_cgroup *memcg,
					 unsigned long *min, unsigned long *low)
{
	(void)root, (void)memcg;
	*min = *low = 0;
}

/* ---- Charges: all are granted, and none is counted. ----------------------------------------- */

#define mem_cgroup_charge(folio, mm, gfp)	     ((void)(folio), (void)(mm), (void)(gfp), 0)
#define memcg_kmem_charge_page(page, gfp, order)     ((void)(page), (void)(gfp), (void)(order), 0)
#define __memcg_kmem_charge_page(page, gfp, order)   ((void)(page), (void)(gfp), (void)(order), 0)
#define mem_cgroup_uncharge(folio)		     ((void)(folio))
#define mem_cgroup_uncharge_list(page_list)	     ((void)(page_list))
#define mem_cgroup_migrate(old, new)		     ((void)(old), (void)(new))
#define memcg_kmem_uncharge_page(page, order)	     ((void)(page), (void)(order))
#define __memcg_kmem_uncharge_page(page, order)	     ((void)(page), (void)(order))
#define split_page_memcg(head, nr)		     ((void)(head), (void)(nr))
#define mem_cgroup_put(memcg)			     ((void)(memcg))
#define obj_cgroup_put(objcg)			     ((void)(objcg))
#define mem_cgroup_iter_break(root, prev)	     ((void)(root), (void)(prev))
#define mem_cgroup_calculate_protection(root, memcg) ((void)(root), (void)(memcg))
#define mem_cgroup_handle_over_high(gfp_mask)	     ((void)(gfp_mask))
#define mem_cgroup_flush_stats()		     ((void)0)
#define mem_cgroup_flush_stats_delayed()	     ((void)0)
#define mem_cgroup_print_oom_meminfo(memcg)	     ((void)(memcg))
#define mem_cgroup_print_oom_group(memcg)	     ((void)(memcg))
#define memcg_memory_event(memcg, event)	     ((void)(memcg), (void)(event))
#define memcg_memory_event_mm(mm, event)	     ((void)(mm), (void)(event))
#define lock_page_memcg(page)			     ((void)(page))
#define unlock_page_memcg(page)			     ((void)(page))
#define folio_memcg_lock(folio)			     ((void)(folio))
#define folio_memcg_unlock(folio)		     ((void)(folio))
#define mod_memcg_state(memcg, idx, nr)		     ((void)(memcg), (void)(idx), (void)(nr))
#define __mod_memcg_state(memcg, idx, nr)	     ((void)(memcg), (void)(idx), (void)(nr))
#define mod_memcg_page_state(page, idx, val)	     ((void)(page), (void)(idx), (void)(val))
#define __mod_memcg_lruvec_state(lruvec, idx, val)   ((void)(lruvec), (void)(idx), (void)(val))
#define count_memcg_events(memcg, idx, count)	     ((void)(memcg), (void)(idx), (void)(count))
#define __count_memcg_events(memcg, idx, count)	     ((void)(memcg), (void)(idx), (void)(count))
#define count_memcg_page_event(page, idx)	     ((void)(page), (void)(idx))
#define count_memcg_folio_events(folio, idx, nr)     ((void)(folio), (void)(idx), (void)(nr))
#define count_memcg_event_mm(mm, idx)		     ((void)(mm), (void)(idx))
#define count_objcg_event(objcg, idx)		     ((void)(objcg), (void)(idx))
#define set_shrinker_bit(memcg, nid, shrinker_id)    ((void)(memcg), (void)(nid), (void)(shrinker_id))
#define lruvec_memcg_debug(lruvec, folio)	     ((void)(lruvec), (void)(folio))

/* False: the pages' groups could not be kept from changing. Ended by mem_cgroup_unlock_pages(). */
static inline bool mem_cgroup_trylock_pages(struct mem_cgroup *memcg)
{
	(void)memcg;
	rcu_read_lock();
	return true;
}

static inline void mem_cgroup_unlock_pages(void)
{
	rcu_read_unlock();
}

/* ---- The LRU lists, which are the node's ------------------------------------------------------ */

static inline struct lruvec *mem_cgroup_lruvec(struct mem_cgroup *memcg, pg_data_t *pgdat)
{
	(void)memcg;
	return &pgdat->__lruvec;
}

static inline struct lruvec *folio_lruvec(struct folio *folio)
{
	return &folio_pgdat(folio)->__lruvec;
}

static inline bool folio_matches_lruvec(struct folio *folio, struct lruvec *lruvec)
{
	return folio_lruvec(folio) == lruvec;
}

/* None: there is no group above. */
static inline struct lruvec *parent_lruvec(struct lruvec *lruvec)
{
	(void)lruvec;
	return NULL;
}

/* With its lock held. */
static inline struct lruvec *folio_lruvec_lock(struct folio *folio)
{
	struct lruvec *lruvec = folio_lruvec(folio);

	spin_lock(&lruvec->lru_lock);
	return lruvec;
}

static inline struct lruvec *folio_lruvec_lock_irq(struct folio *folio)
{
	struct lruvec *lruvec = folio_lruvec(folio);

	spin_lock_irq(&lruvec->lru_lock);
	return lruvec;
}

static inline struct lruvec *folio_lruvec_lock_irqsave(struct folio *folio, unsigned long *flagsp)
{
	struct lruvec *lruvec = folio_lruvec(folio);

	spin_lock_irqsave(&lruvec->lru_lock, *flagsp);
	return lruvec;
}

static inline void unlock_page_lruvec(struct lruvec *lruvec)
{
	spin_unlock(&lruvec->lru_lock);
}

static inline void unlock_page_lruvec_irq(struct lruvec *lruvec)
{
	spin_unlock_irq(&lruvec->lru_lock);
}

static inline void unlock_page_lruvec_irqrestore(struct lruvec *lruvec, unsigned long flags)
{
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
}

/* The same where @locked, if not NULL, is held already: it is given back if it is another's. */
static inline struct lruvec *folio_lruvec_relock_irq(struct folio *folio, struct lruvec *locked)
{
	if (locked && folio_matches_lruvec(folio, locked))
		return locked;
	if (locked)
		unlock_page_lruvec_irq(locked);
	return folio_lruvec_lock_irq(folio);
}

static inline struct lruvec *folio_lruvec_relock_irqsave(struct folio *folio, struct lruvec *locked,
							 unsigned long *flags)
{
	if (locked && folio_matches_lruvec(folio, locked))
		return locked;
	if (locked)
		unlock_page_lruvec_irqrestore(locked, *flags);
	return folio_lruvec_lock_irqsave(folio, flags);
}

static inline unsigned long lruvec_page_state(struct lruvec *lruvec, enum node_stat_item idx)
{
	return node_page_state(lruvec_pgdat(lruvec), idx);
}
#define lruvec_page_state_local(lruvec, idx) lruvec_page_state(lruvec, idx)

/* The node's count of what lies at @p. */
static inline void mod_lruvec_kmem_state(void *p, enum node_stat_item idx, int val)
{
	mod_node_page_state(page_pgdat(virt_to_head_page(p)), idx, val);
}
#define __mod_lruvec_kmem_state(p, idx, val) mod_lruvec_kmem_state(p, idx, val)
#define __inc_lruvec_kmem_state(p, idx)	     mod_lruvec_kmem_state(p, idx, 1)
#define __dec_lruvec_kmem_state(p, idx)	     mod_lruvec_kmem_state(p, idx, -1)

/* What comes with this header on Linux. */
#include <linux/hardirq.h>
#include <linux/jump_label.h>
#include <linux/writeback.h>

#endif /* _LINUX_MEMCONTROL_H */

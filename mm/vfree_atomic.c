// SPDX-License-Identifier: MIT
/*
 * vfree_atomic(): areas that are given back where nothing may be done with their pages yet.
 * Contract: linux/vmalloc.h.
 *
 *   busy ──► vmap_waiting_list ──► unmapped and freed by the next call that makes an area
 *     │                                    ▲
 *     └──► seen[], an address each ────────┘   where the lock is held, maybe by whom an
 *                                              exception has interrupted
 *
 * An area that waits is no busy one any more: who gives it back again is told so then and
 * there. Of an address in seen[] that is only known when its turn comes.
 */
#include "vmap.h"

#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/string.h>

#include "internal.h"

#define KINDS (VM_ALLOC | VM_MAP_PUT_PAGES)

LIST_HEAD(vmap_waiting_list);
bool vmap_waiting;

/* Addresses that were not looked at; 0: none. */
static unsigned long seen[64];

void __init vfree_atomic_reset(void)
{
	INIT_LIST_HEAD(&vmap_waiting_list);
	WRITE_ONCE(vmap_waiting, false);
	memset(seen, 0, sizeof(seen));
}

/* False: all are taken. */
static bool keep_address(unsigned long addr)
{
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		unsigned long none = 0;

		if (__atomic_compare_exchange_n(&seen[i], &none, addr, false, __ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return true;
	}
	return false;
}

/* With vmap_lock held, which it lets go. */
static void make_wait(unsigned long addr)
{
	struct vmap_area *va = unlink_vm_area_locked(addr, KINDS);

	if (va)
		list_add_tail(&va->list, &vmap_waiting_list);
	spin_unlock(&vmap_lock);
	if (!va)
		refuse_vm_area((const void *)addr, "vfree_atomic");
}

void vfree_atomic(const void *addr)
{
	if (!addr)
		return;
	if (spin_trylock(&vmap_lock)) {
		make_wait((unsigned long)addr);
	} else if (!keep_address((unsigned long)addr)) {
		spin_lock(&vmap_lock);
		make_wait((unsigned long)addr);
	}
	__atomic_store_n(&vmap_waiting, true, __ATOMIC_RELEASE);
}

static void free_seen(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		unsigned long addr = __atomic_exchange_n(&seen[i], 0, __ATOMIC_ACQUIRE);

		if (addr)
			vfree((const void *)addr);
	}
}

void vfree_waiting(void)
{
	struct vmap_area *va, *next;
	LIST_HEAD(waiting);

	__atomic_store_n(&vmap_waiting, false, __ATOMIC_SEQ_CST);
	spin_lock(&vmap_lock);
	list_splice_init(&vmap_waiting_list, &waiting);
	spin_unlock(&vmap_lock);
	list_for_each_entry_safe (va, next, &waiting, list) {
		kmemleak_free(va->vm->addr);
		free_unlinked_vm_area(va);
	}
	free_seen();
}

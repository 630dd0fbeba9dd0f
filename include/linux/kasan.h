/* SPDX-License-Identifier: MIT */
/*
 * What Linux tells KASAN of memory. There is none here: the calls do nothing, those that return
 * an object return the one that they were given, and all accesses are right, as on Linux without
 * CONFIG_KASAN. What looks at accesses here is linux/kfence.h and the option slub_debug=.
 *
 * Source: Linux 6.1's kasan.h.
 */
#ifndef _LINUX_KASAN_H
#define _LINUX_KASAN_H

#include <linux/bug.h>
#include <linux/kasan-checks.h>
#include <linux/kasan-enabled.h>
#include <linux/types.h>

typedef unsigned int kasan_vmalloc_flags_t;

#define KASAN_TAG_KERNEL	  0xFF
#define KASAN_TAG_INVALID	  0xFE
#define KASAN_TAG_MAX		  0xFD
#define KASAN_VMALLOC_NONE	  ((kasan_vmalloc_flags_t)0)
#define KASAN_VMALLOC_INIT	  (1u << 0)
#define KASAN_VMALLOC_VM_ALLOC	  (1u << 1)
#define KASAN_VMALLOC_PROT_NORMAL (1u << 2)

#define kasan_has_integrated_init()			 false
#define kasan_enable_current()				 ((void)0)
#define kasan_disable_current()				 ((void)0)
#define kasan_init_sw_tags()				 ((void)0)
#define kasan_init_hw_tags()				 ((void)0)
#define kasan_init_hw_tags_cpu()			 ((void)0)
#define kasan_unpoison_range(address, size)		 ((void)(address), (void)(size))
#define kasan_poison_pages(page, order, init)		 ((void)(page), (void)(order), (void)(init))
#define kasan_unpoison_pages(page, order, init)		 ((void)(page), (void)(order), (void)(init))
#define kasan_cache_create_kmalloc(cache)		 ((void)(cache))
#define kasan_cache_shrink(cache)			 ((void)(cache))
#define kasan_cache_shutdown(cache)			 ((void)(cache))
#define kasan_poison_slab(slab)				 ((void)(slab))
#define kasan_unpoison_object_data(cache, object)	 ((void)(cache), (void)(object))
#define kasan_poison_object_data(cache, object)		 ((void)(cache), (void)(object))
#define kasan_kfree_large(ptr)				 ((void)(ptr))
#define kasan_slab_free_mempool(ptr)			 ((void)(ptr))
#define kasan_record_aux_stack(ptr)			 ((void)(ptr))
#define kasan_record_aux_stack_noalloc(ptr)		 ((void)(ptr))
#define kasan_unpoison_task_stack(task)			 ((void)(task))
#define kasan_poison_vmalloc(start, size)		 ((void)(start), (void)(size))
#define kasan_populate_early_vm_area_shadow(start, size) ((void)(start), (void)(size))
#define kasan_release_vmalloc(start, end, free_start, free_end) \
	((void)(start), (void)(end), (void)(free_start), (void)(free_end))
#define kasan_unpoison_vmap_areas(vms, nr_vms, flags) ((void)(vms), (void)(nr_vms), (void)(flags))
#define kasan_free_module_shadow(vm)		      ((void)(vm))
#define kasan_remove_zero_shadow(start, size)	      ((void)(start), (void)(size))
#define kasan_non_canonical_hook(addr)		      ((void)(addr))
#define kasan_report_async()			      ((void)0)

/* The size and the flags of a cache stay as they are. */
#define kasan_cache_create(cache, size, flags) ((void)(cache), (void)(size), (void)(flags))
#define kasan_never_merge()		       ((slab_flags_t)0)
#define kasan_metadata_size(cache)	       ((void)(cache), (size_t)0)

static inline void *kasan_reset_tag(const void *addr)
{
	return (void *)(uintptr_t)addr;
}

#define kasan_init_slab_obj(cache, object)	 ((void)(cache), kasan_reset_tag(object))
#define kasan_slab_alloc(s, object, flags, init) ((void)(s), (void)(flags), (void)(init), (object))
#define kasan_kmalloc(s, object, size, flags) \
	((void)(s), (void)(size), (void)(flags), kasan_reset_tag(object))
#define kasan_kmalloc_large(ptr, size, flags) ((void)(size), (void)(flags), kasan_reset_tag(ptr))
#define kasan_krealloc(object, new_size, flags) \
	((void)(new_size), (void)(flags), kasan_reset_tag(object))
#define kasan_unpoison_vmalloc(start, size, flags) \
	((void)(size), (void)(flags), kasan_reset_tag(start))

/* Is the object still in use, so that it is not to be freed? Is the byte one to be read? */
#define kasan_slab_free(s, object, init) ((void)(s), (void)(object), (void)(init), false)
#define kasan_check_byte(address)	 ((void)(address), true)
#define kasan_report(addr, size, is_write, ip) \
	((void)(addr), (void)(size), (void)(is_write), (void)(ip), false)

/* 0: there is nothing that could fail. */
#define kasan_populate_vmalloc(start, size, gfp_mask) \
	((void)(start), (void)(size), (void)(gfp_mask), 0)
#define kasan_alloc_module_shadow(addr, size, gfp_mask) \
	((void)(addr), (void)(size), (void)(gfp_mask), 0)
#define kasan_add_zero_shadow(start, size) ((void)(start), (void)(size), 0)

/* What comes with this header on Linux. */
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/static_key.h>

#endif /* _LINUX_KASAN_H */

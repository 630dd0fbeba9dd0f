/* SPDX-License-Identifier: MIT */
/*
 * What of Linux's thread_info.h does not tell of threads: a check of copies.
 *
 * Owns:       nothing.
 * Invariants: none.
 * Lifetime:   from kmem_cache_init() on.
 * Locking:    none.
 * Units:      bytes.
 * Failure:    false and a warning; of objects as check_object_size() (linux/slab.h) does it.
 * Source:     Linux 6.1's thread_info.h.
 */
#ifndef _LINUX_THREAD_INFO_H
#define _LINUX_THREAD_INFO_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/types.h>

/*
 * A thread's stack on Linux x86-64, for who sizes by it: bytes, and their alignment. There are
 * no threads here; a CPU's own stack is larger.
 */
#define THREAD_SIZE_ORDER 2
#define THREAD_SIZE	  (PAGE_SIZE << THREAD_SIZE_ORDER)
#define THREAD_ALIGN	  THREAD_SIZE
#define THREADINFO_GFP	  (GFP_KERNEL_ACCOUNT | __GFP_ZERO)

extern void __attribute__((error("copy source size is too small"))) __bad_copy_from(void);
extern void __attribute__((error("copy destination size is too small"))) __bad_copy_to(void);

/*
 * Has what @addr points to, as far as the compiler knows, @bytes bytes? A constant that is too
 * large does not compile.
 */
static __always_inline __must_check bool check_copy_size(const void *addr, size_t bytes,
							 bool is_source)
{
	size_t size = __builtin_object_size(addr, 0);

	if (unlikely(size < bytes)) {
		if (!__builtin_constant_p(bytes))
			WARN(1, "Buffer overflow detected (%zu < %zu)!\n", size, bytes);
		else if (is_source)
			__bad_copy_from();
		else
			__bad_copy_to();
		return false;
	}
	if (WARN_ON_ONCE(bytes > INT_MAX))
		return false;
	if (!__builtin_constant_p(bytes))
		check_object_size(addr, bytes, is_source);
	return true;
}

#endif /* _LINUX_THREAD_INFO_H */

/* SPDX-License-Identifier: MIT */
/*
 * Accesses that may race, or must not, told to KCSAN, which is not here: nothing is done, as on
 * Linux without it. Tests run under ThreadSanitizer know READ_ONCE() and atomics.
 */
#ifndef _LINUX_KCSAN_CHECKS_H
#define _LINUX_KCSAN_CHECKS_H

#include <linux/types.h>

#define KCSAN_ACCESS_WRITE    (1 << 0)
#define KCSAN_ACCESS_COMPOUND (1 << 1)
#define KCSAN_ACCESS_ATOMIC   (1 << 2)
#define KCSAN_ACCESS_ASSERT   (1 << 3)
#define KCSAN_ACCESS_SCOPED   (1 << 4)

#define kcsan_disable_current()			 ((void)0)
#define kcsan_enable_current()			 ((void)0)
#define kcsan_enable_current_nowarn()		 ((void)0)
#define kcsan_nestable_atomic_begin()		 ((void)0)
#define kcsan_nestable_atomic_end()		 ((void)0)
#define kcsan_flat_atomic_begin()		 ((void)0)
#define kcsan_flat_atomic_end()			 ((void)0)
#define kcsan_atomic_next(n)			 ((void)(n))
#define kcsan_set_access_mask(mask)		 ((void)(mask))
#define kcsan_mb()				 ((void)0)
#define kcsan_wmb()				 ((void)0)
#define kcsan_rmb()				 ((void)0)
#define kcsan_release()				 ((void)0)
#define __kcsan_check_access(ptr, size, type)	 ((void)(ptr), (void)(size), (void)(type))
#define __kcsan_check_read(ptr, size)		 ((void)(ptr), (void)(size))
#define __kcsan_check_write(ptr, size)		 ((void)(ptr), (void)(size))
#define __kcsan_check_read_write(ptr, size)	 ((void)(ptr), (void)(size))
#define kcsan_check_access(ptr, size, type)	 ((void)(ptr), (void)(size), (void)(type))
#define kcsan_check_read(ptr, size)		 ((void)(ptr), (void)(size))
#define kcsan_check_write(ptr, size)		 ((void)(ptr), (void)(size))
#define kcsan_check_read_write(ptr, size)	 ((void)(ptr), (void)(size))
#define kcsan_check_atomic_read(ptr, size)	 ((void)(ptr), (void)(size))
#define kcsan_check_atomic_write(ptr, size)	 ((void)(ptr), (void)(size))
#define kcsan_check_atomic_read_write(ptr, size) ((void)(ptr), (void)(size))
#define ASSERT_EXCLUSIVE_WRITER(var)		 ((void)(var))
#define ASSERT_EXCLUSIVE_ACCESS(var)		 ((void)(var))
#define ASSERT_EXCLUSIVE_WRITER_SCOPED(var)	 ((void)(var))
#define ASSERT_EXCLUSIVE_ACCESS_SCOPED(var)	 ((void)(var))
#define ASSERT_EXCLUSIVE_BITS(var, mask)	 ((void)(var), (void)(mask))

#endif /* _LINUX_KCSAN_CHECKS_H */

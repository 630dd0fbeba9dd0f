/* SPDX-License-Identifier: MIT */
/*
 * Of Linux's header of this name, which is about the memory of processes, what is called around
 * mappings of the kernel's own pages, and accesses of the kernel's memory that may fail.
 *
 * No fault is handled by bringing a page in, so that pagefault_disable() and pagefault_enable(),
 * which nest, have nothing to keep off: the compiler moves no access across.
 *
 * Locking: none; any context.
 * Source:  Linux 6.1's uaccess.h and mm/maccess.c.
 */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/compiler.h>
#include <linux/types.h>

#define pagefault_disable() barrier()
#define pagefault_enable()  barrier()

/*
 * Copies @size bytes where one side may be any address at all: @src of the first, @dst of the
 * second. 0; -EFAULT: a byte on the way cannot be read, or written, and those before it are
 * copied; -ERANGE, and nothing is, where copy_from_kernel_nofault_allowed() says no.
 */
long copy_from_kernel_nofault(void *dst, const void *src, size_t size);
long copy_to_kernel_nofault(void *dst, const void *src, size_t size);

/*
 * May @unsafe_src be the kernel's? Not in page 0, and not where it is not canonical. Nothing is
 * a process's, so all else may be. Both are false on Linux's x86, too.
 */
bool copy_from_kernel_nofault_allowed(const void *unsafe_src, size_t size);

/*
 * Copies a string with its end, of @count bytes at the most, the last of which is the end then.
 * The bytes copied; 0 where @count is not above 0; -EFAULT, -ERANGE as above: what was copied
 * before a fault is a string, and with -ERANGE @dst is as it was.
 */
long strncpy_from_kernel_nofault(char *dst, const void *unsafe_addr, long count);

/* The value at @ptr into @val. 0, or as copy_from_kernel_nofault(). */
#define get_kernel_nofault(val, ptr)                                          \
	({                                                                    \
		const typeof(val) *__nofault_ptr = (ptr);                     \
		copy_from_kernel_nofault(&(val), __nofault_ptr, sizeof(val)); \
	})

/* What comes with this header on Linux. */
#include <linux/instrumented.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/thread_info.h>

#endif /* _LINUX_UACCESS_H */

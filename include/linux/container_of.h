/* SPDX-License-Identifier: MIT */
/* From a member to the structure that it lies in. */
#ifndef _LINUX_CONTAINER_OF_H
#define _LINUX_CONTAINER_OF_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define typeof_member(T, m) __typeof__(((T *)0)->m)

/* Does not compile unless @ptr points at the member's type, or at void. */
#define container_of(ptr, type, member)                                                         \
	({                                                                                      \
		const volatile void *__mptr = (ptr);                                            \
		_Static_assert(__builtin_types_compatible_p(__typeof__(*(ptr)),                 \
							    typeof_member(type, member)) ||     \
				       __builtin_types_compatible_p(__typeof__(*(ptr)), void),  \
			       "container_of: the pointer is to another type than the member"); \
		(type *)((uintptr_t)__mptr - offsetof(type, member));                           \
	})

/* const where @ptr points at const. */
#define container_of_const(ptr, type, member) \
	_Generic(ptr, const __typeof__(*(ptr)) *                                           \
		 : ((const type *)container_of(ptr, type, member)), default                \
		 : ((type *)container_of(ptr, type, member)))

/* What comes with this header on Linux. */
#include <linux/err.h>

#endif /* _LINUX_CONTAINER_OF_H */

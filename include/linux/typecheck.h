/* SPDX-License-Identifier: MIT */
/* Types that must agree: 1, with a warning where they do not. */
#ifndef _LINUX_TYPECHECK_H
#define _LINUX_TYPECHECK_H

#define typecheck(type, x)                  \
	({                                  \
		type __want;                \
		__typeof__(x) __have;       \
		(void)(&__want == &__have); \
		1;                          \
	})
#define typecheck_fn(type, function)                     \
	({                                               \
		__typeof__(type) __checked = (function); \
		(void)__checked;                         \
	})

/* Does not compile unless @x is a pointer. */
#define typecheck_pointer(x)              \
	({                                \
		__typeof__(x) __pointer;  \
		(void)sizeof(*__pointer); \
		1;                        \
	})

#endif /* _LINUX_TYPECHECK_H */

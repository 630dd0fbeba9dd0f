/* SPDX-License-Identifier: MIT */
/*
 * Conditions that the compiler checks. static_assert() wants a constant expression;
 * BUILD_BUG_ON() takes whatever the optimiser finds to be one.
 */
#ifndef _LINUX_BUILD_BUG_H
#define _LINUX_BUILD_BUG_H

#include <linux/compiler.h>

#ifndef static_assert
#define static_assert(expr, ...) __static_assert(expr, ##__VA_ARGS__, #expr)
#define __static_assert(expr, msg, ...) _Static_assert(expr, msg)
#endif

/* May not be called: a call that the optimiser leaves is an error. */
__attribute__((__noreturn__, __error__("BUILD_BUG failed"))) void __build_bug(void);

#define BUILD_BUG_ON_MSG(cond, msg)    \
	do {                           \
		if (!(!(cond)))        \
			__build_bug(); \
	} while (0)
#define BUILD_BUG_ON(cond) BUILD_BUG_ON_MSG(cond, "BUILD_BUG_ON failed: " #cond)
#define BUILD_BUG()	   BUILD_BUG_ON_MSG(1, "BUILD_BUG failed")

#define BUILD_BUG_ON_NOT_POWER_OF_2(n)	 BUILD_BUG_ON((n) == 0 || (((n) & ((n)-1)) != 0))
#define __BUILD_BUG_ON_NOT_POWER_OF_2(n) BUILD_BUG_ON(((n) & ((n)-1)) != 0)

/* 0, for the middle of an expression; and no code at all, for what must only compile. */
#define BUILD_BUG_ON_ZERO(e)	((int)(sizeof(struct { int : (-!!(e)); })))
#define BUILD_BUG_ON_INVALID(e) ((void)(sizeof((long)(e))))

#endif /* _LINUX_BUILD_BUG_H */

/* SPDX-License-Identifier: MIT */
/*
 * Functions that are chosen seldom, and called often. Linux writes the choice into the code; here it
 * is a pointer, as on Linux without CONFIG_HAVE_STATIC_CALL.
 *
 *   DEFINE_STATIC_CALL(hash, hash_slow);      static_call(hash)(key);
 *   static_call_update(hash, hash_fast);
 *
 * Locking: calls and static_call_query() in any context; updates of one call are its user's to keep
 *          apart. Who calls meanwhile calls either.
 * Failure: static_call() of none is a call of NULL: static_call_cond() does nothing then.
 * Source:  Linux 6.1's static_call.h.
 */
#ifndef _LINUX_STATIC_CALL_H
#define _LINUX_STATIC_CALL_H

#include <linux/compiler.h>
#include <linux/types.h>

struct static_call_key {
	void *func;
};

#define STATIC_CALL_KEY(name)  __PASTE(__SCK__, name)
#define STATIC_CALL_TYPE(name) __PASTE(__SCT__, name)

/* Of @func's type; without a function; and of one that returns long, which gives 0. */
#define DECLARE_STATIC_CALL(name, func)                      \
	extern struct static_call_key STATIC_CALL_KEY(name); \
	typedef __typeof__(func) STATIC_CALL_TYPE(name)
#define __DEFINE_STATIC_CALL(name, type, first) \
	DECLARE_STATIC_CALL(name, type);        \
	struct static_call_key STATIC_CALL_KEY(name) = {.func = (void *)(first)}
#define DEFINE_STATIC_CALL(name, func)	    __DEFINE_STATIC_CALL(name, func, func)
#define DEFINE_STATIC_CALL_NULL(name, func) __DEFINE_STATIC_CALL(name, func, NULL)
#define DEFINE_STATIC_CALL_RET0(name, func) __DEFINE_STATIC_CALL(name, func, __static_call_return0)

#define __static_call_of(name, func) ((STATIC_CALL_TYPE(name) *)(func))
#define static_call(name)	     __static_call_of(name, READ_ONCE(STATIC_CALL_KEY(name).func))
#define static_call_mod(name)	     static_call(name)
#define static_call_cond(name)                                                           \
	({                                                                               \
		void *__chosen = READ_ONCE(STATIC_CALL_KEY(name).func);                  \
		__static_call_of(name, __chosen ? __chosen : (void *)__static_call_nop); \
	})
#define static_call_query(name) READ_ONCE(STATIC_CALL_KEY(name).func)
#define static_call_update(name, to)                                  \
	do {                                                          \
		STATIC_CALL_TYPE(name) *__to = (to);                  \
		WRITE_ONCE(STATIC_CALL_KEY(name).func, (void *)__to); \
	} while (0)

#define EXPORT_STATIC_CALL(name)
#define EXPORT_STATIC_CALL_GPL(name)
#define EXPORT_STATIC_CALL_TRAMP(name)
#define EXPORT_STATIC_CALL_TRAMP_GPL(name)

static inline long __static_call_return0(void)
{
	return 0;
}

static inline void __static_call_nop(void)
{
}

static inline int static_call_text_reserved(void *start, void *end)
{
	(void)start, (void)end;
	return 0;
}

#endif /* _LINUX_STATIC_CALL_H */

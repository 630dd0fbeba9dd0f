/* SPDX-License-Identifier: MIT */
/*
 * What is undone at the end of the block that it was done in, whichever way that is left: memory
 * given back, locks let go of. In the reverse order of the declarations.
 *
 *   char *text __free(kfree) = kmalloc(size, GFP_KERNEL);
 *   if (!text)
 *           return -ENOMEM;               // guards end and text is given back at each return
 *   guard(mutex)(&table_lock);
 *   scoped_guard(spinlock_irqsave, &list_lock)
 *           list_add(&entry->list, &all);
 *   return_ptr(text);                     // but not here: it is the caller's now
 *
 * A variable with __free() has a value from the start, as the declaration above: what it has at the
 * end is given back. Which names there are stands with what they give back: kfree in
 * linux/slab.h, free_percpu in linux/percpu.h; guards with their locks.
 *
 * Source: Linux's cleanup.h.
 */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#include <linux/compiler.h>

/* Makes __free(@name), for variables of @type: @free says what is done, of the variable _T. */
#define DEFINE_FREE(name, type, free...)                      \
	static inline void __free_##name(void *__variable)    \
	{                                                     \
		type _T __maybe_unused = *(type *)__variable; \
		free;                                         \
	}
#define __free(name) __cleanup(__free_##name)

/* The variable's value; it has none from now on, so that nothing is done at the end. */
#define no_free_ptr(p)                         \
	({                                     \
		__auto_type __its_value = (p); \
		(p) = NULL;                    \
		__its_value;                   \
	})
#define return_ptr(p) return no_free_ptr(p)

/*
 * Makes the class @name of values of @type: @init makes one of the arguments that follow, @exit
 * undoes it, of _T. CLASS(name, variable)(arguments) declares a variable.
 */
#define DEFINE_CLASS(name, type, exit, init, args...)                              \
	typedef type class_##name##_t;                                             \
	static inline void class_##name##_destructor(class_##name##_t *__variable) \
	{                                                                          \
		class_##name##_t _T __maybe_unused = *__variable;                  \
		exit;                                                              \
	}                                                                          \
	static inline class_##name##_t class_##name##_constructor(args)            \
	{                                                                          \
		return init;                                                       \
	}

/* The class @name@ext: made in another way, undone in the same. */
#define EXTEND_CLASS(name, ext, init, args...)                                               \
	typedef class_##name##_t class_##name##ext##_t;                                      \
	static inline void class_##name##ext##_destructor(class_##name##ext##_t *__variable) \
	{                                                                                    \
		class_##name##_destructor(__variable);                                       \
	}                                                                                    \
	static inline class_##name##ext##_t class_##name##ext##_constructor(args)            \
	{                                                                                    \
		return init;                                                                 \
	}

#define CLASS(name, variable)                                                           \
	class_##name##_t variable __maybe_unused __cleanup(class_##name##_destructor) = \
		class_##name##_constructor

/* ---- Locks ------------------------------------------------------------------------------ */

/* A class of locks of @type, which is a pointer: taken and let go of as said of _T. */
#define DEFINE_GUARD(name, type, lock, unlock) \
	DEFINE_CLASS(name, type, unlock, ({    \
			     lock;             \
			     _T;               \
		     }),                       \
		     type _T)

/* guard(name)(lock): until the end of the block. */
#define guard(name) CLASS(name, __UNIQUE_ID(guard))

/* For the statement or block that follows; `scope` is the guard. */
#define scoped_guard(name, args...) \
	for (CLASS(name, scope)(args), *__once = NULL; !__once; __once = (void *)1UL)

/*
 * Guards that keep more than the lock's address (_T->lock): the members that follow, such as
 * interrupts' state. @lock and @unlock are of _T, their address. _0: of what has no address at all.
 */
#define DEFINE_LOCK_GUARD_1(name, type, lock, unlock, members...) \
	__DEFINE_LOCK_GUARD(name, type, unlock, members)          \
	__DEFINE_LOCK_GUARD_MAKER(name, type *__lock, __lock, lock)
#define DEFINE_LOCK_GUARD_0(name, lock, unlock, members...) \
	__DEFINE_LOCK_GUARD(name, void, unlock, members)    \
	__DEFINE_LOCK_GUARD_MAKER(name, void, (void *)1UL, lock)

#define __DEFINE_LOCK_GUARD(name, type, unlock, members...)                \
	typedef struct {                                                   \
		type *lock;                                                \
		members;                                                   \
	} class_##name##_t;                                                \
	static inline void class_##name##_destructor(class_##name##_t *_T) \
	{                                                                  \
		if (_T->lock) {                                            \
			unlock;                                            \
		}                                                          \
	}
#define __DEFINE_LOCK_GUARD_MAKER(name, arg, address, taken)           \
	static inline class_##name##_t class_##name##_constructor(arg) \
	{                                                              \
		class_##name##_t __guard = {.lock = (address)};        \
		class_##name##_t *_T __maybe_unused = &__guard;        \
		taken;                                                 \
		return __guard;                                        \
	}

#endif /* _LINUX_CLEANUP_H */

/* SPDX-License-Identifier: MIT */
/*
 * Memory barriers: the order in which other CPUs, and devices, see what this one does.
 *
 *   mb rmb wmb              also towards devices
 *   smp_mb smp_rmb smp_wmb  towards other CPUs; smp_rmb() orders loads, smp_wmb() stores
 *   dma_*                   towards memory that a device looks into as well
 *
 * Locking:    none; any context.
 * Failure:    none.
 * Source:     Linux's Documentation/memory-barriers.txt. A barrier here may be stronger than
 *             its name asks for.
 */
#ifndef _ASM_BARRIER_H
#define _ASM_BARRIER_H

#include <linux/compiler.h>
#include <asm/arch.h>

#define mb()  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define rmb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define wmb() __atomic_thread_fence(__ATOMIC_SEQ_CST)

#define smp_mb()  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)

#define dma_mb()  smp_mb()
#define dma_rmb() smp_rmb()
#define dma_wmb() smp_wmb()

/* Around atomic operations that return nothing, which have no order of their own. */
#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic()	smp_mb()

/* A store that all before it is seen before; a load that nothing behind it goes before. */
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)

/* A store, and a full barrier behind it. */
#define smp_store_mb(var, value)        \
	do {                            \
		WRITE_ONCE(var, value); \
		smp_mb();               \
	} while (0)

#define smp_acquire__after_ctrl_dep() smp_rmb()

/* Looks at *@ptr until @cond_expr, which knows what was read as VAL, is true; that value. */
#define smp_cond_load_relaxed(ptr, cond_expr)    \
	({                                       \
		__typeof__(*(ptr)) VAL;          \
		for (;;) {                       \
			VAL = READ_ONCE(*(ptr)); \
			if (cond_expr)           \
				break;           \
			cpu_relax();             \
		}                                \
		VAL;                             \
	})
#define smp_cond_load_acquire(ptr, cond_expr)                                      \
	({                                                                         \
		__typeof__(*(ptr)) __seen = smp_cond_load_relaxed(ptr, cond_expr); \
		smp_acquire__after_ctrl_dep();                                     \
		__seen;                                                            \
	})

/* The same where a hypervisor on another CPU looks, though this machine may have one alone. */
#define virt_mb()		  smp_mb()
#define virt_rmb()		  smp_rmb()
#define virt_wmb()		  smp_wmb()
#define virt_store_mb(var, value) smp_store_mb(var, value)
#define virt_mb__before_atomic()  smp_mb__before_atomic()
#define virt_mb__after_atomic()	  smp_mb__after_atomic()
#define virt_store_release(p, v)  smp_store_release(p, v)
#define virt_load_acquire(p)	  smp_load_acquire(p)

/* Stores to persistent memory before what follows; stores that were combined go out. */
#define pmem_wmb()   wmb()
#define io_stop_wc() ((void)0)

#endif /* _ASM_BARRIER_H */

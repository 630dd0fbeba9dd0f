/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU variables: how they are defined, and how each CPU finds its own copy.
 *
 *   in the image     &counter          what the program names
 *   CPU 0's unit     &counter + __per_cpu_offset[0]
 *   CPU 1's unit     &counter + __per_cpu_offset[1]
 *
 * The same sum serves what alloc_percpu() (linux/percpu.h) returns.
 *
 * Lifetime: offsets are 0 until setup_per_cpu_areas(): what is done before is done to
 *           the variable in the image, and every CPU's copy starts as that is then.
 * Context:  any. Nothing preempts; this_cpu_*() are atomic towards interrupts of this
 *           CPU as well, raw_cpu_*() and __this_cpu_*() are not. Other CPUs' copies may
 *           be read; writes to them need a rule of the variable's owner.
 * Units:    this_cpu_*() take variables of 1, 2, 4 or 8 bytes. Added to a pointer, they
 *           add bytes.
 */
#ifndef _LINUX_PERCPU_DEFS_H
#define _LINUX_PERCPU_DEFS_H

#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <asm/page.h>
#include <asm/percpu.h>

/* ---- Definitions ------------------------------------------------------------------- */

/* All in one section: alignment places the variables in it as well as names would. */
#define __PCPU_ATTRS(sec)		    __percpu __attribute__((__section__(PER_CPU_BASE_SECTION)))
#define DECLARE_PER_CPU_SECTION(t, name, s) extern __PCPU_ATTRS(s) __typeof__(t) name
#define DEFINE_PER_CPU_SECTION(t, name, s)  __PCPU_ATTRS(s) __typeof__(t) name

#define DECLARE_PER_CPU(type, name)		   DECLARE_PER_CPU_SECTION(type, name, "")
#define DEFINE_PER_CPU(type, name)		   DEFINE_PER_CPU_SECTION(type, name, "")
#define DECLARE_PER_CPU_FIRST(type, name)	   DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_FIRST(type, name)	   DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_READ_MOSTLY(type, name)	   DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_READ_MOSTLY(type, name)	   DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_ALIGNED(type, name)	   DECLARE_PER_CPU(type, name) __aligned(L1_CACHE_BYTES)
#define DEFINE_PER_CPU_ALIGNED(type, name)	   DEFINE_PER_CPU(type, name) __aligned(L1_CACHE_BYTES)
#define DECLARE_PER_CPU_SHARED_ALIGNED(type, name) DECLARE_PER_CPU_ALIGNED(type, name)
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name)  DEFINE_PER_CPU_ALIGNED(type, name)
#define DECLARE_PER_CPU_DECRYPTED(type, name)	   DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_DECRYPTED(type, name)	   DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_PAGE_ALIGNED(type, name)   DECLARE_PER_CPU(type, name) __aligned(PAGE_SIZE)
#define DEFINE_PER_CPU_PAGE_ALIGNED(type, name)	   DEFINE_PER_CPU(type, name) __aligned(PAGE_SIZE)

/* There are no modules to export to. */
#define EXPORT_PER_CPU_SYMBOL(var)
#define EXPORT_PER_CPU_SYMBOL_GPL(var)

/* ---- Addresses ---------------------------------------------------------------------- */

#ifndef per_cpu_offset
#define per_cpu_offset(cpu) (__per_cpu_offset[cpu])
#endif
#define __my_cpu_offset arch_percpu_offset()

/* The sum as a pointer of which the compiler cannot tell what it points into. */
#define RELOC_HIDE(ptr, off)                             \
	({                                               \
		unsigned long __hidden;                  \
		__asm__("" : "=r"(__hidden) : "0"(ptr)); \
		(__typeof__(ptr))(__hidden + (off));     \
	})

/* Does not compile unless @ptr is a pointer. */
#define __verify_pcpu_ptr(ptr)                                                        \
	do {                                                                          \
		const void __percpu *__vpp_verify = (__typeof__(1 ? (ptr) : (ptr)))0; \
		(void)__vpp_verify;                                                   \
	} while (0)

#define SHIFT_PERCPU_PTR(p, off) RELOC_HIDE((__typeof__(*(p)) *)(p), (off))

/* @cpu's copy; the calling CPU's. @ptr is the address of a variable, or allocated. */
#define per_cpu_ptr(ptr, cpu)                                 \
	({                                                    \
		__verify_pcpu_ptr(ptr);                       \
		SHIFT_PERCPU_PTR((ptr), per_cpu_offset(cpu)); \
	})
#define raw_cpu_ptr(ptr)                                                        \
	({                                                                      \
		__verify_pcpu_ptr(ptr);                                         \
		(__typeof__(*(ptr)) *)arch_this_cpu_addr((unsigned long)(ptr)); \
	})
#define this_cpu_ptr(ptr) raw_cpu_ptr(ptr)

#define per_cpu(var, cpu) (*per_cpu_ptr(&(var), cpu))

/* The calling CPU's copy, which stays the calling CPU's until it is put. */
#define get_cpu_var(var)              \
	(*({                          \
		preempt_disable();    \
		this_cpu_ptr(&(var)); \
	}))
#define put_cpu_var(var)          \
	do {                      \
		(void)&(var);     \
		preempt_enable(); \
	} while (0)
#define get_cpu_ptr(var)           \
	({                         \
		preempt_disable(); \
		this_cpu_ptr(var); \
	})
#define put_cpu_ptr(var)          \
	do {                      \
		(void)(var);      \
		preempt_enable(); \
	} while (0)

/* ---- Operations on the calling CPU's copy --------------------------------------------- */

#define __pcpu_size_check(pcp)                                                     \
	_Static_assert(sizeof(pcp) == 1 || sizeof(pcp) == 2 || sizeof(pcp) == 4 || \
			       sizeof(pcp) == 8,                                   \
		       "a per-CPU operation takes 1, 2, 4 or 8 bytes")

/* @op(@ptr to the calling CPU's copy, ...), as a value. */
#define __pcpu_op(pcp, op, ...)                               \
	({                                                    \
		__pcpu_size_check(pcp);                       \
		__typeof__(pcp) *__pcp = raw_cpu_ptr(&(pcp)); \
		op(__pcp, ##__VA_ARGS__);                     \
	})

#define __pcpu_read(p)		READ_ONCE(*(p))
#define __pcpu_write(p, v)	((void)(WRITE_ONCE(*(p), v)))
#define __pcpu_add(p, v)	((void)(*(p) += (v)))
#define __pcpu_sub(p, v)	((void)(*(p) -= (v)))
#define __pcpu_and(p, v)	((void)(*(p) &= (v)))
#define __pcpu_or(p, v)		((void)(*(p) |= (v)))
#define __pcpu_add_return(p, v) (*(p) += (v))
#define __pcpu_xchg(p, v)                      \
	({                                     \
		__typeof__(*(p)) __old = *(p); \
		*(p) = (v);                    \
		__old;                         \
	})
#define __pcpu_cmpxchg(p, o, n)                \
	({                                     \
		__typeof__(*(p)) __old = *(p); \
		if (__old == (o))              \
			*(p) = (n);            \
		__old;                         \
	})

#define raw_cpu_read(pcp)		 (arch_this_cpu_copy(pcp))
#define raw_cpu_write(pcp, val)		 ((void)(arch_this_cpu_copy(pcp) = (val)))
#define raw_cpu_add(pcp, val)		 __pcpu_op(pcp, __pcpu_add, val)
#define raw_cpu_sub(pcp, val)		 __pcpu_op(pcp, __pcpu_sub, val)
#define raw_cpu_inc(pcp)		 raw_cpu_add(pcp, 1)
#define raw_cpu_dec(pcp)		 raw_cpu_sub(pcp, 1)
#define raw_cpu_and(pcp, val)		 __pcpu_op(pcp, __pcpu_and, val)
#define raw_cpu_or(pcp, val)		 __pcpu_op(pcp, __pcpu_or, val)
#define raw_cpu_add_return(pcp, val)	 __pcpu_op(pcp, __pcpu_add_return, val)
#define raw_cpu_sub_return(pcp, val)	 raw_cpu_add_return(pcp, -(__typeof__(pcp))(val))
#define raw_cpu_inc_return(pcp)		 raw_cpu_add_return(pcp, 1)
#define raw_cpu_dec_return(pcp)		 raw_cpu_add_return(pcp, -1)
#define raw_cpu_xchg(pcp, nval)		 __pcpu_op(pcp, __pcpu_xchg, nval)
#define raw_cpu_cmpxchg(pcp, oval, nval) __pcpu_op(pcp, __pcpu_cmpxchg, oval, nval)

/* Whoever calls these knows that nothing else runs on this CPU; nothing checks it. */
#define __this_cpu_read(pcp)		    raw_cpu_read(pcp)
#define __this_cpu_write(pcp, val)	    raw_cpu_write(pcp, val)
#define __this_cpu_add(pcp, val)	    raw_cpu_add(pcp, val)
#define __this_cpu_sub(pcp, val)	    raw_cpu_sub(pcp, val)
#define __this_cpu_inc(pcp)		    raw_cpu_inc(pcp)
#define __this_cpu_dec(pcp)		    raw_cpu_dec(pcp)
#define __this_cpu_and(pcp, val)	    raw_cpu_and(pcp, val)
#define __this_cpu_or(pcp, val)		    raw_cpu_or(pcp, val)
#define __this_cpu_add_return(pcp, val)	    raw_cpu_add_return(pcp, val)
#define __this_cpu_sub_return(pcp, val)	    raw_cpu_sub_return(pcp, val)
#define __this_cpu_inc_return(pcp)	    raw_cpu_inc_return(pcp)
#define __this_cpu_dec_return(pcp)	    raw_cpu_dec_return(pcp)
#define __this_cpu_xchg(pcp, nval)	    raw_cpu_xchg(pcp, nval)
#define __this_cpu_cmpxchg(pcp, oval, nval) raw_cpu_cmpxchg(pcp, oval, nval)

/* One instruction each, so that an interrupt comes before or after it. */
#define __pcpu_atomic_add(p, v)	       ((void)__atomic_fetch_add(p, v, __ATOMIC_RELAXED))
#define __pcpu_atomic_sub(p, v)	       ((void)__atomic_fetch_sub(p, v, __ATOMIC_RELAXED))
#define __pcpu_atomic_and(p, v)	       ((void)__atomic_fetch_and(p, v, __ATOMIC_RELAXED))
#define __pcpu_atomic_or(p, v)	       ((void)__atomic_fetch_or(p, v, __ATOMIC_RELAXED))
#define __pcpu_atomic_add_return(p, v) __atomic_add_fetch(p, v, __ATOMIC_RELAXED)
#define __pcpu_atomic_xchg(p, v)       __atomic_exchange_n(p, v, __ATOMIC_RELAXED)
#define __pcpu_atomic_cmpxchg(p, o, n)                                             \
	({                                                                         \
		__typeof__(*(p)) __old = (o);                                      \
		__atomic_compare_exchange_n(p, &__old, n, false, __ATOMIC_RELAXED, \
					    __ATOMIC_RELAXED);                     \
		__old;                                                             \
	})

#define this_cpu_read(pcp)		  __pcpu_op(pcp, __pcpu_read)
#define this_cpu_write(pcp, val)	  __pcpu_op(pcp, __pcpu_write, val)
#define this_cpu_add(pcp, val)		  __pcpu_op(pcp, __pcpu_atomic_add, val)
#define this_cpu_sub(pcp, val)		  __pcpu_op(pcp, __pcpu_atomic_sub, val)
#define this_cpu_inc(pcp)		  this_cpu_add(pcp, 1)
#define this_cpu_dec(pcp)		  this_cpu_sub(pcp, 1)
#define this_cpu_and(pcp, val)		  __pcpu_op(pcp, __pcpu_atomic_and, val)
#define this_cpu_or(pcp, val)		  __pcpu_op(pcp, __pcpu_atomic_or, val)
#define this_cpu_add_return(pcp, val)	  __pcpu_op(pcp, __pcpu_atomic_add_return, val)
#define this_cpu_sub_return(pcp, val)	  this_cpu_add_return(pcp, -(__typeof__(pcp))(val))
#define this_cpu_inc_return(pcp)	  this_cpu_add_return(pcp, 1)
#define this_cpu_dec_return(pcp)	  this_cpu_add_return(pcp, -1)
#define this_cpu_xchg(pcp, nval)	  __pcpu_op(pcp, __pcpu_atomic_xchg, nval)
#define this_cpu_cmpxchg(pcp, oval, nval) __pcpu_op(pcp, __pcpu_atomic_cmpxchg, oval, nval)

/* Both of two neighbours, if both are what they should be; were they? */
#define raw_cpu_cmpxchg_double(pcp1, pcp2, oval1, oval2, nval1, nval2)                        \
	({                                                                                    \
		bool __same = raw_cpu_read(pcp1) == (oval1) && raw_cpu_read(pcp2) == (oval2); \
		if (__same) {                                                                 \
			raw_cpu_write(pcp1, nval1);                                           \
			raw_cpu_write(pcp2, nval2);                                           \
		}                                                                             \
		__same;                                                                       \
	})
#define __this_cpu_cmpxchg_double(pcp1, pcp2, oval1, oval2, nval1, nval2) \
	raw_cpu_cmpxchg_double(pcp1, pcp2, oval1, oval2, nval1, nval2)
#define this_cpu_cmpxchg_double(pcp1, pcp2, oval1, oval2, nval1, nval2)                       \
	({                                                                                    \
		unsigned long __flags = arch_local_irq_save();                                \
		bool __both = raw_cpu_cmpxchg_double(pcp1, pcp2, oval1, oval2, nval1, nval2); \
		arch_local_irq_restore(__flags);                                              \
		__both;                                                                       \
	})

#endif /* _LINUX_PERCPU_DEFS_H */

/* SPDX-License-Identifier: MIT */
/*
 * Words that tell the compiler, or the reader, what a declaration may be used
 * for. __init and its family: see linux/init.h.
 */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#include <asm/sections.h>
#include <linux/kconfig.h>

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define barrier() __asm__ __volatile__("" : : : "memory")

#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
#define noinline	     __attribute__((__noinline__))
#define __noreturn	     __attribute__((__noreturn__))
#define __packed	     __attribute__((__packed__))
#define __aligned(x)	     __attribute__((__aligned__(x)))
#define __maybe_unused	     __attribute__((__unused__))
#define __always_unused	     __attribute__((__unused__))
#define __must_check	     __attribute__((__warn_unused_result__))
#define __malloc	     __attribute__((__malloc__))
#define __printf(f, a)	     __attribute__((__format__(__printf__, f, a)))
#define __no_stack_protector __attribute__((__no_stack_protector__))
#define __section(s)	     __attribute__((__section__(s)))
#define __weak		     __attribute__((__weak__))
#define __alloc_size(...)    __attribute__((__alloc_size__(__VA_ARGS__)))
#define fallthrough	     __attribute__((__fallthrough__))
#define __cold		     __attribute__((__cold__))
#define __hot		     __attribute__((__hot__))
#define __used		     __attribute__((__used__))
#define __pure		     __attribute__((__pure__))
#ifndef __attribute_const__
#define __attribute_const__ __attribute__((__const__))
#endif
#define __deprecated
#define __visible
#define __assume_aligned(a, ...) __attribute__((__assume_aligned__(a, ##__VA_ARGS__)))
#define __alias(symbol)		 __attribute__((__alias__(#symbol)))
#define __cleanup(f)		 __attribute__((__cleanup__(f)))
#define __mode(x)		 __attribute__((__mode__(x)))
#define __scanf(f, a)		 __attribute__((__format__(__scanf__, f, a)))
#define __aligned_largest	 __attribute__((__aligned__))
#define __designated_init
#define __nonstring
#define __realloc_size(x, ...)
#define __counted_by(member)
#define notrace
#define noinline_for_stack noinline
#define noinstr
#define __nocast
#define __safe
#define __private
#define __kernel
#define __rcu
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __acquire(x) (void)0
#define __release(x) (void)0
#define __read_mostly
#define __ro_after_init

#define __no_sanitize_address __attribute__((__no_sanitize__("address")))

#define __init	    __init_section(".init.text")
#define __initdata  __init_section(".init.data")
#define __initconst __init_section(".init.rodata")
#define __initbss   __init_section(".bss..init")
#define __ref	    __init_section(".ref.text") noinline
#define __refdata   __init_section(".ref.data")
#define __meminit
#define __meminitdata
#define __init_memblock
#define __initdata_memblock
#define __user
#define __force
#define __percpu
#define __iomem
#define __exit
#define __exitdata

#define ___PASTE(a, b)	    a##b
#define __PASTE(a, b)	    ___PASTE(a, b)
#define __UNIQUE_ID(p)	    __PASTE(__PASTE(__UNIQUE_ID_, p), __COUNTER__)
#define __stringify_1(x...) #x
#define __stringify(x...)   __stringify_1(x)

/*
 * Warnings that are wrong about what stands between push and pop: of any compiler, of GCC or clang
 * (any version), with a word on why.
 */
#define __diag(what)		       _Pragma(__stringify(GCC diagnostic what))
#define __diag_push()		       __diag(push)
#define __diag_pop()		       __diag(pop)
#define __diag_ignore_all(option, why) __diag(ignored option)
#ifdef __clang__
#define __diag_GCC(what)
#define __diag_clang(what) __diag(what)
#else
#define __diag_GCC(what) __diag(what)
#define __diag_clang(what)
#endif
#define __diag_ignore(compiler, version, option, why) __diag_##compiler(ignored option)
#define __diag_warn(compiler, version, option, why)   __diag_##compiler(warning option)
#define __diag_error(compiler, version, option, why)  __diag_##compiler(error option)

#define __same_type(a, b) __builtin_types_compatible_p(__typeof__(a), __typeof__(b))

/* 0; does not compile for a pointer. */
#define __must_be_array(a) (sizeof(char[1 - 2 * !!__same_type((a), &(a)[0])]) - 1)

#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "=r"(var) : "0"(var))
#define barrier_data(ptr)	__asm__ __volatile__("" : : "r"(ptr) : "memory")

/* One load or store that the compiler neither splits, repeats nor drops. */
#ifdef __SANITIZE_THREAD__
#define READ_ONCE(x)	 __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), v, __ATOMIC_RELAXED)
#else
#define READ_ONCE(x)	 (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)(unsigned long)&(x) = (v))
#endif

/*
 * The word at @addr, of which only the first byte need be its reader's: what lies behind that
 * in the word is read and thrown away. @addr may be any; a word does not reach over the end of
 * a page if it begins at a multiple of its size.
 */
static inline __no_sanitize_address __attribute__((__unused__)) unsigned long
read_word_at_a_time(const void *addr)
{
	typedef unsigned long __attribute__((__may_alias__, __aligned__(1))) any_word;

	return *(const any_word *)addr;
}

/*
 * A word that others may change meanwhile, where any value that it ever had will do: the
 * compiler may read it as it likes, and ThreadSanitizer says nothing. And one that
 * others may read so meanwhile.
 */
#ifdef __SANITIZE_THREAD__
#define data_race(x)	      READ_ONCE(x)
#define data_race_write(x, v) WRITE_ONCE(x, v)
#else
#define data_race(x)	      (x)
#define data_race_write(x, v) ((x) = (v))
#endif

/* The caller of the function that says it, as printk's %pS takes it; where it is itself. */
#define _RET_IP_ ((unsigned long)__builtin_return_address(0))
#define _THIS_IP_                        \
	({                               \
		__label__ __here;        \
	__here:                          \
		(unsigned long)&&__here; \
	})

/* Control does not come here: not even the compiler looks. */
#define unreachable()		     __builtin_unreachable()
#define barrier_before_unreachable() __asm__ __volatile__("")
#define annotate_unreachable()	     ((void)0)

/* Are there values below 0 in @type? Of any scalar type, bool and pointers among them. */
#define is_signed_type(type) (((type)(-1)) < (type)1)

/* Known to be true when it is compiled. */
#define statically_true(x) (__builtin_constant_p(x) && (x))

/* Nobody counts what they guess. */
#define likely_notrace(x)   likely(x)
#define unlikely_notrace(x) unlikely(x)

/* An address that is a number: the compiler does not take it for the end of an object of none. */
#define absolute_pointer(val) ((void *)(unsigned long)(val))

/* What lies *@off bytes behind where that is. */
static inline void *offset_to_ptr(const int *off)
{
	return (void *)((unsigned long)off + (unsigned long)*off);
}

/* A symbol that stays though nobody names it. */
#define __ADDRESSABLE(sym) \
	static void *__used __UNIQUE_ID(__PASTE(__addressable_, sym)) = (void *)(unsigned long)&sym

#ifdef __clang__
#define __noclone
#else
#define __noclone __attribute__((__noclone__))
#endif
#define __flatten __attribute__((__flatten__))
#define __copy(symbol)
#define __no_kcsan
#define __no_sanitize_or_inline __always_inline
#define __no_kasan_or_inline	__always_inline
#define __no_profile
#define __latent_entropy
#define __randomize_layout
#define __no_randomize_layout
#define randomized_struct_fields_start
#define randomized_struct_fields_end
#define __cond_lock(x, c) (c)
#define __cond_acquires(x)
#define __chk_user_ptr(x)	    ((void)0)
#define __chk_io_ptr(x)		    ((void)0)
#define ACCESS_PRIVATE(p, member)   ((p)->member)
#define asm_inline		    asm __inline
#define __compiletime_error(text)   __attribute__((__error__(text)))
#define __compiletime_warning(text) __attribute__((__warning__(text)))

/* Is it of a size that the machine reads and writes at once? */
#define __native_word(t)		  (sizeof(t) == 1 || sizeof(t) == 2 || sizeof(t) == 4 || sizeof(t) == 8)
#define compiletime_assert_atomic_type(t) _Static_assert(__native_word(t), "an atomic access")

#endif /* _LINUX_COMPILER_H */

/* SPDX-License-Identifier: MIT */
/*
 * Words that tell the compiler, or the reader, what a declaration may be used
 * for. __init and its family: see linux/init.h.
 */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#include <asm/sections.h>

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define barrier() __asm__ __volatile__("" : : : "memory")

#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
#define noinline	  __attribute__((__noinline__))
#define __noreturn	  __attribute__((__noreturn__))
#define __packed	  __attribute__((__packed__))
#define __aligned(x)	  __attribute__((__aligned__(x)))
#define __maybe_unused	  __attribute__((__unused__))
#define __always_unused	  __attribute__((__unused__))
#define __must_check	  __attribute__((__warn_unused_result__))
#define __malloc	  __attribute__((__malloc__))
#define __printf(f, a)	  __attribute__((__format__(__printf__, f, a)))
#define __section(s)	  __attribute__((__section__(s)))
#define __weak		  __attribute__((__weak__))
#define __alloc_size(...) __attribute__((__alloc_size__(__VA_ARGS__)))
#define fallthrough	  __attribute__((__fallthrough__))
#define __cold		  __attribute__((__cold__))

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

/* One load or store that the compiler neither splits, repeats nor drops. */
#define READ_ONCE(x)	 (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

/* The caller of the function that says it, as printk's %pS takes it. */
#define _RET_IP_ ((unsigned long)__builtin_return_address(0))

#endif /* _LINUX_COMPILER_H */

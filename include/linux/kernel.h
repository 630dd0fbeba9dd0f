/* SPDX-License-Identifier: MIT */
/*
 * Small helpers that nearly every file uses, under the names Linux's
 * linux/kernel.h offers them.
 */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <stdarg.h>
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define upper_32_bits(n) ((u32)((n) >> 32))
#define lower_32_bits(n) ((u32)((n)&0xffffffff))
#define upper_16_bits(n) ((u16)((n) >> 16))
#define lower_16_bits(n) ((u16)((n)&0xffff))

/* A long of which each byte is @x. */
#define REPEAT_BYTE(x) ((~0UL / 0xff) * (x))

#define PTR_IF(cond, ptr)  ((cond) ? (ptr) : NULL)
#define u64_to_user_ptr(x) ((void __user *)(uintptr_t)(x))

/* Nothing is preempted, and nothing but an interrupt handler is atomic. */
#define might_sleep()	     barrier()
#define might_sleep_if(cond) ((void)(cond))
#define cant_sleep()	     barrier()
#define might_fault()	     barrier()

#define PHYS_ADDR_MAX (~(phys_addr_t)0)

/*
 * Does a function of the program lie at @addr, by its symbols? A pointer to a function is one to
 * its first byte. Any context. Linux's kernel/extable.c; no code comes or goes here, so they agree.
 */
int kernel_text_address(unsigned long addr);
int core_kernel_text(unsigned long addr);
int __kernel_text_address(unsigned long addr);
int func_ptr_is_kernel_text(void *ptr);

/*
 * @perms, a constant, as a file's permissions: does not compile where others may write, or may
 * read what the group or the owner may not, or the group may write what the owner may not.
 */
#define VERIFY_OCTAL_PERMISSIONS(perms)                                                         \
	(BUILD_BUG_ON_ZERO((perms) < 0 || (perms) > 0777) +                                     \
	 BUILD_BUG_ON_ZERO((perms)&0040 && !((perms)&0400)) +                                   \
	 BUILD_BUG_ON_ZERO((perms)&0004 && !((perms)&0040)) +                                   \
	 BUILD_BUG_ON_ZERO((perms)&0020 && !((perms)&0200)) + BUILD_BUG_ON_ZERO((perms)&0002) + \
	 (perms))

/*
 * Formatted output into a buffer of @size bytes, always terminated where
 * @size is not 0. vsnprintf() and snprintf() return the length the text would
 * have had, the scnprintf() forms what was written; sprintf() knows no size. Conversions
 * are C99's less floating point and %n, plus of Linux's extensions:
 *   %p %px %pK  16 hexadecimal digits: nobody is here whom addresses must be kept from, so
 *               that it is as with Linux's option no_hash_pointers, always
 *   %pS %ps %pB a code address by name: with offset and size, the name alone, or
 *               with offset for an address that a call returns to
 *   %pa %pap %pad phys_addr_t or dma_addr_t by reference, as 0x%016llx
 *   %pe         an error pointer as -ENOMEM, another as %p
 *   %pGg %pGp %pGv gfp_t, page->flags or a user's vm_flags by reference, as words
 *   %*ph        so many bytes at the pointer, up to 64: 00 01 02; %phC 00:01:02,
 *               %phD 00-01-02, %phN 000102
 *   %*pb %*pbl  a bitmap of so many bits as words of 32, or as a list: 0-3,8
 *   %pR %pr     a struct resource, with words or with its flags
 *   %pU         a UUID, big-endian; %pUl little-endian, B and L in capitals
 *   %pV         a struct va_format
 * What a null pointer would point at is (null), what an address in page 0 or an error
 * pointer would, (efault).
 * As in Linux, %#x gives 0 its prefix, too: 0x0. Errors: an unknown conversion
 * is printed as it stands.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsprintf(char *buf, const char *fmt, va_list args) __printf(2, 0);
int sprintf(char *buf, const char *fmt, ...) __printf(2, 3);

/* Into memory of kmalloc()'s; NULL without. The const form may share what is just text. */
char *kvasprintf(gfp_t gfp, const char *fmt, va_list args) __printf(2, 0);
char *kasprintf(gfp_t gfp, const char *fmt, ...) __printf(2, 3);
const char *kvasprintf_const(gfp_t gfp, const char *fmt, va_list args) __printf(2, 0);

/* Conversions of C99's scanf(), less floating point; how many were stored. */
int vsscanf(const char *str, const char *fmt, va_list args) __scanf(2, 0);
int sscanf(const char *str, const char *fmt, ...) __scanf(2, 3);

/* @num in decimal, @width characters at least, without a terminator; 0 where it does not fit. */
int num_to_str(char *buf, int size, unsigned long long num, unsigned int width);

/* What the option no_hash_pointers calls: %p shows addresses already. 0. */
int no_hash_pointers_enable(char *str);

/* ---- Hexadecimal digits ------------------------------------------------------------------- */

extern const char hex_asc[];
extern const char hex_asc_upper[];
#define hex_asc_lo(x)	    hex_asc[(x)&0x0f]
#define hex_asc_hi(x)	    hex_asc[((x)&0xf0) >> 4]
#define hex_asc_upper_lo(x) hex_asc_upper[(x)&0x0f]
#define hex_asc_upper_hi(x) hex_asc_upper[((x)&0xf0) >> 4]

static inline char *hex_byte_pack(char *buf, u8 byte)
{
	*buf++ = hex_asc_hi(byte);
	*buf++ = hex_asc_lo(byte);
	return buf;
}

static inline char *hex_byte_pack_upper(char *buf, u8 byte)
{
	*buf++ = hex_asc_upper_hi(byte);
	*buf++ = hex_asc_upper_lo(byte);
	return buf;
}

/* The value of a digit, or -1. */
int hex_to_bin(unsigned char ch);

/* @count bytes from twice as many digits: 0, or -EINVAL. And back: the end of the text. */
int __must_check hex2bin(u8 *dst, const char *src, size_t count);
char *bin2hex(char *dst, const void *src, size_t count);

/* ---- Options of a command line ------------------------------------------------------------- */

/*
 * An integer at *@str, which moves past it and a ',' behind it. 0: none; 1: it ends there;
 * 2: a ',' followed; 3: a '-', so it begins a range.
 */
int get_option(char **str, int *pint);

/*
 * Integers and ranges into @ints[1] and on, their number into @ints[0]; with @nints of 0
 * only counted. The first character that was not read.
 */
char *get_options(const char *str, int nints, int *ints);

/* Is @option one of the words of @str, which commas divide? */
bool parse_option_str(const char *str, const char *option);

/* The next word of a command line, and what stands behind its '=' or NULL. What follows. */
char *next_arg(char *args, char **param, char **val);

/* Two names pasted, after both are what they stand for; how many arguments there are, up to 12. */
#define __PASTE_EXPANDED(a, b)							    a##b
#define CONCATENATE(a, b)							    __PASTE_EXPANDED(a, b)
#define COUNT_ARGS(...)								    __COUNT_ARGS(, ##__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define __COUNT_ARGS(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, n, ...) n

/* Which way data goes, for who has one function for both. */
#define READ  0
#define WRITE 1

/* How far the boot has come: up to the last step, then SYSTEM_RUNNING. */
extern enum system_states {
	SYSTEM_BOOTING,
	SYSTEM_SCHEDULING,
	SYSTEM_FREEING_INITMEM,
	SYSTEM_RUNNING,
	SYSTEM_HALT,
	SYSTEM_POWER_OFF,
	SYSTEM_RESTART,
	SYSTEM_SUSPEND,
} system_state;

#define STACK_MAGIC	       0xdeadbeef
#define might_resched()	       ((void)0)
#define cant_migrate()	       ((void)0)
#define non_block_start()      ((void)0)
#define non_block_end()	       ((void)0)
#define sched_annotate_sleep() ((void)0)

#define __might_sleep(file, line)	    ((void)(file), (void)(line))
#define __might_resched(file, line, offset) ((void)(file), (void)(line), (void)(offset))
#define __might_fault(file, line)	    ((void)(file), (void)(line))
#define __cant_sleep(file, line, offset)    ((void)(file), (void)(line), (void)(offset))
#define __cant_migrate(file, line)	    ((void)(file), (void)(line))

/* There is no trace: as on Linux without CONFIG_TRACING. The compiler looks at formats. */
enum ftrace_dump_mode { DUMP_NONE, DUMP_ALL, DUMP_ORIG };
#define trace_printk(fmt, ...)	 no_printk(fmt, ##__VA_ARGS__)
#define ftrace_vprintk(fmt, ap)	 ((void)(fmt), 0)
#define trace_puts(str)		 ((void)(str), 0)
#define trace_dump_stack(skip)	 ((void)(skip))
#define ftrace_dump(mode)	 ((void)(mode))
#define tracing_start()		 ((void)0)
#define tracing_stop()		 ((void)0)
#define tracing_on()		 ((void)0)
#define tracing_off()		 ((void)0)
#define tracing_is_on()		 0
#define tracing_snapshot()	 ((void)0)
#define tracing_snapshot_alloc() ((void)0)

/* What comes with this header on Linux. */
#include <asm/byteorder.h>
#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/stringify.h>
#include <linux/sysinfo.h>
#include <linux/typecheck.h>

#endif /* _LINUX_KERNEL_H */

/* SPDX-License-Identifier: MIT */
/*
 * Included before every file that cppcheck reads: what it cannot read, in words that it can. It
 * knows no __builtin_choose_expr(), and takes the types that macros compare for pointers that
 * are used.
 */
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/minmax.h>

/* An address of a label is no variable. */
#undef _THIS_IP_
#define _THIS_IP_ 0UL

/* Programs of the firmware have a function of that name. */
#undef swap

#undef container_of
#undef typeof_member
#undef __cmp
#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - __builtin_offsetof(type, member)))
#define typeof_member(T, m) __typeof__(((T){0}).m)
#define __cmp(x, y, op)	    ((x)op(y) ? (x) : (y))

/* SPDX-License-Identifier: MIT */
/* Constants: what the compiler knows to be one, and how assembly shares them. */
#ifndef _LINUX_CONST_H
#define _LINUX_CONST_H

/*
 * Is @x an integer constant expression? The type of ?: is that of its other pointer where
 * one operand is a null pointer constant, which (void *)(@x * 0) is for constants alone.
 */
#define __is_constexpr(x) _Generic(1 ? ((void *)((long)(x)*0L)) : (int *)1, int * : 1, void * : 0)

#define _AC(x, y)    (x##y)
#define _AT(type, x) ((type)(x))
#define _UL(x)	     _AC(x, UL)
#define _ULL(x)	     _AC(x, ULL)
#define UL(x)	     _UL(x)
#define ULL(x)	     _ULL(x)
#define _BITUL(x)    (_UL(1) << (x))
#define _BITULL(x)   (_ULL(1) << (x))

#endif /* _LINUX_CONST_H */

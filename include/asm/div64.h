/* SPDX-License-Identifier: MIT */
/* Division by Linux's name for where it lies: do_div() and its like are in linux/math64.h. */
#ifndef _ASM_DIV64_H
#define _ASM_DIV64_H

#include <linux/math64.h>

#endif /* _ASM_DIV64_H */

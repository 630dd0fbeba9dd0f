/* SPDX-License-Identifier: MIT */
/* __init and __initdata: see linux/compiler.h. */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>
#include <linux/types.h>

#endif /* _LINUX_INIT_H */

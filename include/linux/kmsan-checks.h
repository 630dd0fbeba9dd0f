/* SPDX-License-Identifier: MIT */
/*
 * What is initialised, and checks of it, told to KMSAN, which is not here: nothing is done, as on
 * Linux without it.
 */
#ifndef _LINUX_KMSAN_CHECKS_H
#define _LINUX_KMSAN_CHECKS_H

#include <linux/types.h>

#define kmsan_poison_memory(address, size, flags) ((void)(address), (void)(size), (void)(flags))
#define kmsan_unpoison_memory(address, size)	  ((void)(address), (void)(size))
#define kmsan_check_memory(address, size)	  ((void)(address), (void)(size))
#define kmsan_copy_to_user(to, from, to_copy, left) \
	((void)(to), (void)(from), (void)(to_copy), (void)(left))

#endif /* _LINUX_KMSAN_CHECKS_H */

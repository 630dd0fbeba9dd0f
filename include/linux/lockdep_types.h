/* SPDX-License-Identifier: MIT */
/* What locks of lockdep's kind are told apart by: nothing, as on Linux without CONFIG_LOCKDEP. */
#ifndef _LINUX_LOCKDEP_TYPES_H
#define _LINUX_LOCKDEP_TYPES_H

struct lock_class_key {
	char none[0];
};

struct lockdep_map {
	char none[0];
};

struct pin_cookie {
	char none[0];
};

/* What comes with this header on Linux. */
#include <linux/types.h>

#endif /* _LINUX_LOCKDEP_TYPES_H */

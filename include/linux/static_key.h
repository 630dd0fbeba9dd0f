/* SPDX-License-Identifier: MIT */
/* Linux's older name of linux/jump_label.h. */
#ifndef _LINUX_STATIC_KEY_H
#define _LINUX_STATIC_KEY_H

#include <linux/jump_label.h>

#endif /* _LINUX_STATIC_KEY_H */

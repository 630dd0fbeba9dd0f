/* SPDX-License-Identifier: MIT */
/* Does KASAN look at accesses? Never. */
#ifndef _LINUX_KASAN_ENABLED_H
#define _LINUX_KASAN_ENABLED_H

#include <linux/types.h>

#define kasan_enabled()		false
#define kasan_hw_tags_enabled() false

/* What comes with this header on Linux. */
#include <linux/static_key.h>

#endif /* _LINUX_KASAN_ENABLED_H */

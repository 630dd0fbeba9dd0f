/* SPDX-License-Identifier: MIT */
/* References to pages and folios: all of them are in linux/mm.h. */
#ifndef _LINUX_PAGE_REF_H
#define _LINUX_PAGE_REF_H

#include <linux/mm.h>

#endif /* _LINUX_PAGE_REF_H */

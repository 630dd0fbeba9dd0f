/* SPDX-License-Identifier: MIT */
/* The names of errors. */
#ifndef _LINUX_ERRNAME_H
#define _LINUX_ERRNAME_H

/* "-ENOMEM" for -ENOMEM, "ENOMEM" for ENOMEM; NULL for what is no error. */
const char *errname(int err);

/* What comes with this header on Linux. */
#include <linux/stddef.h>

#endif /* _LINUX_ERRNAME_H */

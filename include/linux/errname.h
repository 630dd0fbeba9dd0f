/* SPDX-License-Identifier: MIT */
/* The names of errors. */
#ifndef _LINUX_ERRNAME_H
#define _LINUX_ERRNAME_H

/* "-ENOMEM" for -ENOMEM, "ENOMEM" for ENOMEM; NULL for what is no error. */
const char *errname(int err);

#endif /* _LINUX_ERRNAME_H */

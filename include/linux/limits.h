/* SPDX-License-Identifier: MIT */
/* Lengths that both Linux's API and a host's C library expect here. */
#ifndef _LINUX_LIMITS_H
#define _LINUX_LIMITS_H

#define NAME_MAX 255
#define PATH_MAX 4096
#define PIPE_BUF 4096
#define ARG_MAX	 131072

#endif /* _LINUX_LIMITS_H */

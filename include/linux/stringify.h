/* SPDX-License-Identifier: MIT */
/* __stringify(): what a macro expands to, as text. */
#ifndef _LINUX_STRINGIFY_H
#define _LINUX_STRINGIFY_H

#include <linux/compiler.h>

#endif /* _LINUX_STRINGIFY_H */

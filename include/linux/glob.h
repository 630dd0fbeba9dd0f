/* SPDX-License-Identifier: MIT */
/*
 * Names that match a pattern, as a shell has them: * any characters, ? one, [a-z] one of these,
 * [!a-z] one of the others, \ takes what follows as it is. A [ without its ] is one itself.
 *
 * Locking: none; any context.
 * Failure: none: false where @str as a whole does not match.
 * Source:  Linux 6.1's glob.h.
 */
#ifndef _LINUX_GLOB_H
#define _LINUX_GLOB_H

#include <linux/compiler.h>
#include <linux/types.h>

bool __pure glob_match(char const *pat, char const *str);

#endif /* _LINUX_GLOB_H */

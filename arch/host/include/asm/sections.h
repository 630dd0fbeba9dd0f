/* SPDX-License-Identifier: MIT */
/* Where what linux/init.h names lies: where all else lies: a process brings up several machines. */
#ifndef _ASM_SECTIONS_H
#define _ASM_SECTIONS_H

#define __init_section(name)

#endif /* _ASM_SECTIONS_H */

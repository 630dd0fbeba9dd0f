/* SPDX-License-Identifier: MIT */
/* Where what linux/init.h names lies: in sections of the image that are given back (image.lds). */
#ifndef _ASM_SECTIONS_H
#define _ASM_SECTIONS_H

#define __init_section(name) __attribute__((__section__(name)))

#endif /* _ASM_SECTIONS_H */

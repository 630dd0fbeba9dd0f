/* SPDX-License-Identifier: MIT */
/*
 * Where what linux/init.h names lies: where all else lies, since a process brings up several
 * machines. Where snapshots are made of machines that are up, apart from what they keep.
 */
#ifndef _ASM_SECTIONS_H
#define _ASM_SECTIONS_H

#ifdef _HOST_STATE_H
#define __init_section(name) __attribute__((__section__(name)))
#else
#define __init_section(name)
#endif

#endif /* _ASM_SECTIONS_H */

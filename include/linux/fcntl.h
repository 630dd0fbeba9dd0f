/* SPDX-License-Identifier: MIT */
/* How a file is opened: its f_flags. Numbers and meaning are Linux's fcntl.h's. */
#ifndef _LINUX_FCNTL_H
#define _LINUX_FCNTL_H

#define O_ACCMODE   00000003
#define O_RDONLY    00000000
#define O_WRONLY    00000001
#define O_RDWR	    00000002
#define O_CREAT	    00000100
#define O_EXCL	    00000200
#define O_TRUNC	    00001000
#define O_APPEND    00002000
#define O_NONBLOCK  00004000
#define O_DSYNC	    00010000
#define O_DIRECT    00040000
#define O_LARGEFILE 00100000 /* as all are, with it or without */
#define O_NOATIME   01000000
#define __O_SYNC    04000000
#define O_SYNC	    (__O_SYNC | O_DSYNC)

#endif /* _LINUX_FCNTL_H */

/* SPDX-License-Identifier: MIT */
/* Reading and writing files: what their sources share. */
#ifndef _MM_LIB_FILE_RW_H
#define _MM_LIB_FILE_RW_H

#include <linux/fs.h>

static inline loff_t inode_maxbytes(const struct inode *inode)
{
	return inode->i_sb ? inode->i_sb->s_maxbytes : MAX_LFS_FILESIZE;
}

#endif /* _MM_LIB_FILE_RW_H */

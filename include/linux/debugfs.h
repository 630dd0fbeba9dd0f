/* SPDX-License-Identifier: MIT */
/*
 * Files for who debugs: there is no file system for them. Programs that make some compile, and are
 * told that there are none, as on Linux without CONFIG_DEBUG_FS.
 *
 * Locking: none; any context.
 * Failure: -ENODEV, as an error pointer where a dentry is returned; nothing is kept of what is
 *          passed.
 * Source:  Linux 6.1's debugfs.h.
 */
#ifndef _DEBUGFS_H_
#define _DEBUGFS_H_

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/types.h>

struct dentry;
struct device;
struct vfsmount;

struct debugfs_blob_wrapper {
	void *data;
	unsigned long size; /* bytes */
};

struct debugfs_reg32 {
	char *name;
	unsigned long offset;
};

struct debugfs_regset32 {
	const struct debugfs_reg32 *regs;
	int nregs;
	void __iomem *base;
	struct device *dev;
};

struct debugfs_u32_array {
	u32 *array;
	u32 n_elements;
};

typedef struct vfsmount *(*debugfs_automount_t)(struct dentry *dentry, void *data);

static inline bool debugfs_initialized(void)
{
	return false;
}

/* A file that shows what get(data, &val) has, and sets by set(data, val): it cannot be opened. */
#define DEFINE_DEBUGFS_ATTRIBUTE(__fops, __get, __set, __fmt)            \
	static int __fops##_open(struct inode *inode, struct file *file) \
	{                                                                \
		int (*get)(void *data, u64 *val) = __get;                \
		int (*set)(void *data, u64 val) = __set;                 \
                                                                         \
		(void)inode, (void)file, (void)get, (void)set;           \
		return -ENODEV;                                          \
	}                                                                \
	static const struct file_operations __maybe_unused __fops = {.open = __fops##_open}
#define DEFINE_DEBUGFS_ATTRIBUTE_SIGNED(__fops, __get, __set, __fmt) \
	DEFINE_DEBUGFS_ATTRIBUTE(__fops, __get, __set, __fmt)

/* ---- What returns a dentry ------------------------------------------------------------------- */

#define __DEBUGFS_NONE(function, parameters...)           \
	static inline struct dentry *function(parameters) \
	{                                                 \
		return ERR_PTR(-ENODEV);                  \
	}
__DEBUGFS_NONE(debugfs_lookup, const char *name __maybe_unused,
	       struct dentry *parent __maybe_unused)
__DEBUGFS_NONE(debugfs_create_dir, const char *name __maybe_unused,
	       struct dentry *parent __maybe_unused)
__DEBUGFS_NONE(debugfs_create_file, const char *name __maybe_unused, umode_t mode __maybe_unused,
	       struct dentry *parent __maybe_unused, void *data __maybe_unused,
	       const struct file_operations *fops __maybe_unused)
__DEBUGFS_NONE(debugfs_create_file_unsafe, const char *name __maybe_unused,
	       umode_t mode __maybe_unused, struct dentry *parent __maybe_unused,
	       void *data __maybe_unused, const struct file_operations *fops __maybe_unused)
__DEBUGFS_NONE(debugfs_create_symlink, const char *name __maybe_unused,
	       struct dentry *parent __maybe_unused, const char *dest __maybe_unused)
__DEBUGFS_NONE(debugfs_create_automount, const char *name __maybe_unused,
	       struct dentry *parent __maybe_unused, debugfs_automount_t f __maybe_unused,
	       void *data __maybe_unused)
__DEBUGFS_NONE(debugfs_create_blob, const char *name __maybe_unused, umode_t mode __maybe_unused,
	       struct dentry *parent __maybe_unused,
	       struct debugfs_blob_wrapper *blob __maybe_unused)
__DEBUGFS_NONE(debugfs_rename, struct dentry *old_dir __maybe_unused,
	       struct dentry *old_dentry __maybe_unused, struct dentry *new_dir __maybe_unused,
	       const char *new_name __maybe_unused)
#undef __DEBUGFS_NONE

/* ---- What returns nothing --------------------------------------------------------------------- */

/* Files that show a value of @type. */
#define __DEBUGFS_VALUE(what, type)                                                  \
	static inline void debugfs_create_##what(const char *name, umode_t mode,     \
						 struct dentry *parent, type *value) \
	{                                                                            \
		(void)name, (void)mode, (void)parent, (void)value;                   \
	}
__DEBUGFS_VALUE(u8, u8)
__DEBUGFS_VALUE(u16, u16)
__DEBUGFS_VALUE(u32, u32)
__DEBUGFS_VALUE(u64, u64)
__DEBUGFS_VALUE(ulong, unsigned long)
__DEBUGFS_VALUE(x8, u8)
__DEBUGFS_VALUE(x16, u16)
__DEBUGFS_VALUE(x32, u32)
__DEBUGFS_VALUE(x64, u64)
__DEBUGFS_VALUE(xul, unsigned long)
__DEBUGFS_VALUE(size_t, size_t)
__DEBUGFS_VALUE(atomic_t, atomic_t)
__DEBUGFS_VALUE(bool, bool)
__DEBUGFS_VALUE(str, char *)
__DEBUGFS_VALUE(regset32, struct debugfs_regset32)
__DEBUGFS_VALUE(u32_array, struct debugfs_u32_array)
#undef __DEBUGFS_VALUE

static inline void debugfs_create_file_size(const char *name, umode_t mode, struct dentry *parent,
					    void *data, const struct file_operations *fops,
					    loff_t file_size)
{
	(void)name, (void)mode, (void)parent, (void)data, (void)fops, (void)file_size;
}

static inline void debugfs_create_devm_seqfile(struct device *dev, const char *name,
					       struct dentry *parent,
					       int (*read_fn)(struct seq_file *s, void *data))
{
	(void)dev, (void)name, (void)parent, (void)read_fn;
}

static inline void debugfs_print_regs32(struct seq_file *s, const struct debugfs_reg32 *regs,
					int nregs, void __iomem *base, char *prefix)
{
	(void)s, (void)regs, (void)nregs, (void)base, (void)prefix;
}

static inline void debugfs_remove(struct dentry *dentry)
{
	(void)dentry;
}
#define debugfs_remove_recursive(dentry) debugfs_remove(dentry)

static inline void debugfs_lookup_and_remove(const char *name, struct dentry *parent)
{
	(void)name, (void)parent;
}

/* 0: nothing takes a file away that is none. */
static inline int debugfs_file_get(struct dentry *dentry)
{
	(void)dentry;
	return 0;
}

static inline void debugfs_file_put(struct dentry *dentry)
{
	(void)dentry;
}

#endif /* _DEBUGFS_H_ */

/* SPDX-License-Identifier: MIT */
/*
 * Programs that are modules on Linux: of each that is linked into a program one function begins
 * it, and one ends it. Nobody calls these by himself; who embeds the module does so once mm/ is up.
 *
 *   static int __init nic_init(void) { ... }
 *   module_init(nic_init);                 init_module() is nic_init()
 *
 * Lifetime: init_module() may be called late: a function that it is must not be __init where
 *           that is given back before (linux/init.h).
 * Failure:  init_module() returns -errno, or 0.
 * Source:   Linux 6.1's module.h, as it is where MODULE is defined.
 */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/stringify.h>

int init_module(void);
void cleanup_module(void);

/*
 * The function has this name, too. One of each in what is linked together. As on Linux the
 * semicolon behind it may be missing.
 */
#define module_init(initfn) int init_module(void) __attribute__((__alias__(#initfn)));
#define module_exit(exitfn) void cleanup_module(void) __attribute__((__alias__(#exitfn)));

#define MODULE_LICENSE(license)		__module_says(license)
#define MODULE_AUTHOR(author)		__module_says(author)
#define MODULE_DESCRIPTION(text)	__module_says(description)
#define MODULE_VERSION(version)		__module_says(version)
#define MODULE_ALIAS(alias)		__module_says(alias)
#define MODULE_SOFTDEP(dep)		__module_says(softdep)
#define MODULE_FIRMWARE(firmware)	__module_says(firmware)
#define MODULE_IMPORT_NS(ns)		__module_says(namespace)
#define MODULE_DEVICE_TABLE(type, name) __module_says(table)

/* A module that is part of the kernel is always there. */
#define try_module_get(module) ((void)(module), true)
#define module_put(module)     ((void)(module))
#define __module_get(module)   ((void)(module))
#define module_name(module)    ((void)(module), "kernel")

#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME "baremm"
#endif

/* When a module begins on Linux that is part of the kernel: there is one order here. */
#define early_initcall(fn)	   module_init(fn)
#define core_initcall(fn)	   module_init(fn)
#define postcore_initcall(fn)	   module_init(fn)
#define arch_initcall(fn)	   module_init(fn)
#define subsys_initcall(fn)	   module_init(fn)
#define fs_initcall(fn)		   module_init(fn)
#define rootfs_initcall(fn)	   module_init(fn)
#define device_initcall(fn)	   module_init(fn)
#define late_initcall(fn)	   module_init(fn)
#define console_initcall(fn)	   module_init(fn)
#define pure_initcall(fn)	   module_init(fn)
#define __initcall(fn)		   module_init(fn)
#define __exitcall(fn)		   module_exit(fn)
#define core_initcall_sync(fn)	   module_init(fn)
#define postcore_initcall_sync(fn) module_init(fn)
#define arch_initcall_sync(fn)	   module_init(fn)
#define subsys_initcall_sync(fn)   module_init(fn)
#define fs_initcall_sync(fn)	   module_init(fn)
#define device_initcall_sync(fn)   module_init(fn)
#define late_initcall_sync(fn)	   module_init(fn)

/* What comes with this header on Linux. */
#include <linux/ratelimit.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/jump_label.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/srcu.h>

#endif /* _LINUX_MODULE_H */

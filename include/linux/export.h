/* SPDX-License-Identifier: MIT */
/*
 * What a module offers others: whoever is linked with it finds all that is not static, so nothing
 * is to be done, and the namespace and the licence are not asked for. Source: Linux's export.h.
 */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#include <linux/compiler.h>
#include <linux/stringify.h>

struct module;

/* As of what is part of the kernel. */
#define THIS_MODULE ((struct module *)0)

/* One declaration that says nothing, so that a semicolon may follow. */
#define __EXPORTED(sym)		      struct exports_nothing
#define EXPORT_SYMBOL(sym)	      __EXPORTED(sym)
#define EXPORT_SYMBOL_GPL(sym)	      __EXPORTED(sym)
#define EXPORT_SYMBOL_NS(sym, ns)     __EXPORTED(sym)
#define EXPORT_SYMBOL_NS_GPL(sym, ns) __EXPORTED(sym)

#endif /* _LINUX_EXPORT_H */

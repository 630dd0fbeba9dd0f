/* SPDX-License-Identifier: MIT */
/*
 * A module's options, and what it says of itself. Nothing gives a module arguments here: its
 * parameters keep the values that they are defined with, as those of one that is loaded without
 * any. What is said of it is kept nowhere.
 *
 * Source: Linux 6.1's moduleparam.h.
 */
#ifndef _LINUX_MODULEPARAM_H
#define _LINUX_MODULEPARAM_H

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/stringify.h>
#include <linux/types.h>

/* A declaration that says nothing; and one that @var is used. */
#define __module_says(what)	  struct module_says_nothing
#define __module_param(name, var) static __maybe_unused const void *const __param_of_##name = &(var)

#define module_param(name, type, perm)		     __module_param(name, name)
#define module_param_named(name, value, type, perm)  __module_param(name, value)
#define module_param_unsafe(name, type, perm)	     module_param(name, type, perm)
#define module_param_string(name, string, len, perm) __module_param(name, string)
#define core_param(name, var, type, perm)	     __module_param(name, var)

/* @nump points at how many were given, or is NULL. */
#define module_param_array(name, type, nump, perm) \
	__module_param(name, name);                \
	static __maybe_unused const void *const __nump_of_##name = (nump)

#define MODULE_PARM_DESC(param, desc) __module_says(param)
#define MODULE_INFO(tag, info)	      __module_says(tag)

#endif /* _LINUX_MODULEPARAM_H */

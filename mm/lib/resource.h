/* SPDX-License-Identifier: MIT */
/*
 * What the files over trees of resources (linux/ioport.h) share.
 *
 * Locking: resource_lock, held by the callers.
 */
#ifndef _MM_LIB_RESOURCE_H
#define _MM_LIB_RESOURCE_H

#include <linux/ioport.h>
#include <linux/spinlock.h>

extern spinlock_t resource_lock;

/* Makes @res a child of @root: NULL, or what is in the way. */
struct resource *resource_request(struct resource *root, struct resource *res);

/* The one behind @res on a walk over all below @root, parents first; NULL: it was the last. */
struct resource *resource_next(struct resource *res, const struct resource *root);

#endif /* _MM_LIB_RESOURCE_H */

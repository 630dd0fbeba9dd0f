/* SPDX-License-Identifier: MIT */
/* Shrinkers: what reclaim needs of them. */
#ifndef _MM_SHRINKER_H
#define _MM_SHRINKER_H

#include <linux/gfp.h>

/*
 * Asks all shrinkers for node @nid's share, 1 / 2^@priority of what they have and more
 * the cheaper it is to make anew. Returns the objects freed.
 */
unsigned long shrink_slab(gfp_t gfp, int nid, int priority);

/* No shrinkers, for hosts that bring up several machines. */
void shrinker_reset(void);

#endif /* _MM_SHRINKER_H */

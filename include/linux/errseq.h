/* SPDX-License-Identifier: MIT */
/*
 * Errors that each of several watchers is told of once: the last one, a bit that says whether
 * anybody has looked at it, and a count of those that somebody had.
 *
 *   | count              | seen | error |
 *    31               13    12   11    0
 *
 * Owns:       nothing; an errseq_t is its user's, 0 at first.
 * Invariants: it changes with each error that comes after somebody looked.
 * Locking:    none: changes are atomic. A watcher's own mark needs his lock.
 * Units:      errors are -errno, -1 to -MAX_ERRNO.
 * Failure:    errseq_set() of what is no error warns, and changes nothing.
 * Source:     Linux's Documentation/core-api/errseq.rst.
 */
#ifndef _LINUX_ERRSEQ_H
#define _LINUX_ERRSEQ_H

#include <linux/types.h>

typedef u32 errseq_t;

/* Notes @err. The value until then, to be shown: it is no mark for errseq_check(). */
errseq_t errseq_set(errseq_t *eseq, int err);

/* A mark for a new watcher: 0, so that he is told of it, where nobody has seen the last error. */
errseq_t errseq_sample(errseq_t *eseq);

/* The last error if there was one since @since, else 0. Nobody counts as told. */
int errseq_check(errseq_t *eseq, errseq_t since);

/* The same, and *@since moves on: the watcher is told. */
int errseq_check_and_advance(errseq_t *eseq, errseq_t *since);

#endif /* _LINUX_ERRSEQ_H */

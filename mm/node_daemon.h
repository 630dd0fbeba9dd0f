/* SPDX-License-Identifier: MIT */
/*
 * What a node does beside its allocations: on Linux a thread of the node, here a CPU that
 * has nothing else to do, or whoever allocates.
 *
 *   ask ──► wanted ──┬─ the daemon's CPU: as work, when it has ended what it does
 *                    └─ node_daemon_poll(), at defined points, where that CPU is busy,
 *                       or there is none
 *
 * A CPU is lost to no daemon: a daemon for which much is to be done ends between two steps
 * where other work waits for its CPU (more_work_waits()), asks again, and so comes last.
 *
 * Owns:       who is the daemon, and whether there is something to do. What it is
 *             lies in fields of the node, under the daemon's lock.
 * Invariants: one CPU at most does a daemon's work at a time. The boot CPU, which goes the
 *             program's own way, is no daemon's CPU.
 * Lifetime:   from node_daemon_init() on; CPUs from node_daemons_place() on.
 * Locking:    `fn` is called without a lock.
 * Failure:    none.
 */
#ifndef _MM_NODE_DAEMON_H
#define _MM_NODE_DAEMON_H

#include <linux/mmzone.h>

/* Takes what is asked for under daemon->lock, with node_daemon_take(), and does it. */
typedef void node_daemon_fn(pg_data_t *pgdat);

void node_daemon_init(struct node_daemon *daemon, work_func_t func);

/* There is something to do. With daemon->lock held; then node_daemon_wake() without it. */
void node_daemon_ask(struct node_daemon *daemon);
void node_daemon_wake(struct node_daemon *daemon);

/* Is there something to do? From now on there is not. With daemon->lock held. */
bool node_daemon_take(struct node_daemon *daemon);

/* What there is to do, if another CPU does it not already. */
void node_daemon_run(struct node_daemon *daemon, pg_data_t *pgdat, node_daemon_fn *fn);

/* The same for a CPU that is not the daemon's, which is left to it if it has time. */
void node_daemon_poll(struct node_daemon *daemon, pg_data_t *pgdat, node_daemon_fn *fn);

/*
 * Gives the daemons of each node with memory a CPU: of those that are nearest to it, mostly
 * its own, the last, but the boot CPU. Says so. Again after CPUs came or went.
 */
void node_daemons_place(void);

#endif /* _MM_NODE_DAEMON_H */

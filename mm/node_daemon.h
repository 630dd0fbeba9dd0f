/* SPDX-License-Identifier: MIT */
/*
 * What a node does beside its allocations: on Linux a thread of the node, here a CPU of
 * its own, or whoever has time.
 *
 *   ask ──► wanted ──► the CPU that is the daemon, waiting in node_daemon_run()
 *                 └──► else node_daemon_poll(), at defined points
 *
 * Owns:       who is the daemon, and whether there is something to do. What it is
 *             lies in fields of the node, under the wait queue's lock.
 * Invariants: one CPU at most does a daemon's work at a time.
 * Lifetime:   from node_daemon_init() on.
 * Locking:    `work` is called without a lock.
 * Failure:    none.
 */
#ifndef _MM_NODE_DAEMON_H
#define _MM_NODE_DAEMON_H

#include <linux/mmzone.h>

/* Takes what is asked for under daemon->wait.lock, with node_daemon_take(), and does it. */
typedef void node_daemon_work_t(pg_data_t *pgdat);

void node_daemon_init(struct node_daemon *daemon);

/* There is something to do. With daemon->wait.lock held. */
void node_daemon_ask(struct node_daemon *daemon);

/* Is there something to do? From now on there is not. With daemon->wait.lock held. */
bool node_daemon_take(struct node_daemon *daemon);

/* This CPU is the daemon until node_daemon_stop(); waits for one that is already. */
void node_daemon_run(struct node_daemon *daemon, pg_data_t *pgdat, node_daemon_work_t *work);
void node_daemon_stop(struct node_daemon *daemon);

/* The work, if there is any, and no CPU is the daemon. */
void node_daemon_poll(struct node_daemon *daemon, pg_data_t *pgdat, node_daemon_work_t *work);

#endif /* _MM_NODE_DAEMON_H */

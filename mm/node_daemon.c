// SPDX-License-Identifier: MIT
/* Who does a node's work in the background, and when. Contract: node_daemon.h. */
#include "node_daemon.h"

#include <linux/wait.h>

void node_daemon_init(struct node_daemon *daemon)
{
	*daemon = (struct node_daemon){};
	init_waitqueue_head(&daemon->wait);
}

void node_daemon_ask(struct node_daemon *daemon)
{
	__atomic_store_n(&daemon->wanted, true, __ATOMIC_RELEASE);
	__wake_up_locked_key(&daemon->wait, TASK_NORMAL, 1, NULL);
}

bool node_daemon_take(struct node_daemon *daemon)
{
	bool wanted = daemon->wanted;

	__atomic_store_n(&daemon->wanted, false, __ATOMIC_RELAXED);
	return wanted;
}

/* This CPU is the daemon until it lets go; false where another one is. */
static bool claim(struct node_daemon *daemon)
{
	return !__atomic_exchange_n(&daemon->runs, true, __ATOMIC_ACQUIRE);
}

static void release(struct node_daemon *daemon)
{
	__atomic_store_n(&daemon->runs, false, __ATOMIC_RELEASE);
}

static bool has_work(const struct node_daemon *daemon)
{
	return __atomic_load_n(&daemon->wanted, __ATOMIC_ACQUIRE) ||
	       __atomic_load_n(&daemon->stopped, __ATOMIC_ACQUIRE);
}

void node_daemon_run(struct node_daemon *daemon, pg_data_t *pgdat, node_daemon_work_t *work)
{
	while (!claim(daemon))
		cpu_relax();
	for (;;) {
		wait_event(daemon->wait, has_work(daemon));
		if (__atomic_exchange_n(&daemon->stopped, false, __ATOMIC_ACQUIRE))
			break;
		work(pgdat);
	}
	release(daemon);
}

void node_daemon_stop(struct node_daemon *daemon)
{
	__atomic_store_n(&daemon->stopped, true, __ATOMIC_RELEASE);
	wake_up_all(&daemon->wait);
}

void node_daemon_poll(struct node_daemon *daemon, pg_data_t *pgdat, node_daemon_work_t *work)
{
	if (!__atomic_load_n(&daemon->wanted, __ATOMIC_RELAXED) || !claim(daemon))
		return;
	work(pgdat);
	release(daemon);
}

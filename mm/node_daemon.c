// SPDX-License-Identifier: MIT
/* Who does a node's work in the background, and when. Contract: node_daemon.h. */
#include "node_daemon.h"

#include <linux/cpumask.h>
#include <linux/limits.h>
#include <linux/nodemask.h>
#include <linux/printk.h>
#include <linux/topology.h>
#include <linux/workqueue.h>

#include "internal.h"

void node_daemon_init(struct node_daemon *daemon, work_func_t func)
{
	*daemon = (struct node_daemon){.cpu = -1, .work = {.func = func}};
	spin_lock_init_rank(&daemon->lock, LOCK_RANK_LEAF);
}

/* ---- Asking ----------------------------------------------------------------------------- */

void node_daemon_ask(struct node_daemon *daemon)
{
	__atomic_store_n(&daemon->wanted, true, __ATOMIC_RELEASE);
}

void node_daemon_wake(struct node_daemon *daemon)
{
	if (__atomic_load_n(&daemon->wanted, __ATOMIC_RELAXED))
		schedule_work_on(READ_ONCE(daemon->cpu), &daemon->work);
}

bool node_daemon_take(struct node_daemon *daemon)
{
	bool wanted = daemon->wanted;

	__atomic_store_n(&daemon->wanted, false, __ATOMIC_RELAXED);
	return wanted;
}

/* ---- Doing ------------------------------------------------------------------------------ */

/* This CPU is the daemon until it lets go; false where another one is. */
static bool claim(struct node_daemon *daemon)
{
	return !__atomic_exchange_n(&daemon->runs, true, __ATOMIC_ACQUIRE);
}

static void release(struct node_daemon *daemon)
{
	__atomic_store_n(&daemon->runs, false, __ATOMIC_RELEASE);
}

void node_daemon_run(struct node_daemon *daemon, pg_data_t *pgdat, node_daemon_fn *fn)
{
	if (!__atomic_load_n(&daemon->wanted, __ATOMIC_RELAXED) || !claim(daemon))
		return;
	fn(pgdat);
	release(daemon);
	/* What came meanwhile: the daemon's CPU may have found it claimed. */
	node_daemon_wake(daemon);
}

void node_daemon_poll(struct node_daemon *daemon, pg_data_t *pgdat, node_daemon_fn *fn)
{
	if (!work_is_underway(&daemon->work))
		node_daemon_run(daemon, pgdat, fn);
}

/* ---- Where ------------------------------------------------------------------------------ */

/* Of CPUs that are as near the last; -1 where the boot CPU is alone. */
static int nearest_cpu(int nid)
{
	int best = -1, best_distance = INT_MAX;
	unsigned int cpu;

	for_each_online_cpu (cpu) {
		int distance = node_distance(nid, cpu_to_node((int)cpu));

		if (cpu && distance <= best_distance) {
			best = (int)cpu;
			best_distance = distance;
		}
	}
	return best;
}

void node_daemons_place(void)
{
	int nid;

	for_each_node_state (nid, N_MEMORY) {
		pg_data_t *pgdat = NODE_DATA(nid);
		int cpu = nearest_cpu(nid);

		WRITE_ONCE(pgdat->kswapd.cpu, cpu);
		WRITE_ONCE(pgdat->kcompactd.cpu, cpu);
		if (cpu >= 0)
			pr_info("kswapd%d, kcompactd%d: on CPU#%d\n", nid, nid, cpu);
	}
}

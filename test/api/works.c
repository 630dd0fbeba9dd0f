// SPDX-License-Identifier: MIT
/* A driver that leaves what may sleep to work, in queues, and has numbers for its requests. */
#include <linux/completion.h>
#include <linux/gfp.h>
#include <linux/rcupdate.h>
#include <linux/sbitmap.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#define REQUESTS 64

struct request {
	struct work_struct work;
	struct completion *done;
	unsigned int tag;
};

static struct sbitmap tags;
static struct workqueue_struct *requests;
static unsigned long errors;

static void report(struct work_struct *work)
{
	(void)work;
	errors++;
}
static DECLARE_WORK(reporting, report);

static void serve(struct work_struct *work)
{
	struct request *rq = from_work(rq, work, work);

	if (rq->done)
		complete(rq->done);
	sbitmap_put(&tags, rq->tag);
	kfree(rq);
}

static void old_gone(struct work_struct *work)
{
	kfree(to_rcu_work(work));
}

static int give(struct completion *done)
{
	struct request *rq = kmalloc(sizeof(*rq), GFP_KERNEL);
	int tag;

	if (!rq)
		return -ENOMEM;
	tag = sbitmap_get(&tags);
	if (tag < 0) {
		schedule_work(&reporting);
		kfree(rq);
		return -EBUSY;
	}
	rq->tag = (unsigned int)tag;
	rq->done = done;
	INIT_WORK(&rq->work, serve);
	if (!queue_work(requests, &rq->work))
		return -EINVAL;
	return 0;
}

static bool is_late(struct sbitmap *map, unsigned int tag, void *data)
{
	(void)map;
	*(unsigned int *)data = tag;
	return true;
}

int api_works(struct seq_file *m);
int api_works(struct seq_file *m)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct rcu_work *old = kzalloc(sizeof(*old), GFP_KERNEL);
	unsigned int last = REQUESTS;
	int err;

	if (!old)
		return -ENOMEM;
	err = sbitmap_init_node(&tags, REQUESTS, -1, GFP_KERNEL, NUMA_NO_NODE, false, true);
	requests = alloc_workqueue("requests/%u", WQ_UNBOUND | WQ_MEM_RECLAIM, 0, REQUESTS);
	if (err || !requests)
		return err ? err : -ENOMEM;
	err = give(&done);
	if (!err)
		wait_for_completion(&done);
	INIT_RCU_WORK(old, old_gone);
	queue_rcu_work(requests, old);
	rcu_barrier();
	if (work_pending(&reporting) || work_busy(&reporting) & WORK_BUSY_RUNNING)
		cancel_work_sync(&reporting);
	flush_workqueue(requests);
	sbitmap_for_each_set(&tags, is_late, &last);
	sbitmap_show(&tags, m);
	sbitmap_bitmap_show(&tags, m);
	drain_workqueue(requests);
	destroy_workqueue(requests);
	sbitmap_free(&tags);
	return err;
}

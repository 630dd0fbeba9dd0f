// SPDX-License-Identifier: MIT
/* A queue of pointers in a ring. Contract: linux/ptr_ring.h. */
#include <linux/ptr_ring.h>

#include <linux/overflow.h>

/* NULL for what was taken, from its end on: the producer waits at its beginning. */
static void clear_taken(struct ptr_ring *r, int end)
{
	while (--end >= r->consumer_tail)
		smp_store_release(&r->queue[end], NULL);
}

void __ptr_ring_discard_one(struct ptr_ring *r)
{
	int head = r->consumer_head + 1;

	if (unlikely(head - r->consumer_tail >= r->batch || head >= r->size)) {
		clear_taken(r, head);
		r->consumer_tail = head;
	}
	if (unlikely(head >= r->size))
		head = r->consumer_tail = 0;
	WRITE_ONCE(r->consumer_head, head);
}

/* Two cache lines of entries at once, but one at a time of a ring that is not four long. */
static void set_size(struct ptr_ring *r, int size)
{
	r->size = size;
	r->batch = SMP_CACHE_BYTES * 2 / sizeof(*r->queue);
	if (r->batch > size / 2)
		r->batch = 1;
}

static void **alloc_queue(int size, gfp_t gfp)
{
	if (size < 0 || (size_t)size > KMALLOC_MAX_SIZE / sizeof(void *))
		return NULL;
	return kvmalloc_array((size_t)size, sizeof(void *), gfp | __GFP_ZERO);
}

int ptr_ring_init(struct ptr_ring *r, int size, gfp_t gfp)
{
	void **queue = alloc_queue(size, gfp);

	if (!queue)
		return -ENOMEM;
	r->queue = queue;
	r->producer = r->consumer_head = r->consumer_tail = 0;
	set_size(r, size);
	spin_lock_init(&r->producer_lock);
	spin_lock_init(&r->consumer_lock);
	return 0;
}

void ptr_ring_cleanup(struct ptr_ring *r, void (*destroy)(void *))
{
	void *ptr;

	if (destroy)
		while ((ptr = ptr_ring_consume(r)))
			destroy(ptr);
	kvfree(r->queue);
}

/* Moves what is in @r to @queue; the old queue. Both locks are held. */
static void **move_to(struct ptr_ring *r, void **queue, int size, void (*destroy)(void *))
{
	void **old = r->queue, *ptr;
	int nr = 0;

	while ((ptr = __ptr_ring_consume(r))) {
		if (nr < size)
			queue[nr++] = ptr;
		else if (destroy)
			destroy(ptr);
	}
	r->queue = queue;
	r->producer = nr < size ? nr : 0;
	r->consumer_head = r->consumer_tail = 0;
	set_size(r, size);
	return old;
}

static void **swap_queue(struct ptr_ring *r, void **queue, int size, void (*destroy)(void *))
{
	unsigned long flags;

	spin_lock_irqsave(&r->consumer_lock, flags);
	spin_lock(&r->producer_lock);
	queue = move_to(r, queue, size, destroy);
	spin_unlock(&r->producer_lock);
	spin_unlock_irqrestore(&r->consumer_lock, flags);
	return queue;
}

int ptr_ring_resize(struct ptr_ring *r, int size, gfp_t gfp, void (*destroy)(void *))
{
	void **queue = alloc_queue(size, gfp);

	if (!queue)
		return -ENOMEM;
	kvfree(swap_queue(r, queue, size, destroy));
	return 0;
}

int ptr_ring_resize_multiple(struct ptr_ring **rings, unsigned int nrings, int size, gfp_t gfp,
			     void (*destroy)(void *))
{
	void ***queues = kmalloc_array(nrings, sizeof(*queues), gfp);
	unsigned int nr;
	int err = 0;

	if (!queues)
		return -ENOMEM;
	for (nr = 0; nr < nrings && !err; nr++) {
		queues[nr] = alloc_queue(size, gfp);
		err = queues[nr] ? 0 : -ENOMEM;
	}
	for (unsigned int i = 0; i < nr; i++)
		kvfree(err ? queues[i] : swap_queue(rings[i], queues[i], size, destroy));
	kfree(queues);
	return err;
}

void ptr_ring_unconsume(struct ptr_ring *r, void **batch, int n, void (*destroy)(void *))
{
	unsigned long flags;

	spin_lock_irqsave(&r->consumer_lock, flags);
	spin_lock(&r->producer_lock);
	if (r->size) {
		clear_taken(r, r->consumer_head);
		r->consumer_tail = r->consumer_head;
	}
	while (n && r->size) {
		int head = (r->consumer_head ? r->consumer_head : r->size) - 1;

		if (r->queue[head])
			break; /* the youngest: no room */
		r->queue[head] = batch[--n];
		r->consumer_tail = head;
		WRITE_ONCE(r->consumer_head, head);
	}
	while (n)
		destroy(batch[--n]);
	spin_unlock(&r->producer_lock);
	spin_unlock_irqrestore(&r->consumer_lock, flags);
}

// SPDX-License-Identifier: MIT
/* A driver with queues of events, a heap of deadlines and a radix tree of requests. */
#include <linux/array_size.h>
#include <linux/gcd.h>
#include <linux/jiffies.h>
#include <linux/kfifo.h>
#include <linux/lcm.h>
#include <linux/min_heap.h>
#include <linux/radix-tree.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/swab.h>
#include <linux/util_macros.h>

struct event {
	u64 when;
	int kind;
};

static DEFINE_SPINLOCK(requests_lock);
static RADIX_TREE(requests, GFP_ATOMIC);

static DEFINE_KFIFO(keys, u16, 8);

struct port {
	STRUCT_KFIFO_REC_1(128) lines;
	struct kfifo_rec_ptr_2 packets;
	DECLARE_KFIFO(events, struct event, 32);
	DECLARE_KFIFO_PTR(text, char);
	struct kfifo raw;
	struct min_heap deadlines;
};

static bool sooner(const void *lhs, const void *rhs)
{
	return *(const u64 *)lhs < *(const u64 *)rhs;
}

static void exchange(void *lhs, void *rhs)
{
	u64 was = *(u64 *)lhs;

	*(u64 *)lhs = *(u64 *)rhs;
	*(u64 *)rhs = was;
}

static const struct min_heap_callbacks by_time = {
	.elem_size = sizeof(u64),
	.less = sooner,
	.swp = exchange,
};

int port_open(struct port *port, u64 *room, int nr);
int port_open(struct port *port, u64 *room, int nr)
{
	int err;

	INIT_KFIFO(port->events);
	INIT_KFIFO(port->text);
	err = kfifo_alloc(&port->text, PAGE_SIZE, GFP_KERNEL);
	if (err)
		return err;
	port->deadlines = (struct min_heap){.data = room, .nr = nr, .size = 2 * nr};
	min_heapify_all(&port->deadlines, &by_time);
	return kfifo_init(&port->raw, room, (unsigned int)nr);
}

unsigned int port_event(struct port *port, u64 when, u64 period, spinlock_t *lock);
unsigned int port_event(struct port *port, u64 when, u64 period, spinlock_t *lock)
{
	struct event ev = {.when = when, .kind = (int)gcd(when, period)};
	char line[32], *end = stpcpy(line, "event");

	if (kfifo_is_full(&port->events))
		kfifo_skip(&port->events);
	kfifo_put(&port->events, ev);
	if (kfifo_peek(&port->events, &ev) && kfifo_get(&port->events, &ev))
		when = lcm_not_zero(ev.when, period);
	min_heap_push(&port->deadlines, &when, &by_time);
	min_heap_pop_push(&port->deadlines, &when, &by_time);
	min_heap_pop(&port->deadlines, &by_time);
	kfifo_in_spinlocked(&port->text, line, (unsigned int)(end - line), lock);
	return kfifo_out_spinlocked(&port->text, line, 4, lock) + kfifo_len(&port->raw);
}

unsigned int port_packet(struct port *port, u8 *packet, unsigned int len, struct scatterlist *sg);
unsigned int port_packet(struct port *port, u8 *packet, unsigned int len, struct scatterlist *sg)
{
	unsigned int nr;

	INIT_KFIFO(port->lines);
	if (kfifo_alloc(&port->packets, 4096, GFP_KERNEL))
		return 0;
	if (kfifo_avail(&port->packets) < len || kfifo_in(&port->packets, packet, len) != len)
		kfifo_skip(&port->packets);
	nr = kfifo_out(&port->packets, packet, kfifo_peek_len(&port->packets));
	nr += kfifo_dma_in_prepare(&port->packets, sg, 2, 64);
	kfifo_dma_in_finish(&port->packets, 64);
	nr += kfifo_dma_out_prepare(&port->packets, sg, 2, 64);
	kfifo_dma_out_finish(&port->packets, 64);
	nr += kfifo_put(&keys, (u16)len) + kfifo_put(&port->lines, 'x');
	kfifo_free(&port->packets);
	return nr;
}

int request_add(unsigned long id, void *request);
int request_add(unsigned long id, void *request)
{
	int err = radix_tree_preload(GFP_KERNEL);

	if (err)
		return err;
	spin_lock(&requests_lock);
	err = radix_tree_insert(&requests, id, request);
	if (!err)
		radix_tree_tag_set(&requests, id, 0);
	spin_unlock(&requests_lock);
	radix_tree_preload_end();
	return err;
}

unsigned int requests_drop(unsigned long from);
unsigned int requests_drop(unsigned long from)
{
	struct radix_tree_iter iter;
	void __rcu **slot;
	void *some[4];
	unsigned int nr;

	spin_lock(&requests_lock);
	nr = radix_tree_gang_lookup_tag(&requests, some, from, 4, 0);
	radix_tree_for_each_tagged(slot, &requests, &iter, from, 0)
	{
		kfree(radix_tree_deref_slot_protected(slot, &requests_lock));
		radix_tree_iter_delete(&requests, &iter, slot);
	}
	spin_unlock(&requests_lock);
	return nr;
}

/* As many with the tag as lie side by side from @id on. */
unsigned int requests_run(unsigned long id);
unsigned int requests_run(unsigned long id)
{
	const unsigned int flags = RADIX_TREE_ITER_TAGGED | RADIX_TREE_ITER_CONTIG | 0;
	struct radix_tree_iter iter;
	void __rcu **slot;
	unsigned int nr = 0;

	rcu_read_lock();
	if (!radix_tree_iter_lookup(&requests, &iter, id))
		goto unlock;
	slot = radix_tree_iter_init(&iter, id);
	while (slot || (slot = radix_tree_next_chunk(&requests, &iter, flags))) {
		if (radix_tree_deref_retry(radix_tree_deref_slot(slot))) {
			slot = radix_tree_iter_retry(&iter);
			continue;
		}
		nr++;
		slot = radix_tree_next_slot(slot, &iter, flags);
	}
unlock:
	rcu_read_unlock();
	return nr;
}

int port_speed(u32 hz);
int port_speed(u32 hz)
{
	static const u32 speeds[] = {9600, 19200, 115200};
	u64 now = get_jiffies_64(), end = now + nsecs_to_jiffies64(1000);

	if (time_after64(now, end) || is_insidevar(&speeds[1], hz))
		return -1;
	return find_closest(swahw32p(&hz), speeds, ARRAY_SIZE(speeds));
}

// SPDX-License-Identifier: MIT
/* Dumps of many things, and of lists of them. Contract: linux/seq_file.h. */
#include <linux/seq_file.h>

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/percpu-defs.h>
#include <linux/rcupdate.h>

int seq_run(struct seq_file *m, const struct seq_operations *op)
{
	loff_t pos = 0;
	int err = 0;
	void *v;

	m->op = op;
	for (v = op->start(m, &pos); !IS_ERR_OR_NULL(v); v = op->next(m, v, &pos)) {
		err = op->show(m, v);
		if (err < 0)
			break;
	}
	if (IS_ERR(v))
		err = (int)PTR_ERR(v);
	op->stop(m, v);
	m->op = NULL;
	return min(err, 0);
}

/* ---- Lists ---------------------------------------------------------------------------------- */

struct list_head *seq_list_start(struct list_head *head, loff_t pos)
{
	struct list_head *at;

	list_for_each (at, head)
		if (pos-- == 0)
			return at;
	return NULL;
}

struct list_head *seq_list_start_head(struct list_head *head, loff_t pos)
{
	return pos ? seq_list_start(head, pos - 1) : head;
}

struct list_head *seq_list_next(void *v, struct list_head *head, loff_t *ppos)
{
	struct list_head *next = ((struct list_head *)v)->next;

	++*ppos;
	return next == head ? NULL : next;
}

struct list_head *seq_list_start_rcu(struct list_head *head, loff_t pos)
{
	struct list_head *at;

	for (at = rcu_dereference(head->next); at != head; at = rcu_dereference(at->next))
		if (pos-- == 0)
			return at;
	return NULL;
}

struct list_head *seq_list_start_head_rcu(struct list_head *head, loff_t pos)
{
	return pos ? seq_list_start_rcu(head, pos - 1) : head;
}

struct list_head *seq_list_next_rcu(void *v, struct list_head *head, loff_t *ppos)
{
	struct list_head *next = rcu_dereference(((struct list_head *)v)->next);

	++*ppos;
	return next == head ? NULL : next;
}

/* ---- Lists with one end ----------------------------------------------------------------------- */

/* With RCU's loads, which are right without RCU, too. */
struct hlist_node *seq_hlist_start_rcu(struct hlist_head *head, loff_t pos)
{
	struct hlist_node *at;

	for (at = rcu_dereference(head->first); at; at = rcu_dereference(at->next))
		if (pos-- == 0)
			return at;
	return NULL;
}

struct hlist_node *seq_hlist_start_head_rcu(struct hlist_head *head, loff_t pos)
{
	return pos ? seq_hlist_start_rcu(head, pos - 1) : SEQ_START_TOKEN;
}

struct hlist_node *seq_hlist_next_rcu(void *v, struct hlist_head *head, loff_t *ppos)
{
	struct hlist_node *node = v;

	++*ppos;
	return rcu_dereference(*(v == SEQ_START_TOKEN ? &head->first : &node->next));
}

struct hlist_node *seq_hlist_start(struct hlist_head *head, loff_t pos)
{
	return seq_hlist_start_rcu(head, pos);
}

struct hlist_node *seq_hlist_start_head(struct hlist_head *head, loff_t pos)
{
	return seq_hlist_start_head_rcu(head, pos);
}

struct hlist_node *seq_hlist_next(void *v, struct hlist_head *head, loff_t *ppos)
{
	return seq_hlist_next_rcu(v, head, ppos);
}

/* The first one of CPU *@cpu's or of a later CPU's list. */
static struct hlist_node *first_from(struct hlist_head __percpu *head, int *cpu)
{
	for (; *cpu < (int)nr_cpu_ids; *cpu = (int)cpumask_next(*cpu, cpu_possible_mask)) {
		struct hlist_node *first = per_cpu_ptr(head, *cpu)->first;

		if (first)
			return first;
	}
	return NULL;
}

struct hlist_node *seq_hlist_next_percpu(void *v, struct hlist_head __percpu *head, int *cpu,
					 loff_t *pos)
{
	struct hlist_node *node = v;

	++*pos;
	if (node->next)
		return node->next;
	*cpu = (int)cpumask_next(*cpu, cpu_possible_mask);
	return first_from(head, cpu);
}

struct hlist_node *seq_hlist_start_percpu(struct hlist_head __percpu *head, int *cpu, loff_t pos)
{
	struct hlist_node *node;
	loff_t at = 0;

	*cpu = (int)cpumask_first(cpu_possible_mask);
	node = first_from(head, cpu);
	while (node && at < pos)
		node = seq_hlist_next_percpu(node, head, cpu, &at);
	return node;
}

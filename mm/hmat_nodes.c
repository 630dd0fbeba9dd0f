/* SPDX-License-Identifier: MIT */
/*
 * HMAT's entries to the speed of each node's memory, by Linux's choice of
 * initiators: the one that firmware calls local, else those that are best in write
 * latency, among these in read latency, then in write and read bandwidth.
 */
#include <linux/node.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "acpi.h"
#include "internal.h"

/* In the order in which they decide. */
enum { WRITE_LATENCY, READ_LATENCY, WRITE_BANDWIDTH, READ_BANDWIDTH, NR_ATTRS };

/* By node, as many as there are; NULL without a table that can be used. */
static struct node_hmem_attrs (*node_attrs)[NR_NODE_ACCESS_CLASSES];
static nodemask_t known_nodes;

/* The same of each initiator, by it and by the target, as many as there are nodes of each. */
bool hmat_keep_pairs;
static struct node_hmem_attrs *pair_attrs;
static int nr_pair_nodes;

static struct {
	/* The last matrix of each, and by node its row + 1 and its column + 1; 0: none. */
	struct hmat_entry localities[NR_ATTRS];
	u16 row[NR_ATTRS][MAX_NUMNODES];
	u16 column[NR_ATTRS][MAX_NUMNODES];
	nodemask_t initiators;
	s16 local[MAX_NUMNODES]; /* the node that firmware calls local to a node */
} hmat __initbss;

static bool __init covers(u8 data_type, int attr)
{
	switch (data_type) {
	case HMAT_ACCESS_LATENCY:
		return attr == WRITE_LATENCY || attr == READ_LATENCY;
	case HMAT_READ_LATENCY:
		return attr == READ_LATENCY;
	case HMAT_WRITE_LATENCY:
		return attr == WRITE_LATENCY;
	case HMAT_ACCESS_BANDWIDTH:
		return attr == WRITE_BANDWIDTH || attr == READ_BANDWIDTH;
	case HMAT_READ_BANDWIDTH:
		return attr == READ_BANDWIDTH;
	case HMAT_WRITE_BANDWIDTH:
		return attr == WRITE_BANDWIDTH;
	}
	return false;
}

static unsigned int *__init attr_of(struct node_hmem_attrs *attrs, int attr)
{
	switch (attr) {
	case WRITE_LATENCY:
		return &attrs->write_latency;
	case READ_LATENCY:
		return &attrs->read_latency;
	case WRITE_BANDWIDTH:
		return &attrs->write_bandwidth;
	default:
		return &attrs->read_bandwidth;
	}
}

/* ---- Entries ---------------------------------------------------------------------- */

static int __init note_proximity(const struct hmat_entry *entry)
{
	int target = pxm_to_node(entry->target_pxm), initiator;

	if (!entry->target_valid)
		return 0;
	if (target == NUMA_NO_NODE) {
		pr_notice("acpi/hmat: HMAT: Memory Domain %u missing from SRAT\n",
			  entry->target_pxm);
		return -EINVAL;
	}
	if (!entry->initiator_valid)
		return 0;
	initiator = pxm_to_node(entry->initiator_pxm);
	if (initiator == NUMA_NO_NODE) {
		pr_notice("acpi/hmat: HMAT: Invalid Processor Domain %u\n", entry->initiator_pxm);
		return -EINVAL;
	}
	hmat.local[target] = (s16)initiator;
	return 0;
}

/* Where the nodes stand in a list of domains, the first counting from 1; 0: nowhere. */
static void __init index_domains(const void *domains, u32 nr, u16 at[MAX_NUMNODES])
{
	memset(at, 0, MAX_NUMNODES * sizeof(*at));
	for (u32 i = nr; i-- > 0;) {
		int nid = pxm_to_node(acpi_u32(domains, 4 * i));

		if (nid != NUMA_NO_NODE)
			at[nid] = (u16)(i + 1);
	}
}

static void __init use_locality(const struct hmat_entry *entry, int attr)
{
	hmat.localities[attr] = *entry;
	index_domains(entry->initiators, entry->nr_initiators, hmat.row[attr]);
	index_domains(entry->targets, entry->nr_targets, hmat.column[attr]);
}

static void __init note_locality(const struct hmat_entry *entry)
{
	for (u32 i = 0; i < entry->nr_initiators; i++) {
		int nid = pxm_to_node(acpi_u32(entry->initiators, 4 * i));

		if (nid != NUMA_NO_NODE)
			node_set(nid, hmat.initiators);
	}
	if (!entry->memory_only)
		return;
	for (int attr = 0; attr < NR_ATTRS; attr++)
		if (covers(entry->data_type, attr))
			use_locality(entry, attr);
}

static int __init note_entry(const struct hmat_entry *entry, void *arg)
{
	(void)arg;
	if (entry->type == HMAT_PROXIMITY)
		return note_proximity(entry);
	if (entry->type == HMAT_LOCALITY)
		note_locality(entry);
	return 0;
}

/* ---- Nodes ------------------------------------------------------------------------ */

static u32 __init attr_value(int attr, int initiator, int target)
{
	u16 row = hmat.row[attr][initiator], column = hmat.column[attr][target];

	if (!row || !column)
		return 0;
	return hmat_value(&hmat.localities[attr], row - 1u, column - 1u);
}

static bool __init is_better(int attr, u32 value, u32 best)
{
	if (!value || !best)
		return value > best;
	return attr <= READ_LATENCY ? value < best : value > best;
}

/* What is best for @target among @candidates, which become those that offer it. */
static u32 __init best_value(int attr, int target, nodemask_t *candidates)
{
	u32 best = 0;
	int nid;

	for_each_node_mask (nid, *candidates) {
		u32 value = attr_value(attr, nid, target);

		if (is_better(attr, value, best))
			best = value;
	}
	for_each_node_mask (nid, *candidates)
		if (attr_value(attr, nid, target) != best)
			node_clear(nid, *candidates);
	return best;
}

static void __init set_attrs(int target, unsigned int access)
{
	struct node_hmem_attrs *attrs = &node_attrs[target][access];
	nodemask_t candidates = {};
	int local = hmat.local[target], nid;

	if (local != NUMA_NO_NODE && (access == 0 || node_state(local, N_CPU))) {
		node_set(local, candidates);
	} else {
		for_each_node_mask (nid, hmat.initiators)
			if (access == 0 || node_state(nid, N_CPU))
				node_set(nid, candidates);
	}
	for (int attr = 0; attr < NR_ATTRS; attr++)
		*attr_of(attrs, attr) = best_value(attr, target, &candidates);
}

static void __init keep_pairs(int nr)
{
	size_t nr_pairs = (size_t)nr * (size_t)nr;
	struct node_hmem_attrs *pairs =
		early_alloc(round_up(nr_pairs * sizeof(*pairs), PAGE_SIZE), NUMA_NO_NODE);

	if (!pairs) {
		pr_err("acpi/hmat: HMAT: no memory for what it tells of %zu pairs\n", nr_pairs);
		return;
	}
	for (int from = 0; from < nr; from++)
		for (int to = 0; to < nr; to++)
			for (int attr = 0; attr < NR_ATTRS; attr++)
				*attr_of(&pairs[from * nr + to], attr) = attr_value(attr, from, to);
	pair_attrs = pairs;
	nr_pair_nodes = nr;
}

void __init hmat_init(void)
{
	size_t length, nr = 0;
	const void *table = acpi_find_table("HMAT", &length);
	int nid;

	hmat_reset();
	if (!table || numa_no_hmat || !srat_is_used())
		return;
	if (numa_fake) {
		pr_info("acpi/hmat: HMAT: not used, it knows nothing of fake nodes\n");
		return;
	}
	memset(&hmat, 0, sizeof(hmat));
	memset(hmat.local, 0xff, sizeof(hmat.local));
	if (hmat_for_each(table, length, note_entry, NULL)) {
		pr_notice("acpi/hmat: HMAT: Ignoring: Invalid table\n");
		return;
	}
	for_each_online_node (nid)
		nr = (size_t)nid + 1;
	node_attrs = early_alloc(round_up(nr * sizeof(*node_attrs), PAGE_SIZE), NUMA_NO_NODE);
	if (!node_attrs) {
		pr_err("acpi/hmat: HMAT: no memory for what it tells of %zu nodes\n", nr);
		return;
	}
	for_each_online_node (nid) {
		for (unsigned int access = 0; access < NR_NODE_ACCESS_CLASSES; access++)
			set_attrs(nid, access);
		node_set(nid, known_nodes);
	}
	if (hmat_keep_pairs)
		keep_pairs((int)nr);
}

int node_get_pair_attrs(int initiator, int target, struct node_hmem_attrs *attrs)
{
	if (initiator < 0 || target < 0 || max(initiator, target) >= nr_pair_nodes)
		return -ENOENT;
	*attrs = pair_attrs[initiator * nr_pair_nodes + target];
	return 0;
}

int node_get_perf_attrs(int nid, unsigned int access, struct node_hmem_attrs *attrs)
{
	if (nid < 0 || nid >= MAX_NUMNODES || access >= NR_NODE_ACCESS_CLASSES ||
	    !node_isset(nid, known_nodes))
		return -ENOENT;
	*attrs = node_attrs[nid][access];
	return 0;
}

void __init hmat_reset(void)
{
	nodes_clear(known_nodes);
	nr_pair_nodes = 0;
}

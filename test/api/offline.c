// SPDX-License-Identifier: MIT
/* A driver for a kernel with every option: what is off here compiles, and does what it does there. */
#include <linux/bootmem_info.h>
#include <linux/fault-inject.h>
#include <linux/highmem.h>
#include <linux/huge_mm.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/page_idle.h>
#include <linux/poison.h>
#include <linux/sched/mm.h>
#include <linux/swiotlb.h>
#include <linux/thread_info.h>
#include <linux/topology.h>

static DECLARE_FAULT_ATTR(fail_offline);

static int offline_callback(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct memory_notify *arg = data;

	(void)nb;
	if (action != MEM_GOING_OFFLINE && action != MEM_ONLINE)
		return NOTIFY_DONE;
	return arg->status_change_nid == NUMA_NO_NODE ? NOTIFY_OK : notifier_from_errno(-EBUSY);
}

static struct notifier_block offline_nb = {.notifier_call = offline_callback,
					   .priority = SLAB_CALLBACK_PRI};

int offline_init(void);
int offline_init(void)
{
	if (hotplug_memory_notifier(offline_callback, IPC_CALLBACK_PRI))
		return -ENOMEM;
	fault_create_debugfs_attr("fail_offline", NULL, &fail_offline);
	return register_memory_notifier(&offline_nb);
}

unsigned long offline_span(struct zone *zone, struct folio *folio);
unsigned long offline_span(struct zone *zone, struct folio *folio)
{
	struct mem_cgroup *old = set_active_memcg(NULL);
	unsigned long pages;
	unsigned int seq;

	get_online_mems();
	do {
		seq = zone_span_seqbegin(zone);
		pages = zone->spanned_pages;
	} while (zone_span_seqretry(zone, seq));
	put_online_mems();
	if (folio_test_idle(folio) || page_is_young(&folio->page) || split_folio(folio))
		pages = 0;
	if (should_fail_ex(&fail_offline, (ssize_t)pages, FAULT_NOWARN))
		pages = 0;
	set_active_memcg(old);
	return pages;
}

void *offline_stack(struct device *dev, int node);
void *offline_stack(struct device *dev, int node)
{
	nodemask_t near = nodemask_of_node(numa_map_to_online_node(node)), both;

	__nodes_and(&both, &near, &node_states[N_MEMORY], MAX_NUMNODES);
	if (__nodes_empty(&both, MAX_NUMNODES) || is_swiotlb_for_alloc(dev))
		return TAIL_MAPPING;
	return __vmalloc(THREAD_SIZE, THREADINFO_GFP);
}

u64 offline_sum(unsigned long pfn);
u64 offline_sum(unsigned long pfn)
{
	u64 *words = kmap_local_pfn(pfn), sum = 0;

	for (size_t i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		sum += words[i];
	kunmap_local(words);
	return sum;
}

void offline_exit(struct page *boot);
void offline_exit(struct page *boot)
{
	unregister_memory_notifier(&offline_nb);
	free_bootmem_page(boot);
}

// SPDX-License-Identifier: MIT
/* What is chosen among nodes. Contract: linux/nodemask.h. */
#include <linux/nodemask.h>

#include <baremm/arch.h>

void node_set_offline(int nid)
{
	if (node_online(nid))
		nr_online_nodes--;
	node_clear_state(nid, N_ONLINE);
}

int node_random(const nodemask_t *maskp)
{
	unsigned int weight = (unsigned int)nodes_weight(*maskp);

	if (!weight)
		return NUMA_NO_NODE;
	return (int)find_nth_bit(maskp->bits, MAX_NUMNODES, arch_random() % weight);
}

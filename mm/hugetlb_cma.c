// SPDX-License-Identifier: MIT
/*
 * The CMA areas of gigantic pages: how large each node's is, reserving them, and a page's
 * way out and back. Contract: hugetlb_cma.h.
 *
 * 3 GB on two nodes, with pages of 1 GB:
 *
 *   up to 1.5 GB per node      node 0: 1.5 GB, rounded up to 2 GB
 *                              node 1: what is left, 1 GB
 */
#define pr_fmt(fmt) "hugetlb_cma: " fmt

#include "hugetlb_cma.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/math.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <baremm/arch.h>

static struct cma *hugetlb_cma[MAX_NUMNODES];
static bool any_area __initbss;

/* What the option asks for, in bytes: on all nodes together, or else by node. */
static phys_addr_t size_on_all __initbss;
static phys_addr_t size_on_node[MAX_NUMNODES] __initbss;
static bool by_node __initbss;

/* ---- The option ----------------------------------------------------------------------- */

/* NODE:SIZE at *@p, which moves past it and the comma that follows. */
static bool __init take_node_size(char **p, unsigned int *nid, phys_addr_t *size)
{
	unsigned long long nr;
	char *start = *p;

	if (*start < '0' || *start > '9')
		return false;
	nr = simple_strtoull(start, p, 10);
	if (**p != ':' || nr >= MAX_NUMNODES)
		return false;
	start = *p + 1;
	*nid = (unsigned int)nr;
	*size = memparse(start, p);
	if (*p == start || (**p && **p != ','))
		return false;
	*p += **p == ',';
	return true;
}

int __init hugetlb_cma_parse_option(char *value)
{
	phys_addr_t all, size;
	bool nodes;
	unsigned int nid;
	char *p = value;

	if (!value || !*value)
		return -EINVAL;
	all = memparse(value, &p);
	nodes = p == value || *p;
	for (p = value; nodes && *p;)
		if (!take_node_size(&p, &nid, &size))
			return -EINVAL;
	size_on_all = nodes ? 0 : all;
	by_node = nodes;
	memset(size_on_node, 0, sizeof(size_on_node));
	for (p = value; nodes && *p && take_node_size(&p, &nid, &size);)
		size_on_node[nid] = size;
	return 0;
}

/* ---- Reserving ------------------------------------------------------------------------ */

/* What it takes at least, in MiB: one page. */
static unsigned long __init least_mib(unsigned int order)
{
	return (PAGE_SIZE << order) / SZ_1M;
}

/* How much that is. */
static phys_addr_t __init reserve_on_node(int nid, phys_addr_t size, unsigned int order)
{
	char name[CMA_MAX_NAME];
	int err;

	size = round_up(size, PAGE_SIZE << order);
	snprintf(name, sizeof(name), "hugetlb%d", nid);
	err = cma_declare_contiguous_nid(0, size, 0, PAGE_SIZE << order, HUGETLB_PAGE_ORDER, false,
					 name, &hugetlb_cma[nid], nid);
	if (err) {
		pr_warn("reservation failed: err %d, node %d\n", err, nid);
		return 0;
	}
	any_area = true;
	pr_info("reserved %lu MiB on node %d\n", (unsigned long)(size / SZ_1M), nid);
	return size;
}

static void __init reserve_evenly(phys_addr_t total, unsigned int order)
{
	unsigned int nodes = (unsigned int)nodes_weight(node_online_map);
	phys_addr_t per_node = total / nodes + (total % nodes != 0), reserved = 0;
	int nid;

	if (total < PAGE_SIZE << order) {
		pr_warn("cma area should be at least %lu MiB\n", least_mib(order));
		return;
	}
	pr_info("reserve %lu MiB, up to %lu MiB per node\n", (unsigned long)(total / SZ_1M),
		(unsigned long)(per_node / SZ_1M));
	for_each_online_node (nid)
		if (reserved < total)
			reserved += reserve_on_node(nid, min(per_node, total - reserved), order);
}

static void __init reserve_by_node(unsigned int order)
{
	for (int nid = 0; nid < MAX_NUMNODES; nid++) {
		if (!size_on_node[nid])
			continue;
		if (!node_online(nid))
			pr_warn("invalid node %d specified\n", nid);
		else if (size_on_node[nid] < PAGE_SIZE << order)
			pr_warn("cma area of node %d should be at least %lu MiB\n", nid,
				least_mib(order));
		else
			reserve_on_node(nid, size_on_node[nid], order);
	}
}

void __init hugetlb_cma_reserve(unsigned int order)
{
	if (!size_on_all && !by_node)
		return;
	if (!arch_hugetlb_valid_size(PAGE_SIZE << order))
		pr_warn("the option isn't supported by current arch\n");
	else if (by_node)
		reserve_by_node(order);
	else
		reserve_evenly(size_on_all, order);
}

bool __init hugetlb_cma_reserved(void)
{
	return any_area;
}

struct cma *hugetlb_cma_area(int nid)
{
	return hugetlb_cma[nid];
}

/* ---- A page's way --------------------------------------------------------------------- */

struct page *hugetlb_cma_alloc(int nid, unsigned int order)
{
	return cma_alloc(hugetlb_cma[nid], 1UL << order, order, true);
}

bool hugetlb_cma_release(struct page *page, unsigned int order)
{
	return cma_release(hugetlb_cma[page_to_nid(page)], page, 1UL << order);
}

void __init hugetlb_cma_reset(void)
{
	size_on_all = 0;
	by_node = any_area = false;
	memset(size_on_node, 0, sizeof(size_on_node));
	memset(hugetlb_cma, 0, sizeof(hugetlb_cma));
}

// SPDX-License-Identifier: MIT
/*
 * The CMA areas that options ask for: cma=SIZE[@START[-END]] for all devices, and
 * cma_pernuma=SIZE on every node for those near it. Contract: cma.h. Rules: Linux 6.1's
 * kernel/dma/contiguous.c.
 */
#define pr_fmt(fmt) "cma: " fmt

#include "cma.h"

#include <linux/cma.h>
#include <linux/dma-map-ops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "internal.h"

/* Linux's CONFIG_CMA_ALIGNMENT: a larger block of an area need not be aligned to its size. */
#define CMA_ALIGNMENT 8

struct cma *dma_contiguous_default_area;
struct cma *dma_contiguous_pernuma_area[MAX_NUMNODES];

/* What the options say, in bytes; an end of 0: none. */
static phys_addr_t size_cmdline, base_cmdline, limit_cmdline, pernuma_size;

/* A number of bytes at *@p, which moves on. False: there is none. */
static bool __init parse_bytes(char **p, phys_addr_t *bytes)
{
	const char *start = *p;

	*bytes = memparse(start, p);
	return *p != start;
}

int __init cma_parse_option(char *value)
{
	phys_addr_t size, base = 0, limit = 0;
	char *p = value;

	if (!value || !parse_bytes(&p, &size))
		return -EINVAL;
	if (*p == '@') {
		p++;
		if (!parse_bytes(&p, &base))
			return -EINVAL;
		limit = base + size;
	}
	if (limit && *p == '-') {
		p++;
		if (!parse_bytes(&p, &limit))
			return -EINVAL;
	}
	if (*p || limit < base)
		return -EINVAL;
	size_cmdline = size;
	base_cmdline = base;
	limit_cmdline = limit;
	return 0;
}

int __init cma_pernuma_parse_option(char *value)
{
	phys_addr_t size;
	char *p = value;

	if (!value || !parse_bytes(&p, &size) || *p)
		return -EINVAL;
	pernuma_size = size;
	return 0;
}

static void __init reserve_pernuma(void)
{
	int nid;

	for_each_online_node (nid) {
		char name[CMA_MAX_NAME];
		int err;

		snprintf(name, sizeof(name), "pernuma%d", nid);
		err = cma_declare_contiguous_nid(0, pernuma_size, 0, 0, 0, false, name,
						 &dma_contiguous_pernuma_area[nid], nid);
		if (err)
			pr_warn("cma_pernuma=: reservation failed: err %d, node %d\n", err, nid);
	}
}

/* At its address alone where the option leaves no other; else from there on. */
void __init dma_contiguous_reserve(phys_addr_t limit)
{
	bool fixed = base_cmdline && base_cmdline + size_cmdline == limit_cmdline;

	if (pernuma_size)
		reserve_pernuma();
	if (!size_cmdline)
		return;
	if (limit_cmdline)
		limit = min(limit, limit_cmdline);
	cma_declare_contiguous(base_cmdline, size_cmdline, limit, 0, 0, fixed, "reserved",
			       &dma_contiguous_default_area);
}

int __init dma_contiguous_reserve_area(phys_addr_t size, phys_addr_t base, phys_addr_t limit,
				       struct cma **res_cma, bool fixed)
{
	return cma_declare_contiguous(base, size, limit, 0, 0, fixed, "reserved", res_cma);
}

/* ---- Taking and giving back ------------------------------------------------------------------ */

struct cma *dma_contiguous_node_area(int nid)
{
	return nid >= 0 && nid < MAX_NUMNODES ? dma_contiguous_pernuma_area[nid] : NULL;
}

struct page *dma_alloc_from_contiguous(struct device *dev, size_t count, unsigned int order,
				       bool no_warn)
{
	struct cma *area = dev_get_cma_area(dev);

	return area ? cma_alloc(area, count, min(order, (unsigned int)CMA_ALIGNMENT), no_warn)
		    : NULL;
}

bool dma_release_from_contiguous(struct device *dev, struct page *pages, int count)
{
	struct cma *area = dev_get_cma_area(dev);

	return area && cma_release(area, pages, (unsigned long)count);
}

static struct page *alloc_from(struct cma *area, size_t size, gfp_t gfp)
{
	unsigned int align = min((unsigned int)get_order(size), (unsigned int)CMA_ALIGNMENT);

	return area ? cma_alloc(area, size >> PAGE_SHIFT, align, gfp & __GFP_NOWARN) : NULL;
}

/* Areas may move pages: that takes time. */
struct page *dma_alloc_contiguous(struct device *dev, size_t size, gfp_t gfp)
{
	struct page *page = NULL;

	if (!gfpflags_allow_blocking(gfp))
		return NULL;
	if (dev->cma_area)
		return alloc_from(dev->cma_area, size, gfp);
	if (size <= PAGE_SIZE)
		return NULL;
	if (!(gfp & (GFP_DMA | GFP_DMA32)))
		page = alloc_from(dma_contiguous_node_area(dev_to_node(dev)), size, gfp);
	return page ? page : alloc_from(dma_contiguous_default_area, size, gfp);
}

void dma_free_contiguous(struct device *dev, struct page *page, size_t size)
{
	struct cma *const areas[] = {dev->cma_area, dma_contiguous_node_area(page_to_nid(page)),
				     dma_contiguous_default_area};
	unsigned long count = PAGE_ALIGN(size) >> PAGE_SHIFT;

	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		if (areas[i] && cma_release(areas[i], page, count))
			return;
	__free_pages(page, (unsigned int)get_order(size));
}

void __init dma_contiguous_reset(void)
{
	size_cmdline = base_cmdline = limit_cmdline = pernuma_size = 0;
	dma_contiguous_default_area = NULL;
	memset(dma_contiguous_pernuma_area, 0, sizeof(dma_contiguous_pernuma_area));
}

/* SPDX-License-Identifier: MIT */
/*
 * Stacks of CPUs. Contract: cpu_stacks.h. All of a CPU lie in one area of vmalloc's
 * addresses; the area ends in a guard page as well.
 */
#include "cpu_stacks.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <baremm/arch.h>

#define RUN_STACK_PAGES	      16
#define EXCEPTION_STACK_PAGES (EXCEPTION_STACK_SIZE / PAGE_SIZE)
#define NR_STACK_PAGES	      (RUN_STACK_PAGES + (NR_CPU_STACKS - 1) * EXCEPTION_STACK_PAGES)

struct cpu_stacks {
	struct cpu_stacks *next;
	struct vm_struct *area;
	struct page *pages[NR_STACK_PAGES];
	unsigned int nr_pages;
};

static struct cpu_stacks *all_stacks;

static size_t stack_pages(unsigned int nr)
{
	return nr ? EXCEPTION_STACK_PAGES : RUN_STACK_PAGES;
}

/* The guard page below it. */
static unsigned long guard_of(const struct cpu_stacks *stacks, unsigned int nr)
{
	unsigned long addr = (unsigned long)stacks->area->addr;

	for (unsigned int i = 0; i < nr; i++)
		addr += (1 + stack_pages(i)) * PAGE_SIZE;
	return addr;
}

unsigned long cpu_stack_top(const struct cpu_stacks *stacks, unsigned int nr)
{
	return guard_of(stacks, nr) + (1 + stack_pages(nr)) * PAGE_SIZE;
}

static int take_pages(struct cpu_stacks *stacks, int nid)
{
	for (; stacks->nr_pages < NR_STACK_PAGES; stacks->nr_pages++) {
		struct page *page = alloc_pages_node(nid, GFP_KERNEL | __GFP_NOWARN, 0);

		if (!page)
			return -1;
		stacks->pages[stacks->nr_pages] = page;
	}
	return 0;
}

static int map_stacks(const struct cpu_stacks *stacks)
{
	struct page *const *pages = stacks->pages;

	for (unsigned int i = 0; i < NR_CPU_STACKS; i++) {
		int err = arch_map_pages(guard_of(stacks, i) + PAGE_SIZE, pages, stack_pages(i),
					 ARCH_MAP_WRITE);

		if (err)
			return err;
		pages += stack_pages(i);
	}
	return 0;
}

struct cpu_stacks *cpu_stacks_alloc(int nid)
{
	struct cpu_stacks *stacks = kzalloc(sizeof(*stacks), GFP_KERNEL);

	if (!stacks)
		return NULL;
	stacks->area = get_vm_area((NR_STACK_PAGES + NR_CPU_STACKS) * PAGE_SIZE, VM_MAP);
	if (!stacks->area || take_pages(stacks, nid) || map_stacks(stacks)) {
		cpu_stacks_free(stacks);
		return NULL;
	}
	stacks->next = all_stacks;
	all_stacks = stacks;
	return stacks;
}

void cpu_stacks_free(struct cpu_stacks *stacks)
{
	for (struct cpu_stacks **p = &all_stacks; *p; p = &(*p)->next) {
		if (*p == stacks) {
			*p = stacks->next;
			break;
		}
	}
	if (stacks->area)
		free_vm_area(stacks->area);
	while (stacks->nr_pages)
		__free_page(stacks->pages[--stacks->nr_pages]);
	kfree(stacks);
}

bool cpu_stack_guard(unsigned long addr)
{
	for (const struct cpu_stacks *s = all_stacks; s; s = s->next)
		for (unsigned int i = 0; i < NR_CPU_STACKS; i++)
			if (addr - guard_of(s, i) < PAGE_SIZE)
				return true;
	return false;
}

void cpu_stacks_walk(arch_root_fn fn, void *arg)
{
	for (const struct cpu_stacks *s = all_stacks; s; s = s->next)
		fn(guard_of(s, 0) + PAGE_SIZE, cpu_stack_top(s, 0), arg);
}

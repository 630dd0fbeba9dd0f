// SPDX-License-Identifier: MIT
/* The areas in the format of Linux's /proc/vmallocinfo, and their checks. */
#include "vmap.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <baremm/arch.h>

#include "internal.h"
#include "memtype.h"
#include "vmap_block.h"

/* ---- The dump -------------------------------------------------------------------------- */

static void show_numa_info(struct seq_file *m, const struct vm_struct *vm)
{
	static unsigned int counts[MAX_NUMNODES];

	memset(counts, 0, sizeof(counts));
	for (unsigned int i = 0; i < vm->nr_pages; i++)
		counts[page_to_nid(vm->pages[i])]++;
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		if (counts[nid])
			seq_printf(m, " N%d=%u", nid, counts[nid]);
}

static void show_area(struct seq_file *m, const struct vm_struct *vm)
{
	static const struct {
		unsigned long flag;
		const char *name;
	} kinds[] = {
		{VM_IOREMAP, "ioremap"},
		{VM_ALLOC, "vmalloc"},
		{VM_MAP, "vmap"},
		{VM_USERMAP, "user"},
		{VM_DMA_COHERENT, "dma-coherent"},
	};

	if (vm->caller)
		seq_printf(m, " %pS", vm->caller);
	if (vm->nr_pages)
		seq_printf(m, " pages=%u", vm->nr_pages);
	if (vm->phys_addr)
		seq_printf(m, " phys=%pa", &vm->phys_addr);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (vm->flags & kinds[i].flag)
			seq_printf(m, " %s", kinds[i].name);
	if (is_vmalloc_addr(vm->pages))
		seq_puts(m, " vpages");
	show_numa_info(m, vm);
}

static void show_range(struct seq_file *m, const struct vmap_area *va, const char *what)
{
	seq_printf(m, "0x%px-0x%px %7lu%s", (void *)va->va_start, (void *)va->va_end, va_size(va),
		   what);
}

static void show_line(struct seq_file *m, const struct vmap_area *va)
{
	show_range(m, va, va->vm ? "" : " vm_map_ram");
	if (va->vm)
		show_area(m, va->vm);
	seq_puts(m, "\n");
}

void vmallocinfo_show(struct seq_file *m)
{
	const struct vmap_area *va;

	for_each_vmap_area(va, &vmap_busy_root) show_line(m, va);
	list_for_each_entry (va, &vmap_waiting_list, list)
		show_line(m, va);
	list_for_each_entry (va, &vmap_lazy_list, list)
		show_range(m, va, " unpurged vm_area\n");
}

/* What is known of an area, with vmap_lock held. */
static void dump_area(unsigned long addr, const struct vmap_area *va)
{
	const struct vm_struct *vm = va->vm;
	bool guard = !(vm->flags & VM_NO_GUARD) && addr >= va->va_end - PAGE_SIZE;

	pr_cont(" %s%lu-page vmalloc region starting at %#lx allocated at %pS\n",
		guard ? "guard page of " : "", get_vm_area_size(vm) >> PAGE_SHIFT, va->va_start,
		vm->caller);
}

static const struct vmap_area *find_listed(const struct list_head *list, unsigned long addr)
{
	const struct vmap_area *va;

	list_for_each_entry (va, list, list)
		if (addr >= va->va_start && addr < va->va_end)
			return va;
	return NULL;
}

static bool is_given_back(unsigned long addr)
{
	return find_listed(&vmap_lazy_list, addr) || find_listed(&vmap_waiting_list, addr);
}

/* An exception may have come while the lock was held: then it is not waited for. */
bool vmalloc_dump_obj(void *object)
{
	unsigned long addr = (unsigned long)object;
	const struct vmap_area *va;
	bool found = true;

	if (!is_vmalloc_addr(object) || !spin_trylock(&vmap_lock))
		return false;
	va = find_vmap_area(addr);
	if (va && va->vm)
		dump_area(addr, va);
	else if (va)
		pr_cont(" vm_map_ram region starting at %#lx\n", va->va_start);
	else if (is_given_back(addr))
		pr_cont(" vmalloc region that was given back\n");
	else
		found = false;
	spin_unlock(&vmap_lock);
	return found;
}

/* ---- Checks ------------------------------------------------------------------------------ */

struct tally {
	int faults;
	unsigned long bytes;	/* of address space that has been met */
	unsigned long vm_pages; /* of areas made by vmalloc() */
};

#define fault(t, fmt, ...)                                   \
	do {                                                 \
		pr_err("vmalloc: " fmt "\n", ##__VA_ARGS__); \
		(t)->faults++;                               \
	} while (0)

static void check_range(struct tally *t, const struct vmap_area *va, const char *what)
{
	if (va->va_start < VMALLOC_START || va->va_end - 1 > VMALLOC_END ||
	    va->va_start >= va->va_end || ((va->va_start | va->va_end) & ~PAGE_MASK))
		fault(t, "%s area 0x%lx-0x%lx is no range of addresses here", what, va->va_start,
		      va->va_end - 1);
	t->bytes += va_size(va);
}

static unsigned long value_below(const struct rb_node *node)
{
	return node ? va_of(node)->subtree_max_size : 0;
}

static void check_free(struct tally *t)
{
	const struct vmap_area *va, *last = NULL;

	for_each_vmap_area(va, &vmap_free_root)
	{
		unsigned long below =
			max(value_below(va->rb_node.rb_left), value_below(va->rb_node.rb_right));

		check_range(t, va, "free");
		if (last && last->va_end >= va->va_start)
			fault(t, "free area 0x%lx-0x%lx touches the one at 0x%lx", last->va_start,
			      last->va_end - 1, va->va_start);
		if (va->subtree_max_size != max(va_size(va), below))
			fault(t, "free area 0x%lx-0x%lx: the largest below it is not 0x%lx",
			      va->va_start, va->va_end - 1, va->subtree_max_size);
		if (find_vmap_area(va->va_start) || find_vmap_area(va->va_end - 1))
			fault(t, "free area 0x%lx-0x%lx is busy", va->va_start, va->va_end - 1);
		last = va;
	}
}

/* Just the pages of @vm lie at its addresses, and nothing behind them. */
static void check_pages(struct tally *t, const struct vm_struct *vm)
{
	for (unsigned int i = 0; i < vm->nr_pages; i++) {
		const char *addr = (const char *)vm->addr + i * PAGE_SIZE;

		if (vmalloc_to_page(addr) != vm->pages[i])
			fault(t, "0x%px maps pfn %#lx, not %#lx", addr, vmalloc_to_pfn(addr),
			      page_to_pfn(vm->pages[i]));
	}
	if (vm->nr_pages && vm->nr_pages != get_vm_area_size(vm) >> PAGE_SHIFT)
		fault(t, "area 0x%px has %u pages and %lu bytes", vm->addr, vm->nr_pages, vm->size);
	if (vm->flags & VM_ALLOC)
		t->vm_pages += vm->nr_pages;
}

struct io_check {
	const struct vm_struct *vm;
	unsigned long bytes; /* that are mapped where they should be */
};

static int check_io_run(unsigned long start, unsigned long end, phys_addr_t phys, size_t page_size,
			unsigned int prot, void *arg)
{
	struct io_check *io = arg;

	(void)page_size;
	(void)prot;
	if (phys == io->vm->phys_addr + (start - (unsigned long)io->vm->addr))
		io->bytes += end - start;
	return 0;
}

/* A device's area has all of its range, in order. */
static void check_device(struct tally *t, const struct vm_struct *vm)
{
	unsigned long start = (unsigned long)vm->addr, size = get_vm_area_size(vm);
	struct io_check io = {.vm = vm};

	if (!(vm->flags & VM_MEMTYPE))
		return;
	arch_walk(start, start + size, check_io_run, &io);
	if (io.bytes != size)
		fault(t, "area 0x%px maps %lu bytes of %lu from 0x%llx", vm->addr, io.bytes, size,
		      vm->phys_addr);
}

static void check_guard(struct tally *t, const struct vmap_area *va)
{
	if (va->vm && (va->vm->flags & VM_NO_GUARD))
		return;
	if (vmalloc_to_pfn((const void *)(va->va_end - PAGE_SIZE)))
		fault(t, "the guard page of 0x%lx-0x%lx is mapped", va->va_start, va->va_end - 1);
}

/* A range that is mapped as its struct says. */
static void check_area(struct tally *t, const struct vmap_area *va)
{
	if (va->vm->addr != (void *)va->va_start || va->vm->size != va_size(va))
		fault(t, "area 0x%px of %lu bytes has the range 0x%lx-0x%lx", va->vm->addr,
		      va->vm->size, va->va_start, va->va_end - 1);
	check_guard(t, va);
	check_pages(t, va->vm);
	check_device(t, va->vm);
}

static void check_waiting(struct tally *t)
{
	const struct vmap_area *va;

	list_for_each_entry (va, &vmap_waiting_list, list) {
		check_range(t, va, "waiting");
		check_area(t, va);
	}
}

static void check_busy(struct tally *t)
{
	const struct vmap_area *va, *last = NULL;

	for_each_vmap_area(va, &vmap_busy_root)
	{
		check_range(t, va, "busy");
		if (last && last->va_end > va->va_start)
			fault(t, "busy area 0x%lx-0x%lx overlaps the one at 0x%lx", last->va_start,
			      last->va_end - 1, va->va_start);
		last = va;
		if (va->vm) {
			check_area(t, va);
			continue;
		}
		check_guard(t, va);
		t->faults += va->block ? vmap_block_verify(va->block) : 0;
	}
}

static void check_lazy(struct tally *t)
{
	const struct vmap_area *va;
	unsigned long pages = 0;

	list_for_each_entry (va, &vmap_lazy_list, list) {
		check_range(t, va, "lazy");
		pages += va_size(va) >> PAGE_SHIFT;
	}
	if (pages != vmap_lazy_pages)
		fault(t, "%lu pages are lazy, not %lu", pages, vmap_lazy_pages);
}

static void check_pools(struct tally *t)
{
	const struct vmap_area *va;

	for (unsigned long i = 0; i < VMAP_POOL_PAGES; i++)
		list_for_each_entry (va, &vmap_pools[i], list) {
			check_range(t, va, "pooled");
			if (va_size(va) != (i + 1) * PAGE_SIZE)
				fault(t, "pool of %lu pages has the range 0x%lx-0x%lx", i + 1,
				      va->va_start, va->va_end - 1);
		}
}

/* What is mapped belongs to an area that is busy or waits, from its start to its guard page. */
static int check_run(unsigned long start, unsigned long end, phys_addr_t phys, size_t page_size,
		     unsigned int prot, void *arg)
{
	(void)page_size;
	(void)prot;
	for (unsigned long addr = start; addr < end;) {
		const struct vmap_area *va =
			find_vmap_area(addr) ?: find_listed(&vmap_waiting_list, addr);

		if (!va) {
			struct tally *t = arg;

			fault(t, "0x%lx-0x%lx maps 0x%llx, and is no area", addr, end - 1, phys);
			return 0;
		}
		addr = va->va_end;
	}
	return 0;
}

int vmap_verify(void)
{
	struct tally t = {};

	if (!vmap_initialized)
		return 0;
	check_free(&t);
	check_busy(&t);
	check_waiting(&t);
	check_lazy(&t);
	check_pools(&t);
	if (t.bytes - 1 != VMALLOC_TOTAL)
		fault(&t, "areas have 0x%lx bytes of 0x%lx", t.bytes, VMALLOC_TOTAL + 1);
	if (t.vm_pages != vmalloc_nr_pages())
		fault(&t, "areas have %lu pages, not %lu", t.vm_pages, vmalloc_nr_pages());
	arch_walk(VMALLOC_START, VMALLOC_END + 1, check_run, &t);
	return t.faults + memtype_verify();
}

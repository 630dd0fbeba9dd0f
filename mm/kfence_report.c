// SPDX-License-Identifier: MIT
/*
 * What KFENCE tells: of a bad access or free, and of itself; in Linux's forms. Contract:
 * linux/kfence.h.
 */
#include "kfence.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <baremm/arch.h>

/* Bytes shown from a canary byte on that was overwritten. */
#define SHOWN_BYTES 16

/* To @m, or to the log where that is NULL. */
#define print(m, ...) seq_or_log_printf(m, KERN_ERR, __VA_ARGS__)

/* ---- Call chains -------------------------------------------------------------------- */

/* What the allocators' own functions begin with; what these call is theirs, too. */
static const char *const internals[] = {
	"kmalloc",   "kfree",  "kmem_cache_", "krealloc",  "kvmalloc",
	"kvrealloc", "kvfree", "slab_alloc",  "slab_free", "__kfence_",
};

/* They are among so many innermost callers. */
#define MAX_INTERNALS 12U

static bool is_internal(unsigned long addr)
{
	unsigned long offset, size;
	/* A call may end its function. */
	const char *name = arch_symbol(addr - 1, &offset, &size);

	for (size_t i = 0; name && i < ARRAY_SIZE(internals); i++)
		if (!strncmp(name, internals[i], strlen(internals[i])))
			return true;
	return false;
}

/* How many of the entries are the allocators' own; none where there are no others. */
static unsigned int skip_internals(const unsigned long *entries, unsigned int nr)
{
	unsigned int skip = 0;

	for (unsigned int i = 0; i < min(nr, MAX_INTERNALS); i++)
		if (is_internal(entries[i]))
			skip = i + 1;
	return skip < nr ? skip : 0;
}

static void print_entries(struct seq_file *m, const unsigned long *entries, unsigned int nr)
{
	for (unsigned int i = skip_internals(entries, nr); i < nr; i++)
		print(m, " %pB\n", (void *)entries[i]);
}

static void print_track(struct seq_file *m, const char *what, const struct kfence_track *track)
{
	u64 us = track->ts_nsec / 1000;

	print(m, "%s by task 0 on cpu %d at %llu.%06llus:\n", what, track->cpu, us / 1000000,
	      us % 1000000);
	print_entries(m, track->entries, track->nr);
}

/* ---- Objects -------------------------------------------------------------------------- */

void kfence_print_object(struct seq_file *m, const struct kfence_metadata *meta)
{
	const struct kmem_cache *s = meta->slab.cache;
	long nr = meta - kfence_metadata;

	if (meta->state == KFENCE_OBJECT_UNUSED) {
		print(m, "kfence-#%ld unused\n", nr);
		return;
	}
	print(m, "kfence-#%ld: 0x%016lx-0x%016lx, size=%zu, cache=%s\n\n", nr, meta->addr,
	      meta->addr + meta->size - 1, meta->size, s ? s->name : "<destroyed>");
	print_track(m, "allocated", &meta->alloc_track);
	if (meta->state == KFENCE_OBJECT_ALLOCATED)
		return;
	print(m, "\n");
	print_track(m, "freed", &meta->free_track);
}

/* ---- Bad accesses ------------------------------------------------------------------------ */

/* Neither the object nor what lies behind the page is shown. */
static void format_canary(char *text, size_t size, unsigned long address,
			  const struct kfence_metadata *meta)
{
	unsigned long end = min(address + SHOWN_BYTES, ALIGN(address + 1, PAGE_SIZE));
	int len = 0;

	if (address < meta->addr)
		end = min(end, meta->addr);
	for (; address < end; address++) {
		u8 byte = *(const u8 *)address;

		if (byte == KFENCE_CANARY_PATTERN(address))
			len += scnprintf(text + len, size - (size_t)len, " .");
		else
			len += scnprintf(text + len, size - (size_t)len, " 0x%02x", byte);
	}
}

static void print_error(unsigned long address, const char *access, const void *where,
			const struct kfence_metadata *meta, enum kfence_error_type type)
{
	long nr = meta ? meta - kfence_metadata : -1;
	char bytes[SHOWN_BYTES * 5 + 1] = "";
	bool left = meta && address < meta->addr;

	switch (type) {
	case KFENCE_ERROR_OOB:
		pr_err("BUG: KFENCE: out-of-bounds %s in %pB\n\n", access, where);
		pr_err("Out-of-bounds %s at 0x%016lx (%luB %s of kfence-#%ld):\n", access, address,
		       left ? meta->addr - address : address - meta->addr, left ? "left" : "right",
		       nr);
		break;
	case KFENCE_ERROR_UAF:
		pr_err("BUG: KFENCE: use-after-free %s in %pB\n\n", access, where);
		pr_err("Use-after-free %s at 0x%016lx (in kfence-#%ld):\n", access, address, nr);
		break;
	case KFENCE_ERROR_CORRUPTION:
		format_canary(bytes, sizeof(bytes), address, meta);
		pr_err("BUG: KFENCE: memory corruption in %pB\n\n", where);
		pr_err("Corrupted memory at 0x%016lx [%s ] (in kfence-#%ld):\n", address, bytes,
		       nr);
		break;
	case KFENCE_ERROR_INVALID:
		pr_err("BUG: KFENCE: invalid %s in %pB\n\n", access, where);
		pr_err("Invalid %s at 0x%016lx:\n", access, address);
		break;
	case KFENCE_ERROR_INVALID_FREE:
		pr_err("BUG: KFENCE: invalid free in %pB\n\n", where);
		pr_err("Invalid free of 0x%016lx (in kfence-#%ld):\n", address, nr);
		break;
	}
}

void kfence_report_error(unsigned long address, bool is_write, const struct pt_regs *regs,
			 const struct kfence_metadata *meta, enum kfence_error_type type)
{
	static const char line[] =
		"==================================================================";
	unsigned long entries[KFENCE_STACK_DEPTH] = {0};
	unsigned int nr, skip;

	nr = regs ? arch_stack_save_regs(regs, entries, KFENCE_STACK_DEPTH)
		  : stack_trace_save(entries, KFENCE_STACK_DEPTH, 0);
	skip = regs ? 0 : skip_internals(entries, nr);

	pr_err("%s\n", line);
	print_error(address, is_write ? "write" : "read", (void *)entries[skip], meta, type);
	stack_trace_print(entries + skip, nr - skip, 0);
	if (meta) {
		pr_err("\n");
		kfence_print_object(NULL, meta);
	}
	pr_err("\n");
	pr_err("CPU: %d PID: 0 Comm: baremm\n", smp_processor_id());
	pr_err("%s\n", line);
}

/* ---- Dumps ----------------------------------------------------------------------------------- */

void kfence_stats_show(struct seq_file *m)
{
	static const char *const names[KFENCE_COUNTER_COUNT] = {
		[KFENCE_COUNTER_ALLOCATED] = "currently allocated",
		[KFENCE_COUNTER_ALLOCS] = "total allocations",
		[KFENCE_COUNTER_FREES] = "total frees",
		[KFENCE_COUNTER_BUGS] = "total bugs",
		[KFENCE_COUNTER_SKIP_INCOMPAT] = "skipped allocations (incompatible)",
		[KFENCE_COUNTER_SKIP_CAPACITY] = "skipped allocations (capacity)",
	};

	seq_printf(m, "enabled: %d\n", __kfence_pool != NULL);
	for (unsigned int i = 0; i < KFENCE_COUNTER_COUNT; i++)
		seq_printf(m, "%s: %lu\n", names[i], kfence_counter(i));
}

void kfence_objects_show(struct seq_file *m)
{
	for (unsigned long i = 0; __kfence_pool && i < kfence_num_objects; i++) {
		struct kfence_metadata *meta = &kfence_metadata[i];
		unsigned long flags;

		spin_lock_irqsave(&meta->lock, flags);
		kfence_print_object(m, meta);
		spin_unlock_irqrestore(&meta->lock, flags);
		seq_puts(m, "---------------------------------\n");
	}
}

void kfence_summary(void)
{
	if (!__kfence_pool)
		return;
	pr_info("baremm: KFENCE: %lu objects guarded, %lu of them out, %lu bugs\n",
		kfence_counter(KFENCE_COUNTER_ALLOCS), kfence_counter(KFENCE_COUNTER_ALLOCATED),
		kfence_counter(KFENCE_COUNTER_BUGS));
	pr_info("baremm: held back: %luK of KFENCE's pool and records\n",
		(KFENCE_POOL_SIZE + PAGE_ALIGN(kfence_num_objects * sizeof(*kfence_metadata))) >>
			10);
}

/* ---- Verify --------------------------------------------------------------------------------------- */

static int fault(const struct kfence_metadata *meta, const char *what, unsigned long value)
{
	pr_err("kfence: verify: object #%ld in state %d at 0x%lx: %s (0x%lx)\n",
	       meta - kfence_metadata, meta->state, meta->addr, what, value);
	return 1;
}

static bool is_mapped(unsigned long addr)
{
	struct arch_mapping map;

	return !arch_query(addr, &map);
}

static int verify_object(const struct kfence_metadata *meta)
{
	bool used = meta->state == KFENCE_OBJECT_ALLOCATED || meta->state == KFENCE_OBJECT_RCU;
	unsigned long page = kfence_page(meta), guard = page + PAGE_SIZE;
	int faults = 0;

	if (meta->addr < page || meta->addr + meta->size > guard)
		faults += fault(meta, "lies outside of its page", page);
	if (used && !is_mapped(page))
		faults += fault(meta, "is out, and its page not mapped", page);
	if (meta->state == KFENCE_OBJECT_UNUSED && meta->slab.cache)
		faults += fault(meta, "was never used, and has a cache", page);
	/* A bad one leaves the list when it is come upon. */
	if (used != list_empty(&meta->list) && !PageHWPoison(virt_to_page(page)))
		faults += fault(meta,
				used ? "is out, and on the free list"
				     : "is free, and not on the free list",
				page);
	if (PageSlab(virt_to_page(page)) != (meta->slab.cache != NULL))
		faults += fault(meta, "has a page with wrong flags", virt_to_page(page)->flags);
	if (is_mapped(guard) && !kfence_counter(KFENCE_COUNTER_BUGS))
		faults += fault(meta, "has a guard page that is mapped", guard);
	return faults;
}

int kfence_verify(void)
{
	unsigned long allocated = 0;
	int faults = 0;

	for (unsigned long i = 0; __kfence_pool && i < kfence_num_objects; i++) {
		faults += verify_object(&kfence_metadata[i]);
		allocated += kfence_metadata[i].state == KFENCE_OBJECT_ALLOCATED;
	}
	if (allocated != kfence_counter(KFENCE_COUNTER_ALLOCATED)) {
		pr_err("kfence: verify: %lu objects are out, counted are %lu\n", allocated,
		       kfence_counter(KFENCE_COUNTER_ALLOCATED));
		faults++;
	}
	return faults;
}

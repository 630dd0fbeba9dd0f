/* SPDX-License-Identifier: MIT */
/*
 * What mm/ needs of a machine: the contract that arch/x86_64 and arch/host keep.
 *
 * Constants and inline helpers come from <asm/page.h> and <asm/arch.h>:
 *   PAGE_SHIFT, PAGE_SIZE, PAGE_MASK
 *   SECTION_SIZE_BITS     log2 of a memory section's bytes (27: 128 MB)
 *   MAX_PHYSMEM_BITS      physical address bits that tables are sized for
 *   HUGETLB_PAGE_ORDER    order of the page size above the base page (9)
 *   MAX_DMA_PFN           first pfn past ZONE_DMA (16 MB)
 *   MAX_DMA32_PFN         first pfn past ZONE_DMA32 (4 GB)
 *   MAX_ARCH_PFN          first pfn that the architecture's direct map cannot hold
 *   MAX_MEMMAP_PFN        first pfn that no page struct has room for: at least that.
 *                         RAM between the two is high memory
 *   NR_CPUS, L1_CACHE_BYTES
 *   phys_to_virt(), virt_to_phys(), __va(), __pa(): the direct map. Before
 *     arch_init_mem_mapping() they are the identity.
 *   VMEMMAP_START         virtual address of the page struct of pfn 0
 *   VMALLOC_START, VMALLOC_END  first and last of the virtual addresses that
 *                         linux/vmalloc.h hands out
 *   PKMAP_BASE            the same, 2 MB aligned to that: for kmap() alone
 *   PERCPU_BASE, PERCPU_SIZE   the same, for units of per-CPU memory
 *   FIX_KMAP_BASE         64 KB for each of NR_CPUS: for kmap_local_page()
 *   cpu_relax(), smp_processor_id()
 *   arch_local_irq_save(), arch_local_irq_restore(), arch_local_irq_enable(),
 *   arch_irqs_disabled()  of the calling CPU; the first returns what the second takes
 *   arch_inc_release()    adds 1 to a u16 that the calling CPU alone may write, in one
 *                         store, after all that it did before
 *   arch_rare_call(fn, ptr, b)
 *                         fn(ptr, b, ip), with an address where the call is: for what
 *                         happens so rarely that code around it is not to pay for it
 *   arch_cycles()         a counter that only grows
 *
 * From <asm/io.h>, accesses of a device, each just once and as wide as it says:
 *   __raw_readb() to q, __raw_writeb() to q
 *   __io_ar(), __io_bw()  what orders a read before what follows, and a write after
 *                         what was before, memory included
 *
 * And from <asm/percpu.h>:
 *   PER_CPU_BASE_SECTION, __per_cpu_start, __per_cpu_end
 *                         the section of per-CPU variables, and where it lies
 *   __per_cpu_offset[]    what leads to each CPU's copy of these (mm/ defines it)
 *   arch_percpu_offset()  the calling CPU's entry of it
 *   arch_this_cpu_addr()  an address plus that
 *   arch_this_cpu_copy()  an lvalue: the calling CPU's copy of a variable
 *   arch_percpu_init()    notes in a CPU's copy, which is made, whose it is
 *   arch_percpu_enter()   the calling CPU is that CPU from now on, and uses its copy;
 *                         the boot CPU is CPU 0, and uses the section, until then
 *
 * Locking: the page-table functions take a lock of their own.
 */
#ifndef _BAREMM_ARCH_H
#define _BAREMM_ARCH_H

#include <linux/types.h>
#include <asm/arch.h>
#include <asm/page.h>

struct boot_info;
struct page;
struct pt_regs;
struct seq_file;

/* How a mapping may be used. Nothing can be writable and executable at once. */
enum {
	ARCH_MAP_READ = 0, /* always */
	ARCH_MAP_WRITE = 1 << 0,
	ARCH_MAP_EXEC = 1 << 1,
	ARCH_MAP_WC = 1 << 2,	    /* write-combining */
	ARCH_MAP_UC = 1 << 3,	    /* uncached */
	ARCH_MAP_WT = 1 << 4,	    /* write-through */
	ARCH_MAP_UC_MINUS = 1 << 5, /* uncached, unless the machine says write-combining */
	/*
	 * A device's, which an encrypting CPU is to leave as it is: arch_protect() changes it in
	 * nothing, and where no memory is encrypted arch_query() does not show it.
	 */
	ARCH_MAP_IO = 1 << 6,
	ARCH_MAP_BASE_PAGES =
		1 << 7, /* arch_map(): in no larger pages; arch_query() does not tell */
	/* at most one of these */
	ARCH_MAP_CACHE = ARCH_MAP_WC | ARCH_MAP_UC | ARCH_MAP_WT | ARCH_MAP_UC_MINUS,
};

/* What arch_query() finds. */
struct arch_mapping {
	phys_addr_t phys;  /* of the address asked for, not of the page's start */
	size_t page_size;  /* 4 KB, 2 MB, 1 GB */
	unsigned int prot; /* ARCH_MAP_* */
};

/*
 * Does the word at @addr keep what is written to it, in memory and not in a cache alone? A fault
 * on the way is a no. It holds what it held before.
 */
bool arch_probe_word(void *addr);

/*
 * Copies @size bytes from the first on, where either address may be anything. False: not all of
 * them, as one cannot be read or written; those before it are copied. Words that are aligned
 * are read and written at once. Any context, from when exceptions are handled on.
 */
bool arch_copy_nofault(void *dst, const void *src, size_t size);

/* Is @va one that a page table can map? */
bool arch_canonical(unsigned long va);

/*
 * Maps [va, va + size) to [pa, pa + size) in the largest pages that fit. All
 * are page aligned. Errors, nothing changed: -EINVAL misaligned, wrapping, not
 * canonical or writable and executable; -EEXIST part of it is mapped already;
 * -ENOMEM no page for a table (memblock's until the buddy allocator is up, its
 * pages from then on).
 */
int arch_map(unsigned long va, phys_addr_t pa, size_t size, unsigned int prot);

/*
 * Maps the @nr pages from @va on to @pages, one by one, in base pages. Errors, with
 * nothing changed, as arch_map().
 */
int arch_map_pages(unsigned long va, struct page *const *pages, size_t nr, unsigned int prot);

/*
 * Removes what is mapped in [va, va + size), splitting larger pages at the
 * edges, and flushes it from this CPU's TLB. Holes are no error. -EINVAL,
 * -ENOMEM (a split needs a table) as above.
 */
int arch_unmap(unsigned long va, size_t size);

/*
 * The same without the flush: CPUs may use the old translations until
 * flush_tlb_kernel_range() or arch_free_tables() of the range, which comes before
 * anything else is mapped there.
 */
int arch_unmap_noflush(unsigned long va, size_t size);

/* The calling CPU alone forgets what it knows of pages there. Any context. */
void arch_flush_tlb_local(unsigned long va, size_t size);

/* All CPUs forget what they know of [start, end), of tables too. Not under a lock. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end);

/*
 * Gives back the page tables in [start, end) that map nothing any more, once all CPUs
 * have forgotten them, as flush_tlb_kernel_range() does, and all else in that range.
 * Meanwhile nothing can be mapped. Not under a lock.
 */
void arch_free_tables(unsigned long start, unsigned long end);

/* Changes the protection of what is mapped there; splits as arch_unmap(). */
int arch_protect(unsigned long va, size_t size, unsigned int prot);

/*
 * Writes back, and drops, what the caches of all CPUs hold of [va, va + size), which is mapped: for
 * memory that is reached past them from now on.
 */
void arch_flush_cache(unsigned long va, size_t size);

/* Reads the live tables. 0, or -ENOENT where @va is not mapped. */
int arch_query(unsigned long va, struct arch_mapping *mapping);

/*
 * Calls @fn for each maximal run [start, end) of pages with the same size and
 * protection and consecutive physical addresses, in the order of addresses,
 * in the live tables from @start to @end (exclusive). Stops where @fn returns
 * non-zero, and returns that.
 */
typedef int (*arch_walk_fn)(unsigned long start, unsigned long end, phys_addr_t phys,
			    size_t page_size, unsigned int prot, void *arg);
int arch_walk(unsigned long start, unsigned long end, arch_walk_fn fn, void *arg);

/*
 * Builds the identity and direct maps of all of memblock.memory below the limit that
 * highmem_init() (linux/highmem.h), called first, decides on, of the ACPI
 * ranges in the e820 table (read only) and of @info's own ranges, each with its
 * protection; loads them; and checks them by reading them back. From its return
 * on phys_to_virt() is the direct map, and boot-services memory may be reused.
 * Source: Linux's init_mem_mapping(). Failure: panic().
 */
void arch_init_mem_mapping(struct boot_info *info);

/*
 * Checks the live tables against the rules (nothing writable and executable,
 * text read-only, page 0 and guard pages unmapped, direct map complete and
 * right, ...). Reports each fault, returns the number of faults.
 */
int pgtable_verify(void);

/*
 * Memory of the program itself, in memblock.memory, that is to be free: nothing is mapped at
 * its own address from now on, and it is in the direct map as all memory is. -ENOMEM, and
 * it is at its own address as before.
 */
int arch_release_range(phys_addr_t start, phys_addr_t end);

/* The live tables in the form of Linux's page-table dump. */
void pgtable_dump(struct seq_file *m);

/*
 * Backs [va, va + size) of the memmap at VMEMMAP_START by the memory at @pa.
 * Table pages come from @table_pages, an array of @nr pages' physical
 * addresses that the caller gives up; the number used is returned, or -errno:
 * -EINVAL where @pa is 0, too, as page 0 is nobody's.
 */
int arch_map_memmap(unsigned long va, phys_addr_t pa, size_t size, const phys_addr_t *table_pages,
		    int nr);

/*
 * The APIC id of the CPU that boots, and the low bits of an APIC id that number the
 * cores of one package.
 */
u32 arch_boot_apic_id(void);
unsigned int arch_core_id_bits(void);

/*
 * Other CPUs. arch_smp_prepare() is called once before the first is started, and
 * arch_smp_done() after the last. -errno, with a message: only this CPU will run.
 */
int arch_smp_prepare(u32 max_apicid);
void arch_smp_done(void);

/*
 * Starts CPU @cpu, whose APIC id is @apicid: it calls set_this_cpu_online(), and then
 * cpu_work_loop(). 0 once it is online; -errno where it is left out: -ETIMEDOUT, -ENOMEM.
 */
int arch_cpu_start(unsigned int cpu, u32 apicid);

/* Makes @cpu, which is online, call smp_call_poll() soon, and ends its arch_cpu_idle(). */
void arch_send_call_ipi(unsigned int cpu);

/* Rests until something may be to do. Called with interrupts off, returns with them on. */
void arch_cpu_idle(void);

/*
 * Stops all other CPUs for good, whatever they do, and waits a while for that; how many of
 * them did not stop. Then the end of the calling CPU, where another one ends the run.
 */
unsigned int arch_stop_other_cpus(void);
void arch_stop_this_cpu(void) __attribute__((__noreturn__));

/* PCI configuration space of segment 0, as far as there is one; all ones where not. */
u32 arch_pci_read32(unsigned int bus, unsigned int dev, unsigned int fn, unsigned int offset);

/* Are there pages of this size above the base page's that one entry of a table can map? */
bool arch_hugetlb_valid_size(unsigned long size);

/* Addresses below the highest that are never memory's on this CPU. False: it has none. */
bool arch_address_hole(u64 *start, u64 *end);

/* A memory type range register that is valid: of addresses where (addr & mask) == base. */
enum { ARCH_MTRR_UC = 0, ARCH_MTRR_WC = 1, ARCH_MTRR_WT = 4, ARCH_MTRR_WP = 5, ARCH_MTRR_WB = 6 };
#define ARCH_MAX_MTRRS	    32
#define ARCH_MTRR_LOW_PAGES 256 /* of 4 KB, below 1 MB, which other registers name */

struct arch_mtrrs {
	bool enabled;
	u8 default_type; /* of what no register names */
	bool fixed;	 /* the types of the low megabyte are these: */
	u8 low[ARCH_MTRR_LOW_PAGES];
	unsigned int nr;
	struct arch_mtrr {
		u64 base, mask; /* mask has the bits that addresses of this machine have */
		u8 type;
	} var[ARCH_MAX_MTRRS];
};

/* The boot CPU's. False: it has none. */
bool arch_read_mtrrs(struct arch_mtrrs *mtrrs);

/* A monotonic clock for the log: nanoseconds since start. */
u64 arch_clock_ns(void);

/* Random bits for free-list order and pointer encoding: not for cryptography. */
u64 arch_random(void);

/*
 * Name and offset of the function that @addr lies in. NULL where there is none.
 * *@size is the function's length in bytes.
 */
const char *arch_symbol(unsigned long addr, unsigned long *offset, unsigned long *size);

/* Logs the call chain from the frame at @fp on (0: the caller's), with names. */
void arch_backtrace(unsigned long fp);

/*
 * The call chain as return addresses, innermost first, less the first @skip: at most
 * @nr of them into @entries, of which the first lies in the caller. Returns how many.
 * It follows the running stack's own frames and looks up nothing.
 */
unsigned int arch_stack_save(unsigned long *entries, unsigned int nr, unsigned int skip);

/*
 * The same of what an exception interrupted: its instruction first. Frames may be garbage:
 * the chain ends where it leads to none.
 */
unsigned int arch_stack_save_regs(const struct pt_regs *regs, unsigned long *entries,
				  unsigned int nr);

/*
 * Calls @fn for all memory in which pointers to allocated memory may lie that is not
 * allocated itself: data, what of the calling CPU's stack is in use, the other stacks, and
 * registers. Per-CPU memory is not among it. @end is exclusive.
 */
typedef void (*arch_root_fn)(unsigned long start, unsigned long end, void *arg);
void arch_walk_roots(arch_root_fn fn, void *arg);

/*
 * Ends the run. In a virtual machine that offers a way, leaves it with a status
 * that says whether @ok; else stops this CPU for good, the screen as it is.
 */
void arch_shutdown(bool ok) __attribute__((__noreturn__));

#endif /* _BAREMM_ARCH_H */

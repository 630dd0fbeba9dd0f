/* SPDX-License-Identifier: MIT */
/*
 * A simulated machine in a host process: RAM, CPUs, log, and an end that a test
 * can catch.
 *
 *   host_ram_base                  physical 0, aligned to 1 GB
 *   |-- RAM --|-hole-|-- RAM --| ...    one sparse file, mapped where the map has
 *                                       a range of whatever type; holes fault
 *   host_vmemmap_base              the memmap, mapped by arch_map_memmap()
 *   HOST_MAP_START                 what arch_map() maps
 *
 * Owns:       the file that backs RAM (nothing is used until it is touched), and
 *             the boot record that host_machine_init() returns.
 * Lifetime:   one machine at a time, from host_machine_init() to
 *             host_machine_exit(), which gives all memory back. The log and the
 *             clock work from the start of the process.
 * Locking:    none; a machine is made and ended by one thread. Each thread is the
 *             CPU that it says it is.
 * Units:      bytes.
 * Failure:    a message on standard error, and abort().
 *
 * Static data of mm/ does not lie in simulated RAM: __pa() of it means nothing.
 * The environment variable BAREMM_VERBOSE sends the log to standard error.
 */
#ifndef _HOST_MACHINE_H
#define _HOST_MACHINE_H

#include <linux/types.h>
#include <baremm/boot_info.h>
#include <asm/page.h>

struct arch_mtrrs;
struct seq_file;

#define HOST_MAP_START VMALLOC_START

/*
 * Makes the machine whose firmware hands over @map, as it is, and sets the
 * counters of the log and of panic() to zero. @options may be NULL. The record is
 * ready for parse_options() and mm_bring_up(); its arena suits the map's length.
 * What lies above MAX_ARCH_PFN is described, but not backed.
 */
struct boot_info *host_machine_init(const struct e820_entry *map, u32 nr, const char *options);

/*
 * The same with the map of a plain PC: 640 KB, a hole, RAM from 1 MB to at most
 * 2 GB, and the rest of @ram_size from 4 GB on.
 */
struct boot_info *host_machine_pc(u64 ram_size, const char *options);

void host_machine_exit(void);

/* The machine stays as it is, for a snapshot to come back to; there is none that is up. */
void host_machine_leave(void);

/* Bytes of simulated RAM that have been touched. */
u64 host_ram_used(void);

/* Where a signal interrupted the program, for arch_stack_save_regs(). */
struct pt_regs {
	unsigned long ip;
	unsigned long fp;
};

/* The calling thread is CPU @cpu from now on; 0 at first. */
void host_set_cpu(int cpu);

/*
 * Runs @fn(@arg) on a thread that is CPU @cpu. host_cpu_join() waits for its end, and
 * returns what @fn did; each start has one.
 */
void host_cpu_start(int cpu, void *(*fn)(void *arg), void *arg);
void *host_cpu_join(int cpu);

/*
 * After smp_init() the CPUs below nr_cpu_ids are threads that take work. The end of them;
 * and what arch_cpu_start() is to return instead of starting one, all 0 at first.
 */
void host_cpus_stop(void);
extern int host_cpu_start_error[];

/*
 * What the machine's CPU and PCI say of themselves: the boot CPU's APIC id, the bits
 * of an APIC id that number cores, and configuration space (NULL: all ones). Zero
 * again with the next host_machine_init().
 */
extern u32 host_boot_apic_id;
extern unsigned int host_core_id_bits;
extern u32 (*host_pci_read32)(unsigned int bus, unsigned int dev, unsigned int fn,
			      unsigned int offset);

/* What arch_read_mtrrs() finds; NULL, as with each new machine: none. */
extern const struct arch_mtrrs *host_mtrrs;

/* What arch_probe_word() says; NULL, as with each new machine: all memory is there. */
extern bool (*host_probe_word)(const void *addr);

/*
 * Called around what arch_test_write() and arch_test_read() do with words, by each CPU: it
 * may change them. Of how many words the access succeeds, but for after a write. NULL, as with
 * each new machine: of all.
 */
enum host_access { HOST_BEFORE_WRITE, HOST_AFTER_WRITE, HOST_BEFORE_READ };
typedef size_t (*host_test_words_fn)(u64 *words, size_t nr, enum host_access access);
extern host_test_words_fn host_test_words;

/*
 * The CPU of arch_early_cpus_start() that calls it stops, by exception @fault, or -1: for no
 * reason that it tells. Has it?
 */
void host_early_cpu_halt(int fault) __attribute__((__noreturn__));
bool host_early_cpu_halted(unsigned int cpu);

/* What arch_clock_ns() returns instead of the time; NULL again with the next machine. */
extern u64 (*host_clock)(void);

/*
 * Bytes that the machine's direct map has room for: the architecture's limit. All that
 * there are again with the next host_machine_init().
 */
extern u64 host_direct_map_size;

/* How often CPUs were made to forget translations; 0 with the next machine. */
extern unsigned long host_tlb_flushes;

/* What arch_random() returns from now on follows from @seed. */
void host_srandom(u64 seed);

/*
 * A seed for a random test: BAREMM_SEED from the environment, else the time. It
 * is printed, and arch_random() starts from it.
 */
u64 host_test_seed(const char *test);

/*
 * Runs @fn(@arg). Returns the reason of the verdict with which panic() or finish()
 * ended it ("" for PASS), or NULL where @fn returned. Locks that it held stay held.
 */
const char *host_expect_panic(void (*fn)(void *arg), void *arg);

/* The log since the last host_log_clear(), as a console shows it, debug lines too. */
const char *host_log(void);
void host_log_clear(void);
bool host_log_contains(const char *text);

/* How often @text occurs in the log. */
unsigned int host_log_count(const char *text);

#endif /* _HOST_MACHINE_H */

/* SPDX-License-Identifier: MIT */
/* CPU number, clock, random numbers, backtrace, and the end of a run. */
#define _GNU_SOURCE
#include <baremm/arch.h>
#include <baremm/panic.h>
#include <asm/percpu.h>
#include <host/machine.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include "host.h"

#ifdef HOST_PERCPU_BY_GS
#include <asm/hwcap2.h>
#include <asm/prctl.h>
#include <sys/auxv.h>
#endif
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__thread int host_cpu;
__thread unsigned long host_irqs_off;
__thread unsigned long host_percpu_offset;
static u64 random_state = 1;
static u64 clock_start;

static __thread jmp_buf *catcher; /* where the end of the run goes, if anywhere */
static __thread bool ended_ok;

#ifdef HOST_PERCPU_BY_GS
/*
 * Linux's call takes no base below 0, which is what it is where so much RAM is simulated
 * that it lies below the program. The CPU's instruction does, if Linux permits it.
 */
static void set_gs_base(unsigned long base)
{
	if (!syscall(SYS_arch_prctl, ARCH_SET_GS, base))
		return;
	if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE))
		host_fail("no GS base 0x%lx: %s", base, strerror(errno));
	__asm__ volatile("wrgsbase %0" ::"r"(base));
}
#endif

void host_set_percpu_offset(unsigned long offset)
{
	host_percpu_offset = offset;
#ifdef HOST_PERCPU_BY_GS
	set_gs_base(offset);
#endif
}

void host_set_cpu(int cpu)
{
	if (cpu < 0 || cpu >= NR_CPUS)
		host_fail("no CPU %d", cpu);
	host_cpu = cpu;
	host_set_percpu_offset(host_per_cpu_offset((unsigned int)cpu));
}

/* ---- CPUs as threads --------------------------------------------------------------- */

static struct cpu_thread {
	pthread_t thread;
	void *(*fn)(void *arg);
	void *arg;
	bool started;
} threads[NR_CPUS];

static void *run_thread(void *thread)
{
	struct cpu_thread *t = thread;

	host_set_cpu((int)(t - threads));
	return t->fn(t->arg);
}

void host_cpu_start(int cpu, void *(*fn)(void *arg), void *arg)
{
	struct cpu_thread *t = &threads[cpu];

	if (cpu < 0 || cpu >= NR_CPUS || t->started)
		host_fail("CPU %d is none, or runs already", cpu);
	*t = (struct cpu_thread){.fn = fn, .arg = arg, .started = true};
	if (pthread_create(&t->thread, NULL, run_thread, t))
		host_fail("no thread for CPU %d", cpu);
}

void *host_cpu_join(int cpu)
{
	void *result = NULL;

	if (cpu < 0 || cpu >= NR_CPUS || !threads[cpu].started ||
	    pthread_join(threads[cpu].thread, &result))
		host_fail("CPU %d was not started", cpu);
	threads[cpu].started = false;
	return result;
}

/* ---- Copies of per-CPU variables ---------------------------------------------------- */

static char *early_copies;

/* As the section is before main(). */
static void __attribute__((__constructor__)) make_early_copies(void)
{
	size_t size = (size_t)(__per_cpu_end - __per_cpu_start);

	early_copies = aligned_alloc(PAGE_SIZE, NR_CPUS * ALIGN(size, PAGE_SIZE));
	if (!early_copies)
		host_fail("no memory for %d copies of %zu bytes", NR_CPUS, size);
	for (int cpu = 0; size && cpu < NR_CPUS; cpu++)
		memcpy(early_copies + (size_t)cpu * ALIGN(size, PAGE_SIZE), __per_cpu_start, size);
}

unsigned long host_early_per_cpu_offset(unsigned int cpu)
{
	unsigned long size = (unsigned long)(__per_cpu_end - __per_cpu_start);

	return (unsigned long)early_copies + cpu * ALIGN(size, PAGE_SIZE) -
	       (unsigned long)__per_cpu_start;
}

unsigned long host_per_cpu_offset(unsigned int cpu)
{
	if (__per_cpu_offset[cpu] || !cpu)
		return __per_cpu_offset[cpu];
	return host_early_per_cpu_offset(cpu);
}

static u64 monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec;
}

bool (*host_probe_word)(const void *addr);

bool arch_probe_word(void *addr)
{
	return !host_probe_word || host_probe_word(addr);
}

u64 (*host_clock)(void);

u64 arch_clock_ns(void)
{
	if (host_clock)
		return host_clock();
	if (!clock_start)
		clock_start = monotonic_ns();
	return monotonic_ns() - clock_start;
}

void host_srandom(u64 seed)
{
	random_state = seed ? seed : 1;
}

/* xorshift64*, by S. Vigna. */
u64 arch_random(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dULL;
}

u64 host_test_seed(const char *test)
{
	const char *given = getenv("BAREMM_SEED");
	u64 seed = given ? strtoull(given, NULL, 0) : monotonic_ns();

	fprintf(stderr, "%s: BAREMM_SEED=%llu\n", test, seed);
	host_srandom(seed);
	return seed;
}

/* The C library reads /proc/self/maps to tell: once for each thread. */
unsigned long host_stack_end(void)
{
	static __thread unsigned long end;
	pthread_attr_t attr;
	size_t size = 0;
	void *start = NULL;

	if (!end && pthread_getattr_np(pthread_self(), &attr) == 0) {
		pthread_attr_getstack(&attr, &start, &size);
		pthread_attr_destroy(&attr);
		end = (unsigned long)start + size;
	}
	return end;
}

/*
 * Follows the frame pointers as long as they lead up the stack: the C library and
 * tests need not keep them, so what they call may end the chain.
 */
void arch_backtrace(unsigned long fp)
{
	unsigned long end = host_stack_end();
	unsigned long prev = (unsigned long)__builtin_frame_address(0);

	if (!fp)
		fp = prev;
	pr_info("Call Trace:\n");
	for (; fp >= prev && fp + 16 <= end && fp % 8 == 0; fp = *(unsigned long *)fp) {
		pr_info(" %pB\n", *(void **)(fp + 8));
		prev = fp + 16;
	}
}

/*
 * As arch_backtrace(). What a frame pointer leads to may be anything of the stack: a
 * sanitizer's own parts of it, too.
 */
__attribute__((__no_sanitize__("address"))) unsigned int
arch_stack_save(unsigned long *entries, unsigned int nr, unsigned int skip)
{
	unsigned long fp = (unsigned long)__builtin_frame_address(0), prev = fp;
	unsigned long end = host_stack_end();
	unsigned int stored = 0;

	for (; stored < nr && fp >= prev && fp + 16 <= end && fp % 8 == 0;
	     fp = *(unsigned long *)fp) {
		prev = fp + 16;
		if (skip)
			skip--;
		else
			entries[stored++] = *(unsigned long *)(fp + 8);
	}
	return stored;
}

__attribute__((__no_sanitize__("address"))) unsigned int
arch_stack_save_regs(const struct pt_regs *regs, unsigned long *entries, unsigned int nr)
{
	unsigned long end = host_stack_end(), fp = regs->fp, prev = 0;
	unsigned int stored = 0;

	if (nr)
		entries[stored++] = regs->ip;
	for (; stored < nr && fp > prev && fp + 16 <= end && fp % 8 == 0;
	     fp = *(unsigned long *)fp) {
		prev = fp;
		entries[stored++] = *(unsigned long *)(fp + 8);
	}
	return stored;
}

void arch_shutdown(bool ok)
{
	if (catcher) {
		ended_ok = ok;
		longjmp(*catcher, 1);
	}
	if (ok)
		exit(0);
	fprintf(stderr, "%s", host_log());
	abort();
}

/* What follows the last "FAIL: " in the log, without the end of the line. */
static const char *last_verdict(void)
{
	static const char mark[] = "baremm: verdict: FAIL: ";
	static char reason[LOG_LINE_MAX];
	const char *verdict = NULL;

	for (const char *p = host_log(); (p = strstr(p, mark)); p += strlen(mark))
		verdict = p + strlen(mark);
	if (!verdict)
		verdict = "no verdict";
	scnprintf(reason, sizeof(reason), "%.*s", (int)strcspn(verdict, "\n"), verdict);
	return reason;
}

const char *host_expect_panic(void (*fn)(void *arg), void *arg)
{
	jmp_buf here;
	const char *volatile reason = NULL;

	catcher = &here;
	if (setjmp(here) == 0)
		fn(arg);
	else
		reason = ended_ok ? "" : last_verdict();
	catcher = NULL;
	panic_reset();
	return reason;
}

bool arch_hugetlb_valid_size(unsigned long size)
{
	return size == SZ_2M || size == SZ_1G;
}

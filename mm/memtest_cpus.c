/* SPDX-License-Identifier: MIT */
/* Testing memory on all CPUs. Contract: memtest_cpus.h. */
#include "memtest_cpus.h"

#include <linux/cache.h>
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <baremm/arch.h>
#include <baremm/arch_early.h>

#include "cpus.h"
#include "highmem.h"

#undef pr_fmt
#define pr_fmt(fmt) "early_memtest: " fmt

#define STEP	  ((phys_addr_t)SZ_256K) /* between looks at the clock, and signs of life */
#define SILENT_NS 30000000000ULL	 /* without a sign of life: a CPU is lost */

struct tester {
	int nid;
	struct memtest_share *home; /* its own node's, or the nearest with memory */
	unsigned int first;	    /* the piece of it that nobody else takes */
	bool lost;
	unsigned int round; /* that it is done with */
	phys_addr_t done;   /* bytes of this round */
	phys_addr_t seen;   /* of these, when the boot CPU looked last, */
	u64 seen_at;	    /* which was then */
	u64 own, other;	    /* bytes read of its home, and of others */
	unsigned int run;   /* that it found last, plus 1 */
} ____cacheline_aligned;

/* What all of them do. The round is written last: it is what they wait for. */
static struct tester_job job __initdata;
static enum tester_phase phase __initdata;
static unsigned int round __initdata;

static struct tester boot_tester __initbss;
static struct tester *testers __initdata; /* by CPU */
static unsigned int nr_testers __initdata;
static u32 apicids[NR_CPUS] __initbss;

/* The others' states, then their stacks; 0: there is none. */
static phys_addr_t block __initdata;

static unsigned int nr_found __initdata; /* more than there is room for: some were not noted */
static struct tester_found found[TESTER_MAX_FOUND] __initbss;

/* ---- What was found --------------------------------------------------------------------- */

static bool __init found_is_full(void)
{
	return __atomic_load_n(&nr_found, __ATOMIC_RELAXED) > job.max_found;
}

/* False: no room to note it. */
static bool __init note_bad_word(struct tester *t, phys_addr_t pos)
{
	unsigned int i;

	if (t->run && found[t->run - 1].end == pos) {
		found[t->run - 1].end += MEMTEST_WORD;
		return true;
	}
	i = __atomic_fetch_add(&nr_found, 1, __ATOMIC_RELAXED);
	if (i >= job.max_found)
		return false;
	found[i] = (struct tester_found){pos, pos + MEMTEST_WORD};
	t->run = i + 1;
	return true;
}

static void __init sort_found(unsigned int nr)
{
	for (unsigned int i = 1; i < nr; i++) {
		struct tester_found run = found[i];
		unsigned int at = i;

		for (; at && found[at - 1].start > run.start; at--)
			found[at] = found[at - 1];
		found[at] = run;
	}
}

/*
 * A run may have been cut by a piece's end. What was found twice, written and read, or by a CPU
 * that then was lost and by who took over, counts once; what that CPU had no time to fill in, not.
 */
unsigned int __init testers_found(struct tester_found **runs, bool *all)
{
	unsigned int nr = min(nr_found, job.max_found), out = 0;

	*all = !found_is_full();

	sort_found(nr);
	for (unsigned int i = 0; i < nr; i++) {
		if (out && found[i].start <= found[out - 1].end)
			found[out - 1].end = max(found[out - 1].end, found[i].end);
		else if (found[i].end)
			found[out++] = found[i];
	}
	*runs = found;
	return out;
}

/* ---- On each CPU -------------------------------------------------------------------------- */

/* Memory that has an address as a whole: a part of the direct map, or a page past it. */
static phys_addr_t __init step_end(phys_addr_t pos, phys_addr_t end)
{
	if (pos < direct_map_end())
		return min(end, pos + STEP);
	return min(end, ALIGN_DOWN(pos, PAGE_SIZE) + PAGE_SIZE);
}

static u64 *__init map_words(phys_addr_t pos)
{
	if (pos < direct_map_end())
		return phys_to_virt(pos);
	return (u64 *)kmap_local_page(phys_to_page(pos)) + offset_in_page(pos) / MEMTEST_WORD;
}

static void __init unmap_words(phys_addr_t pos, u64 *words)
{
	if (pos >= direct_map_end())
		kunmap_local((void *)ALIGN_DOWN((unsigned long)words, PAGE_SIZE));
}

/*
 * How many of the words took the pattern, or keep it; or were noted not to. A word that could not
 * be written may hold the pattern from before, and so is noted at once.
 */
static size_t __init test_words(struct tester *t, phys_addr_t pos, u64 *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		i += phase == TEST_WRITE ? arch_test_write(words + i, nr - i, job.pattern)
					 : arch_test_read(words + i, nr - i, job.pattern);
		if (i < nr && !note_bad_word(t, pos + i * MEMTEST_WORD))
			return i;
	}
	return nr;
}

/* Returns where it stopped: at @end, or at a bad word that there was no room to note. */
static phys_addr_t __init do_step(struct tester *t, phys_addr_t pos, phys_addr_t end)
{
	size_t nr = (end - pos) / MEMTEST_WORD;
	u64 *words = map_words(pos);

	nr = test_words(t, pos, words, nr);
	unmap_words(pos, words);
	return pos + nr * MEMTEST_WORD;
}

phys_addr_t __init testers_done(void)
{
	phys_addr_t done = 0;

	for (unsigned int cpu = 0; cpu < nr_testers; cpu++)
		done += __atomic_load_n(&testers[cpu].done, __ATOMIC_RELAXED);
	return done;
}

static void __init note_done(struct tester *t, phys_addr_t bytes)
{
	__atomic_store_n(&t->done, t->done + bytes, __ATOMIC_RELAXED);
	if (t == testers)
		job.progress(phase);
}

static void __init do_piece(struct tester *t, const struct memtest_share *share,
			    struct memtest_piece *piece)
{
	phys_addr_t pos = piece->start;

	t->run = 0;
	while (pos < piece->end) {
		phys_addr_t end = step_end(pos, piece->end), stop = do_step(t, pos, end);

		if (phase == TEST_READ && share == t->home)
			t->own += stop - pos;
		else if (phase == TEST_READ)
			t->other += stop - pos;
		note_done(t, stop - pos);
		if (stop < end) {
			piece->stop = phase == TEST_READ ? stop : 0;
			return;
		}
		pos = end;
	}
	__atomic_store_n(&piece->round, round, __ATOMIC_RELEASE);
}

static void __init do_share(struct tester *t, struct memtest_share *share)
{
	unsigned int i =
		share == t->home ? t->first : __atomic_fetch_add(&share->next, 1, __ATOMIC_RELAXED);

	while (i < share->end && !found_is_full()) {
		do_piece(t, share, &job.plan->pieces[i]);
		i = __atomic_fetch_add(&share->next, 1, __ATOMIC_RELAXED);
	}
}

static bool __init serves(const struct tester *t, const struct memtest_share *share)
{
	if (share->high)
		return t == testers;
	return !share->nr_testers && node_distance(t->nid, share->nid) == share->nearest;
}

/* Its own first, then what no other has for its own. */
static void __init do_round(struct tester *t)
{
	struct memtest_plan *plan = job.plan;

	if (t->home)
		do_share(t, t->home);
	for (unsigned int i = 0; i < plan->nr_shares; i++)
		if (serves(t, &plan->shares[i]))
			do_share(t, &plan->shares[i]);
}

/* All that a CPU other than the boot CPU does. */
static void __init tester_main(unsigned int cpu)
{
	struct tester *t = &testers[cpu];

	for (;;) {
		while (__atomic_load_n(&round, __ATOMIC_ACQUIRE) == t->round)
			cpu_relax();
		if (phase == TEST_END)
			return;
		do_round(t);
		__atomic_store_n(&t->round, round, __ATOMIC_RELEASE);
	}
}

/* ---- Who tests what ------------------------------------------------------------------------- */

/* The share of the CPU's node, or of the nearest that has one. */
static struct memtest_share *__init find_home(struct memtest_plan *plan, const struct tester *t)
{
	struct memtest_share *home = NULL;
	int best = INT_MAX;

	for (unsigned int i = 0; i < plan->nr_shares; i++) {
		struct memtest_share *share = &plan->shares[i];
		int distance;

		if (share->high)
			continue;
		distance = share->nid == NUMA_NO_NODE || share->nid == t->nid
				   ? 0
				   : node_distance(t->nid, share->nid);
		if (distance < best) {
			best = distance;
			home = share;
		}
	}
	return home;
}

static void __init find_nearest(struct memtest_share *share)
{
	share->nearest = INT_MAX;
	if (share->nr_testers || share->high)
		return;
	for (unsigned int cpu = 0; cpu < nr_testers; cpu++)
		if (!testers[cpu].lost)
			share->nearest =
				min(share->nearest, node_distance(testers[cpu].nid, share->nid));
}

static void __init assign(struct memtest_plan *plan)
{
	for (unsigned int i = 0; i < plan->nr_shares; i++) {
		plan->shares[i].nr_testers = 0;
		plan->shares[i].next = plan->shares[i].first;
	}
	for (unsigned int cpu = 0; cpu < nr_testers; cpu++) {
		struct memtest_share *home = find_home(plan, &testers[cpu]);

		testers[cpu].home = home;
		if (!home || testers[cpu].lost)
			continue;
		testers[cpu].first = home->next++;
		home->nr_testers++;
	}
	for (unsigned int i = 0; i < plan->nr_shares; i++)
		find_nearest(&plan->shares[i]);
}

/* ---- On the boot CPU -------------------------------------------------------------------------- */

static void __init lose(unsigned int cpu)
{
	int fault = arch_early_cpu_fault(cpu);

	arch_early_cpu_stop(cpu);
	testers[cpu].lost = true;
	if (fault >= 0)
		pr_err("CPU %u (APIC id %#x) had exception %d, it is left out\n", cpu, apicids[cpu],
		       fault);
	else
		pr_err("CPU %u (APIC id %#x) does not go on, it is left out\n", cpu, apicids[cpu]);
}

static bool __init is_silent(struct tester *t)
{
	phys_addr_t done = __atomic_load_n(&t->done, __ATOMIC_RELAXED);
	u64 now = arch_clock_ns();

	if (done != t->seen || !t->seen_at) {
		t->seen = done;
		t->seen_at = now;
	}
	return now - t->seen_at > SILENT_NS;
}

static void __init wait_for(unsigned int cpu)
{
	struct tester *t = &testers[cpu];

	t->seen = 0;
	t->seen_at = 0;
	while (__atomic_load_n(&t->round, __ATOMIC_ACQUIRE) != round) {
		if (arch_early_cpu_fault(cpu) >= 0 || is_silent(t)) {
			lose(cpu);
			return;
		}
		job.progress(phase);
		cpu_relax();
	}
}

/* What was taken by a CPU that is lost, or by none. */
static void __init finish_round(void)
{
	struct memtest_plan *plan = job.plan;

	for (unsigned int i = 0; i < plan->nr_shares; i++) {
		for (unsigned int n = plan->shares[i].first; n < plan->shares[i].end; n++) {
			struct memtest_piece *piece = &plan->pieces[n];

			if (piece->round == round || found_is_full())
				continue;
			do_piece(testers, &plan->shares[i], piece);
		}
	}
}

static void __init begin_round(enum tester_phase next)
{
	for (unsigned int cpu = 0; cpu < nr_testers; cpu++)
		__atomic_store_n(&testers[cpu].done, 0, __ATOMIC_RELAXED);
	if (next == TEST_WRITE) {
		memset(found, 0, sizeof(found));
		nr_found = 0;
	}
	phase = next;
	__atomic_store_n(&round, round + 1, __ATOMIC_RELEASE);
}

unsigned int __init testers_run(const struct tester_job *next, enum tester_phase next_phase)
{
	job = *next;
	assign(job.plan);
	begin_round(next_phase);
	do_round(testers);
	for (unsigned int cpu = 1; cpu < nr_testers; cpu++)
		if (!testers[cpu].lost)
			wait_for(cpu);
	finish_round();
	return round;
}

/* ---- Begin and end ---------------------------------------------------------------------------- */

static size_t __init block_size(unsigned int nr)
{
	return PAGE_ALIGN(nr * sizeof(struct tester)) + (nr - 1) * ARCH_EARLY_STACK_SIZE;
}

/*
 * The boot CPU alone, unless there is memory for the others: on its node, since that memory is
 * the boot CPU's to test.
 */
static unsigned int __init make_room(unsigned int nr)
{
	testers = &boot_tester;
	block = nr > 1 ? memblock_phys_alloc_try_nid(block_size(nr), PAGE_SIZE, cpu_to_node(0)) : 0;
	if (nr > 1 && !block)
		pr_warn("no memory for %u CPUs, one tests\n", nr);
	if (block)
		testers = phys_to_virt(block);
	return block ? nr : 1;
}

static void __init start_others(void)
{
	void *stacks = (char *)testers + PAGE_ALIGN(nr_testers * sizeof(struct tester));
	int err = arch_early_cpus_start(nr_testers, apicids, stacks, tester_main);

	for (unsigned int cpu = 1; cpu < nr_testers; cpu++) {
		testers[cpu].lost = err || !arch_early_cpu_up(cpu);
		if (!err && testers[cpu].lost)
			pr_err("CPU %u (APIC id %#x) does not come, it is left out\n", cpu,
			       apicids[cpu]);
	}
}

void __init testers_start(void)
{
	nr_testers = make_room(nr_cpu_ids);
	memset(testers, 0, nr_testers * sizeof(*testers));
	for (unsigned int cpu = 0; cpu < nr_testers; cpu++) {
		testers[cpu].nid = cpu_to_node((int)cpu);
		testers[cpu].round = round;
		if (!cpu_apicid(cpu, &apicids[cpu]))
			apicids[cpu] = cpu;
	}
	start_others();
	if (nr_testers > 1)
		pr_info("%u CPUs\n", testers_count());
}

unsigned int __init testers_count(void)
{
	unsigned int nr = 0;

	for (unsigned int cpu = 0; cpu < nr_testers; cpu++)
		nr += !testers[cpu].lost;
	return nr;
}

static void __init report(unsigned int cpu)
{
	const struct tester *t = &testers[cpu];

	pr_info("CPU %u (node %d): %lluK of its own memory, %lluK of others'\n", cpu, t->nid,
		t->own >> 10, t->other >> 10);
}

/* The boot CPU goes on alone, on what it has without the block. */
static bool __init free_block(phys_addr_t *start, phys_addr_t *end)
{
	*start = block;
	*end = block + block_size(nr_testers);
	boot_tester = (struct tester){.nid = testers->nid};
	testers = &boot_tester;
	nr_testers = 1;
	block = 0;
	return !memblock_phys_free(*start, *end - *start);
}

bool __init testers_retire(phys_addr_t *start, phys_addr_t *end)
{
	if (!block)
		return false;
	begin_round(TEST_END);
	arch_early_cpus_stop();
	for (unsigned int cpu = 0; cpu < nr_testers; cpu++)
		if (testers[cpu].own || testers[cpu].other)
			report(cpu);
	arch_early_cpus_start(1, apicids, NULL, NULL);
	return free_block(start, end);
}

void __init testers_stop(void)
{
	arch_early_cpus_stop();
}

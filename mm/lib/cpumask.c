// SPDX-License-Identifier: MIT
/* Which CPUs there are, and choices among them. Contract: linux/cpumask.h. */
#include <linux/cpumask.h>

#include <linux/topology.h>

struct cpumask __cpu_possible_mask = {CPU_BITS_ALL};
struct cpumask __cpu_present_mask = {CPU_BITS_ALL};
struct cpumask __cpu_online_mask = {CPU_BITS_CPU0};
struct cpumask __cpu_active_mask = {CPU_BITS_CPU0};
atomic_t __num_online_cpus = ATOMIC_INIT(1);

const DECLARE_BITMAP(cpu_all_bits, NR_CPUS) = CPU_BITS_ALL;
const struct cpumask cpu_none_mask_bits = {CPU_BITS_NONE};

/* Row i has bit i in its first word; what follows it, and what is before the first, is 0. */
#define ROW(n)	   [(n) + 1] = {BIT_MASK(n)}
#define FOUR(n)	   ROW(n), ROW((n) + 1), ROW((n) + 2), ROW((n) + 3)
#define SIXTEEN(n) FOUR(n), FOUR((n) + 4), FOUR((n) + 8), FOUR((n) + 12)
const unsigned long cpu_single_rows[BITS_PER_LONG + 1][BITS_TO_LONGS(NR_CPUS)] = {
	SIXTEEN(0),
	SIXTEEN(16),
	SIXTEEN(32),
	SIXTEEN(48),
};
static_assert(BITS_PER_LONG == 64);

void cpu_masks_reset(void)
{
	__cpu_possible_mask = __cpu_present_mask = CPU_MASK_ALL;
	__cpu_online_mask = __cpu_active_mask = CPU_MASK_CPU0;
	atomic_set(&__num_online_cpus, 1);
}

static void set_cpu_in(struct cpumask *mask, unsigned int cpu, bool in)
{
	if (in)
		cpumask_set_cpu(cpu, mask);
	else
		cpumask_clear_cpu((int)cpu, mask);
}

void set_cpu_possible(unsigned int cpu, bool possible)
{
	set_cpu_in(&__cpu_possible_mask, cpu, possible);
}

void set_cpu_present(unsigned int cpu, bool present)
{
	set_cpu_in(&__cpu_present_mask, cpu, present);
}

void set_cpu_active(unsigned int cpu, bool active)
{
	set_cpu_in(&__cpu_active_mask, cpu, active);
}

/*
 * A CPU that is told so twice is counted once, and who finds it in the mask finds it
 * counted. Nobody else says whether @cpu is online meanwhile.
 */
void set_cpu_online(unsigned int cpu, bool online)
{
	if (cpu_online(cpu) == online)
		return;
	if (online)
		atomic_inc(&__num_online_cpus);
	set_cpu_in(&__cpu_online_mask, cpu, online);
	if (!online)
		atomic_dec(&__num_online_cpus);
}

/* ---- Choices ---------------------------------------------------------------------------- */

unsigned int cpumask_any_but(const struct cpumask *mask, unsigned int cpu)
{
	unsigned int other;

	for_each_cpu (other, mask)
		if (other != cpu)
			break;
	return other;
}

static unsigned int distribute_cursor[NR_CPUS];

unsigned int cpumask_any_and_distribute(const struct cpumask *src1p, const struct cpumask *src2p)
{
	unsigned int *cursor = &distribute_cursor[smp_processor_id()];
	unsigned int next = (unsigned int)find_next_and_bit_wrap(
		cpumask_bits(src1p), cpumask_bits(src2p), nr_cpumask_bits, *cursor + 1);

	if (next < nr_cpu_ids)
		*cursor = next;
	return next;
}

unsigned int cpumask_any_distribute(const struct cpumask *srcp)
{
	return cpumask_any_and_distribute(srcp, srcp);
}

unsigned int cpumask_local_spread(unsigned int i, int node)
{
	unsigned int cpu;

	i %= num_online_cpus();
	if (node == NUMA_NO_NODE)
		return cpumask_nth(i, cpu_online_mask);
	for (int near = 1; near >= 0; near--)
		for_each_online_cpu (cpu)
			if ((cpu_to_node((int)cpu) == node) == near && i-- == 0)
				return cpu;
	return nr_cpu_ids;
}

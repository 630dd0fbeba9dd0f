/* SPDX-License-Identifier: MIT */
/* Which CPUs there are, and starting them. Contracts: cpus.h, linux/smp.h. */
#include "cpus.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/nodemask.h>
#include <linux/smp.h>
#include <linux/topology.h>
#include <baremm/acpi.h>
#include <baremm/arch.h>

#include "acpi.h"
#include "node_daemon.h"

static u32 apicids[NR_CPUS]; /* of the first nr_known CPUs */
static unsigned int nr_known;

static unsigned int max_cpus = NR_CPUS;	 /* that are started, maxcpus= */
static unsigned int limit_ids = NR_CPUS; /* that get numbers, nr_cpus= */

/* ---- Options ------------------------------------------------------------------------ */

int nosmp_parse_option(char *value)
{
	if (value)
		return -EINVAL;
	max_cpus = 0;
	return 0;
}

static int parse_count(char *value, unsigned int least, unsigned int *count)
{
	int n, err = value ? kstrtoint(value, 0, &n) : -EINVAL;

	if (err || n < (int)least)
		return -EINVAL;
	*count = min_t(unsigned int, (unsigned int)n, NR_CPUS);
	return 0;
}

int maxcpus_parse_option(char *value)
{
	return parse_count(value, 0, &max_cpus);
}

int nr_cpus_parse_option(char *value)
{
	return parse_count(value, 1, &limit_ids);
}

/* ---- Numbers ---------------------------------------------------------------------------- */

struct census {
	unsigned int usable;  /* the boot CPU and those that can be started */
	unsigned int hotplug; /* may come later */
};

static bool is_known(u32 apicid)
{
	for (unsigned int cpu = 0; cpu < nr_known; cpu++)
		if (apicids[cpu] == apicid)
			return true;
	return false;
}

/* A CPU may be listed twice: by an entry for old programs, and by one for large ids. */
static int __init number_cpu(const struct madt_cpu *cpu, void *arg)
{
	struct census *census = arg;

	if (!cpu->enabled) {
		census->hotplug += cpu->online_capable;
		return 0;
	}
	if (is_known(cpu->apic_id))
		return 0;
	census->usable++;
	if (nr_known < limit_ids)
		apicids[nr_known++] = cpu->apic_id;
	else
		pr_warn("APIC: NR_CPUS/possible_cpus limit of %u reached. Processor %u/0x%x "
			"ignored.\n",
			limit_ids, census->usable - 1, cpu->apic_id);
	return 0;
}

void __init cpus_find(void)
{
	struct census census = {.usable = 1};
	unsigned int possible;
	size_t length;
	const void *madt = acpi_find_table("APIC", &length);

	nr_known = 0;
	if (!madt)
		return;
	apicids[nr_known++] = arch_boot_apic_id();
	if (madt_for_each_cpu(madt, length, number_cpu, &census))
		pr_warn("smpboot: the MADT breaks off: %u CPUs are known\n", nr_known);
	possible = nr_known;
	if (possible > max(max_cpus, 1U)) {
		pr_warn("smpboot: %u Processors exceeds max_cpus limit of %u\n", possible,
			max(max_cpus, 1U));
		possible = max(max_cpus, 1U);
	}
	nr_known = nr_cpu_ids = possible;
	pr_info("smpboot: Allowing %u CPUs, %u hotplug CPUs\n",
		possible + (max_cpus ? census.hotplug : 0), max_cpus ? census.hotplug : 0);
}

bool cpu_apicid(unsigned int cpu, u32 *apicid)
{
	if (cpu >= nr_known)
		return false;
	*apicid = apicids[cpu];
	return true;
}

/* ---- Starting ---------------------------------------------------------------------------- */

static int digits(unsigned int n)
{
	return n < 10 ? 1 : 1 + digits(n / 10);
}

/* Goes on with the line of the CPU's node, or begins it. */
static void announce(unsigned int cpu)
{
	int width = digits(nr_cpu_ids) + 1, node_width = digits(nr_node_ids) + 1;
	static int current_node;
	int node = cpu_to_node((int)cpu);

	if (cpu == 1) {
		pr_info("x86: Booting SMP configuration:\n");
		current_node = NUMA_NO_NODE;
	}
	if (node != current_node) {
		if (current_node != NUMA_NO_NODE)
			pr_cont("\n");
		current_node = node;
		pr_info(".... node %*s#%d, CPUs:  ", node_width - digits((unsigned int)node), " ",
			node);
	}
	/* Room for the boot CPU's own number. */
	if (cpu == 1)
		pr_cont("%*s", width + 1, " ");
	pr_cont("%*s#%u", width - digits(cpu), " ", cpu);
}

static unsigned int count_nodes(void)
{
	nodemask_t nodes = {};
	unsigned int cpu;

	for_each_online_cpu (cpu)
		node_set(cpu_to_node((int)cpu), nodes);
	return (unsigned int)nodes_weight(nodes);
}

static u32 max_apicid(void)
{
	u32 id = 0;

	for (unsigned int cpu = 0; cpu < nr_known; cpu++)
		id = max(id, apicids[cpu]);
	return id;
}

static void start_all(void)
{
	struct cpumask failed = {};
	int errors[NR_CPUS];
	unsigned int cpu;

	for (cpu = 1; cpu < nr_cpu_ids; cpu++) {
		announce(cpu);
		errors[cpu] = arch_cpu_start(cpu, apicids[cpu]);
		if (errors[cpu])
			cpumask_set_cpu(cpu, &failed);
	}
	pr_cont("\n");
	for_each_cpu (cpu, &failed)
		pr_err("smpboot: CPU%u (APIC id %#x) does not run: error %d, it is left out\n", cpu,
		       apicids[cpu], errors[cpu]);
}

void smp_init(void)
{
	unsigned int nodes;
	int err = 0;

	pr_info("smp: Bringing up secondary CPUs ...\n");
	if (nr_cpu_ids > 1)
		err = arch_smp_prepare(max_apicid());
	if (nr_cpu_ids > 1 && !err) {
		start_all();
		arch_smp_done();
	}
	nodes = count_nodes();
	pr_info("smp: Brought up %u node%s, %u CPU%s\n", nodes, nodes == 1 ? "" : "s",
		num_online_cpus(), num_online_cpus() == 1 ? "" : "s");
	node_daemons_place();
}

void cpus_reset(void)
{
	/* Hosts may have set another number for the next machine. */
	if (nr_known)
		nr_cpu_ids = 1;
	nr_known = 0;
	max_cpus = limit_ids = NR_CPUS;
}

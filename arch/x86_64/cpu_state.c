/* SPDX-License-Identifier: MIT */
/* Comparing what must be the same on all CPUs. Contract: cpu_state.h. */
#include "cpu_state.h"

#include <linux/kernel.h>

static const char *const names[STATE_MTRR_VAR] = {
	"CR0",
	"CR4",
	"EFER",
	"the firmware's PAT",
	"PAT",
	"the firmware's APIC base",
	"MTRRcap",
	"MTRRdefType",
	"MTRRfix64K_00000",
	"MTRRfix16K_80000",
	"MTRRfix16K_A0000",
	"MTRRfix4K_C0000",
	"MTRRfix4K_C8000",
	"MTRRfix4K_D0000",
	"MTRRfix4K_D8000",
	"MTRRfix4K_E0000",
	"MTRRfix4K_E8000",
	"MTRRfix4K_F0000",
	"MTRRfix4K_F8000",
};

static void name_of(unsigned int reg, char *name, size_t size)
{
	unsigned int var = reg - STATE_MTRR_VAR;

	if (reg < STATE_MTRR_VAR)
		scnprintf(name, size, "%s", names[reg]);
	else
		scnprintf(name, size, "MTRRphys%s%u", var % 2 ? "Mask" : "Base", var / 2);
}

bool cpu_state_mtrrs_differ(const struct cpu_state *state, const struct cpu_state *boot)
{
	for (unsigned int reg = STATE_MTRR_DEF_TYPE; reg < NR_STATE_REGS; reg++)
		if (state->regs[reg] != boot->regs[reg])
			return state->regs[STATE_MTRR_CAP] == boot->regs[STATE_MTRR_CAP];
	return false;
}

/* One register: CPUs side by side that have the same value share a line. */
static unsigned int compare_reg(const struct cpu_state *(*state_of)(unsigned int cpu),
				unsigned int nr, unsigned int reg)
{
	const u64 boot = state_of(0)->regs[reg];
	unsigned int lines = 0, last;
	char name[28], cpus[32];

	for (unsigned int cpu = 1; cpu < nr; cpu = last + 1) {
		const struct cpu_state *state = state_of(cpu), *next;

		last = cpu;
		if (!state || state->regs[reg] == boot)
			continue;
		while (last + 1 < nr && (next = state_of(last + 1)) &&
		       next->regs[reg] == state->regs[reg])
			last++;
		name_of(reg, name, sizeof(name));
		scnprintf(cpus, sizeof(cpus), last == cpu ? "CPU%u" : "CPU%u-%u", cpu, last);
		pr_warn("x86/cpu: %s: %s is %#llx, CPU0 has %#llx\n", cpus, name, state->regs[reg],
			boot);
		lines++;
	}
	return lines;
}

unsigned int cpu_states_compare(const struct cpu_state *(*state_of)(unsigned int cpu),
				unsigned int nr)
{
	unsigned int lines = 0;

	for (unsigned int reg = 0; reg < NR_STATE_REGS; reg++)
		lines += compare_reg(state_of, nr, reg);
	return lines;
}

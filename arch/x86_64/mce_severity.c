/* SPDX-License-Identifier: MIT */
/*
 * Grades of machine checks: a table of bits for Intel's, a few rules for AMD's.
 * Contract: mce.h. Reads no register, so host tests can ask it anything.
 */
#include "mce.h"

#include <linux/kernel.h>
#include <asm/page.h>

#define UC_S_AR (MCI_STATUS_UC | MCI_STATUS_S | MCI_STATUS_AR)
#define UC_AR	(MCI_STATUS_UC | MCI_STATUS_AR)

/* Error codes, bits 15:0 of a status, of which bit 12 is a filter. SDM table 15-9 ff. */
#define MCACOD		0xefffULL
#define MCACOD_SCRUB	0x00c0ULL /* memory scrubbing: 0xc0 to 0xcf */
#define MCACOD_SCRUBMSK 0xeff0ULL
#define MCACOD_L3WB	0x017aULL
#define MCACOD_DATA	0x0134ULL
#define MCACOD_INSTR	0x0150ULL

/* SDM figure 15-9: MISC tells the address's granularity and kind. */
#define MISC_ADDR_LSB(misc)  ((misc)&0x3f)
#define MISC_ADDR_MODE(misc) ((misc) >> 6 & 7)
#define MISC_ADDR_PHYS	     2

enum when { ALWAYS, EXCEPTION, IF_SER, UNLESS_SER };

/* The first rule that fits: status & mask == value, mcgstatus has none of mcg_clear. */
struct rule {
	enum mce_severity severity;
	enum when when;
	u64 mask, value;
	u64 mcg_clear;
	const char *why;
};

static const struct rule rules[] = {
	{MCE_NO_SEVERITY, ALWAYS, MCI_STATUS_VAL, 0, 0, "Invalid"},
	{MCE_NO_SEVERITY, EXCEPTION, MCI_STATUS_EN, 0, 0, "Not enabled"},
	{MCE_PANIC_SEVERITY, ALWAYS, MCI_STATUS_PCC, MCI_STATUS_PCC, 0,
	 "Processor context corrupt"},
	{MCE_PANIC_SEVERITY, EXCEPTION, 0, 0, MCG_STATUS_MCIP, "MCIP not set in MCA handler"},
	{MCE_PANIC_SEVERITY, EXCEPTION, 0, 0, MCG_STATUS_RIPV | MCG_STATUS_EIPV,
	 "Neither restart nor error IP"},
	{MCE_PANIC_SEVERITY, EXCEPTION, 0, 0, MCG_STATUS_RIPV, "In kernel and no restart IP"},
	{MCE_KEEP_SEVERITY, UNLESS_SER, MCI_STATUS_UC, 0, 0, "Corrected error"},
	{MCE_AO_SEVERITY, IF_SER, UC_AR | MCACOD_SCRUBMSK, MCI_STATUS_UC | MCACOD_SCRUB, 0,
	 "Action optional: memory scrubbing error"},
	{MCE_AO_SEVERITY, IF_SER, UC_AR | MCACOD, MCI_STATUS_UC | MCACOD_L3WB, 0,
	 "Action optional: last level cache writeback error"},
	{MCE_DEFERRED_SEVERITY, IF_SER, UC_S_AR, MCI_STATUS_UC, 0,
	 "Uncorrected no action required"},
	{MCE_PANIC_SEVERITY, IF_SER, UC_S_AR, UC_AR, 0, "Illegal combination (UCNA with AR=1)"},
	{MCE_KEEP_SEVERITY, IF_SER, MCI_STATUS_S, 0, 0, "Non signalled machine check"},
	{MCE_PANIC_SEVERITY, IF_SER, MCI_STATUS_OVER | UC_S_AR, MCI_STATUS_OVER | UC_S_AR, 0,
	 "Action required with lost events"},
	{MCE_PANIC_SEVERITY, IF_SER, UC_S_AR | MCI_STATUS_ADDRV | MCACOD,
	 UC_S_AR | MCI_STATUS_ADDRV | MCACOD_DATA, 0, "Data load in unrecoverable area of kernel"},
	{MCE_PANIC_SEVERITY, IF_SER, UC_S_AR | MCI_STATUS_ADDRV | MCACOD,
	 UC_S_AR | MCI_STATUS_ADDRV | MCACOD_INSTR, 0, "Instruction fetch error in kernel"},
	{MCE_PANIC_SEVERITY, IF_SER, UC_S_AR, UC_S_AR, 0, "Action required: unknown MCACOD"},
	{MCE_SOME_SEVERITY, IF_SER, MCI_STATUS_OVER | UC_S_AR, MCI_STATUS_UC | MCI_STATUS_S, 0,
	 "Action optional: unknown MCACOD"},
	{MCE_SOME_SEVERITY, IF_SER, MCI_STATUS_OVER | UC_S_AR,
	 MCI_STATUS_OVER | MCI_STATUS_UC | MCI_STATUS_S, 0, "Action optional with lost events"},
	{MCE_PANIC_SEVERITY, ALWAYS, MCI_STATUS_OVER | MCI_STATUS_UC,
	 MCI_STATUS_OVER | MCI_STATUS_UC, 0, "Overflowed uncorrected"},
	{MCE_PANIC_SEVERITY, ALWAYS, MCI_STATUS_UC, MCI_STATUS_UC, 0, "Uncorrected in kernel"},
	{MCE_SOME_SEVERITY, ALWAYS, 0, 0, 0, "No match"},
};

static bool rule_fits(const struct rule *rule, const struct mce *m, const struct mce_cpu *cpu,
		      bool exception)
{
	if ((rule->when == EXCEPTION && !exception) || (rule->when == IF_SER && !cpu->ser) ||
	    (rule->when == UNLESS_SER && cpu->ser))
		return false;
	return (m->status & rule->mask) == rule->value && !(m->mcgstatus & rule->mcg_clear);
}

static enum mce_severity severity_amd(const struct mce *m, bool exception, const char **why)
{
	*why = "Processor context corrupt";
	if (m->status & MCI_STATUS_PCC)
		return MCE_PANIC_SEVERITY;
	*why = "Uncorrected in kernel";
	if (m->status & MCI_STATUS_UC && exception)
		return MCE_PANIC_SEVERITY;
	*why = "Uncorrected";
	if (m->status & MCI_STATUS_UC)
		return MCE_UC_SEVERITY;
	*why = "Deferred error";
	if (m->status & MCI_STATUS_DEFERRED)
		return MCE_DEFERRED_SEVERITY;
	*why = "Corrected error";
	return MCE_KEEP_SEVERITY;
}

enum mce_severity mce_severity(const struct mce *m, const struct mce_cpu *cpu, bool exception,
			       const char **why)
{
	const struct rule *rule = rules;

	if (cpu->amd && m->status & MCI_STATUS_VAL)
		return severity_amd(m, exception, why);
	while (!rule_fits(rule, m, cpu, exception))
		rule++;
	*why = rule->why;
	return rule->severity;
}

bool mce_usable_address(const struct mce *m, const struct mce_cpu *cpu)
{
	if (!(m->status & MCI_STATUS_ADDRV))
		return false;
	if (cpu->amd)
		return true;
	return m->status & MCI_STATUS_MISCV && MISC_ADDR_LSB(m->misc) <= PAGE_SHIFT &&
	       MISC_ADDR_MODE(m->misc) == MISC_ADDR_PHYS;
}

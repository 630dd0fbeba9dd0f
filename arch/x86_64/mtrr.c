/* SPDX-License-Identifier: MIT */
/* The calling CPU's state: read it, and give it another's MTRRs. Contract: cpu_state.h. */
#include "cpu_state.h"

#include <baremm/arch.h>
#include <linux/build_bug.h>
#include <linux/minmax.h>

#include "cpu.h"
#include "mmu.h"

#define CPUID_1_EDX_MTRR (1U << 12)

#define MSR_MTRR_CAP	   0xfe
#define MSR_MTRR_DEF_TYPE  0x2ff
#define MSR_MTRR_VAR	   0x200 /* base, mask, base, ... */
#define MTRR_CAP_VCNT(cap) ((cap)&0xff)
#define MTRR_CAP_FIX	   (1ULL << 8)
#define MTRR_ENABLE	   (1ULL << 11)
#define MTRR_FIXED_ENABLE  (1ULL << 10)

static const u16 fixed_msrs[NR_FIXED_MTRRS] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
					       0x26b, 0x26c, 0x26d, 0x26e, 0x26f};

static unsigned int nr_var_regs(u64 cap)
{
	return 2 * min_t(unsigned int, MTRR_CAP_VCNT(cap), MAX_VAR_MTRRS);
}

void cpu_state_read(struct cpu_state *state)
{
	u64 *regs = state->regs, cap;
	u32 id[4];

	regs[STATE_CR0] = read_cr0();
	regs[STATE_CR4] = read_cr4();
	regs[STATE_EFER] = rdmsr(MSR_EFER);
	regs[STATE_PAT] = rdmsr(MSR_IA32_CR_PAT);
	cpuid(1, 0, id);
	if (!(id[3] & CPUID_1_EDX_MTRR))
		return;
	regs[STATE_MTRR_CAP] = cap = rdmsr(MSR_MTRR_CAP);
	regs[STATE_MTRR_DEF_TYPE] = rdmsr(MSR_MTRR_DEF_TYPE);
	for (unsigned int i = 0; cap & MTRR_CAP_FIX && i < NR_FIXED_MTRRS; i++)
		regs[STATE_MTRR_FIXED + i] = rdmsr(fixed_msrs[i]);
	for (unsigned int i = 0; i < nr_var_regs(cap); i++)
		regs[STATE_MTRR_VAR + i] = rdmsr(MSR_MTRR_VAR + i);
}

/* Bits of a base and of a mask that are no address. */
#define MTRR_TYPE	0xffULL
#define MTRR_MASK_VALID (1ULL << 11)
#define MTRR_ADDRESS	(~0ULL << 12)
static_assert(ARCH_MAX_MTRRS >= MAX_VAR_MTRRS);

/*
 * A byte for each eighth of what a register is for: 512 KB, then twice 128 KB, then eight times
 * 32 KB (Intel SDM volume 3A, section 12.11.2.2).
 */
static void read_low_types(const u64 *regs, u8 low[ARCH_MTRR_LOW_PAGES])
{
	unsigned int page = 0;

	for (unsigned int i = 0; i < NR_FIXED_MTRRS; i++) {
		unsigned int pages = i < 1 ? 16 : i < 3 ? 4 : 1;

		for (unsigned int byte = 0; byte < 8; byte++)
			for (unsigned int n = 0; n < pages; n++)
				low[page++] = (u8)(regs[STATE_MTRR_FIXED + i] >> 8 * byte);
	}
}

bool arch_read_mtrrs(struct arch_mtrrs *mtrrs)
{
	struct cpu_state state = {};
	const u64 *regs = state.regs;

	*mtrrs = (struct arch_mtrrs){.nr = 0};
	cpu_state_read(&state);
	if (!regs[STATE_MTRR_CAP])
		return false;
	mtrrs->enabled = regs[STATE_MTRR_DEF_TYPE] & MTRR_ENABLE;
	mtrrs->default_type = (u8)(regs[STATE_MTRR_DEF_TYPE] & MTRR_TYPE);
	mtrrs->fixed = regs[STATE_MTRR_CAP] & MTRR_CAP_FIX &&
		       regs[STATE_MTRR_DEF_TYPE] & MTRR_FIXED_ENABLE;
	if (mtrrs->fixed)
		read_low_types(regs, mtrrs->low);
	for (unsigned int i = 0; i < nr_var_regs(regs[STATE_MTRR_CAP]); i += 2) {
		u64 base = regs[STATE_MTRR_VAR + i], mask = regs[STATE_MTRR_VAR + i + 1];

		if (mask & MTRR_MASK_VALID)
			mtrrs->var[mtrrs->nr++] = (struct arch_mtrr){
				base & MTRR_ADDRESS, mask & MTRR_ADDRESS, (u8)(base & MTRR_TYPE)};
	}
	return true;
}

/* Intel SDM 12.11.8: no caching while types change, and nothing cached from before. */
void cpu_state_set_mtrrs(const struct cpu_state *boot)
{
	const u64 *regs = boot->regs, cap = regs[STATE_MTRR_CAP];
	unsigned long cr0 = read_cr0();

	write_cr0((cr0 | CR0_CD) & ~CR0_NW);
	wbinvd();
	mmu_flush_all();
	wrmsr(MSR_MTRR_DEF_TYPE, regs[STATE_MTRR_DEF_TYPE] & ~MTRR_ENABLE);
	for (unsigned int i = 0; cap & MTRR_CAP_FIX && i < NR_FIXED_MTRRS; i++)
		wrmsr(fixed_msrs[i], regs[STATE_MTRR_FIXED + i]);
	for (unsigned int i = 0; i < nr_var_regs(cap); i++)
		wrmsr(MSR_MTRR_VAR + i, regs[STATE_MTRR_VAR + i]);
	wbinvd();
	mmu_flush_all();
	wrmsr(MSR_MTRR_DEF_TYPE, regs[STATE_MTRR_DEF_TYPE]);
	write_cr0(cr0);
}

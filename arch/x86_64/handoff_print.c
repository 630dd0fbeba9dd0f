/* SPDX-License-Identifier: MIT */
/* The state that the firmware left, for people. */
#include "handoff.h"

#include <linux/kernel.h>

#define CR0_CD (1ULL << 30)

static const struct {
	u64 bit;
	const char *name;
} cr4_names[] = {
	{X86_CR4_PCIDE, "PCIDE"}, {X86_CR4_SMEP, "SMEP"}, {X86_CR4_SMAP, "SMAP"},
	{X86_CR4_PKE, "PKE"},	  {X86_CR4_CET, "CET"},	  {X86_CR4_PKS, "PKS"},
	{X86_CR4_LASS, "LASS"},	  {X86_CR4_FRED, "FRED"},
};

/* Linux's names of the types (arch/x86/include/asm/mtrr.h). */
static const char *type_name(u64 type)
{
	static const char *const names[] = {"uncachable",    "write-combining", "?",	     "?",
					    "write-through", "write-protect",	"write-back"};

	return type < ARRAY_SIZE(names) ? names[type] : "?";
}

static const char *apic_mode(u64 base)
{
	if (!(base & X86_APIC_ON))
		return "off";
	return base & X86_APIC_X2 ? "x2APIC" : "xAPIC";
}

static void print_found(const struct arch_handoff *h)
{
	pr_info("x86/cpu: the firmware left CR0 %08llx CR3 %llx CR4 %08llx EFER %llx RFLAGS "
		"%08llx\n",
		h->cr0, h->cr3, h->cr4, h->efer, h->rflags);
	pr_info("x86/cpu:  CS %02x SS %02x DS %02x ES %02x FS %02x:%llx GS %02x:%llx TR %02x LDTR "
		"%02x\n",
		h->cs, h->ss, h->ds, h->es, h->fs, h->fs_base, h->gs, h->gs_base, h->tr, h->ldtr);
	pr_info("x86/cpu:  GDT %llx+%x IDT %llx+%x DR6 %llx DR7 %llx PAT %016llx\n", h->gdt_base,
		h->gdt_limit, h->idt_base, h->idt_limit, h->dr6, h->dr7, h->pat);
	pr_info("x86/cpu:  APIC %llx (%s), MTRRs %s (%llu variable), default %s, %u of %u "
		"machine-check banks with errors\n",
		h->apic_base, apic_mode(h->apic_base),
		!h->has_mtrr			 ? "absent"
		: h->mtrr_def_type & X86_MTRR_ON ? "on"
						 : "off",
		h->mtrr_cap & 0xff, type_name(h->mtrr_def_type & X86_MTRR_TYPE), h->mc_errors,
		h->mc_banks);
}

static void print_changed(const struct arch_handoff *h)
{
	char text[160];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(cr4_names); i++)
		if (h->cr4 & cr4_names[i].bit)
			len += (size_t)scnprintf(text + len, sizeof(text) - len, " %s",
						 cr4_names[i].name);
	if (h->dr7 & X86_DR7_ENABLES)
		len += (size_t)scnprintf(text + len, sizeof(text) - len, " breakpoints");
	if (h->cr0 & CR0_CD)
		len += (size_t)scnprintf(text + len, sizeof(text) - len, " cache-disable");
	if (h->rflags & X86_FLAGS_IF)
		len += (size_t)scnprintf(text + len, sizeof(text) - len, " interrupts");
	if (len)
		pr_info("x86/cpu:  switched off:%s\n", text);
}

void handoff_print(const struct arch_handoff *h)
{
	print_found(h);
	print_changed(h);
	if (h->pat != X86_PAT_RESET)
		pr_notice("x86/cpu: the firmware has a page attribute table of its own; ours "
			  "replaces "
			  "it\n");
	if (h->has_mtrr && !(h->mtrr_def_type & X86_MTRR_ON))
		pr_warn("x86/cpu: MTRRs are off: the CPU caches no memory at all\n");
}

/* SPDX-License-Identifier: MIT */
/* Looking up the exception table. Contract: extable.h. */
#include "extable.h"

#include <linux/types.h>

#include "exceptions.h"

struct extable_entry {
	s32 start, end, fixup; /* from where each stands */
};

/* image.lds */
extern const struct extable_entry extable_start[], extable_end[];

static unsigned long address(const s32 *offset)
{
	return (unsigned long)offset + (unsigned long)*offset;
}

unsigned long extable_fixup(const struct pt_regs *regs)
{
	if (regs->vector != X86_TRAP_PF && regs->vector != X86_TRAP_GP &&
	    regs->vector != X86_TRAP_MC)
		return 0;
	for (const struct extable_entry *entry = extable_start; entry < extable_end; entry++)
		if (regs->rip >= address(&entry->start) && regs->rip < address(&entry->end))
			return address(&entry->fixup);
	return 0;
}

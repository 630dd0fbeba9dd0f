/* SPDX-License-Identifier: MIT */
/* What the files of lint share: reporting a finding, and the rules by what they look at. */
#ifndef _MM_LINT_H
#define _MM_LINT_H

#include <baremm/lint.h>
#include <linux/compiler.h>

/* Counts a finding and logs it, with the evidence, unless there were many of its kind. */
void lint_find(enum lint_id id, const char *fmt, ...) __printf(2, 3);

/* lint_map.c, lint_mtrr.c, lint_numa.c, lint_smbios.c */
void lint_map(const struct lint_facts *facts);
void lint_mtrrs(const struct lint_facts *facts);
void lint_numa(const struct lint_facts *facts);
void lint_smbios(const struct lint_facts *facts);

/* The end of an entry; the last address there is where it would lie past that. */
static inline u64 lint_end(u64 start, u64 size)
{
	return size > ~0ULL - start ? ~0ULL : start + size;
}

#endif /* _MM_LINT_H */

/* SPDX-License-Identifier: MIT */
/*
 * Options for looking inside and for provoking faults.
 *
 * Owns:     what lkdtm= and ptdump chose.
 * Lifetime: parsed with all options, acted on by arch_lkdtm() and arch_ptdump().
 * Locking:  none; boot CPU only.
 * Failure:  -EINVAL for a fault that has no such name.
 */
#ifndef _ARCH_X86_64_LKDTM_H
#define _ARCH_X86_64_LKDTM_H

int lkdtm_parse(char *value);
int ptdump_parse(char *value);

#endif /* _ARCH_X86_64_LKDTM_H */

/* SPDX-License-Identifier: MIT */
/*
 * What fault injection's files share: the general part (fault_inject.c), pages
 * (fail_page_alloc.c), slab objects (failslab.c).
 */
#ifndef _MM_FAULT_INJECT_H
#define _MM_FAULT_INJECT_H

#include <linux/fault-inject.h>
#include <linux/types.h>

/* Does the attribute ask for any fault? */
static inline bool fault_attr_wanted(const struct fault_attr *attr)
{
	return attr->probability && atomic_read(&attr->times);
}

/* For handlers of options: NULL and what is no number are refused. 0 or -EINVAL. */
int fault_parse_ulong(const char *value, unsigned long *number);
int fault_parse_bool(const char *value, bool *on);
int fault_parse_attr(struct fault_attr *attr, const char *value);

/* What each kind's options ask for, and back to the start. */
bool fail_page_alloc_wanted(void);
bool failslab_wanted(void);
void fail_page_alloc_reset(void);
void failslab_reset(void);

/* Handlers of options, which fault_inject.c lists. 0 or -EINVAL. */
int fail_page_alloc_parse(char *value);
int fail_page_alloc_parse_min_order(char *value);
int fail_page_alloc_parse_wait(char *value);
int fail_page_alloc_parse_highmem(char *value);
int fail_page_alloc_parse_verbose(char *value);
int failslab_parse(char *value);
int failslab_parse_wait(char *value);
int failslab_parse_filter(char *value);
int failslab_parse_verbose(char *value);

/* Registers them; and forgets what they said. */
void fault_inject_register_options(void);
void fault_inject_reset(void);

#endif /* _MM_FAULT_INJECT_H */

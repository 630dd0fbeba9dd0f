/* SPDX-License-Identifier: MIT */
/*
 * The whole machine's memory in a few numbers.
 */
#ifndef _MM_MEMINFO_H
#define _MM_MEMINFO_H

struct seq_file;

/* In the format of /proc/meminfo, the lines of what is counted here. */
void meminfo_show(struct seq_file *m);

#endif /* _MM_MEMINFO_H */

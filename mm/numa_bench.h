/* SPDX-License-Identifier: MIT */
/*
 * numa_bench=on: how fast each node's memory is for each node's CPUs, beside what firmware
 * claims.
 *
 *   numa_bench: latency in ns (SLIT's distance) [HMAT's ns]
 *   numa_bench: node                    0                    1
 *   numa_bench:    0       82.1 (10) [80]       141.5 (21) [-]
 *
 * Latency is that of loads of which each has the next one's address, in a random order over a
 * set of cache lines: SET_BYTES of each node, less where it has no more to spare. A CPU whose
 * caches hold more of a set than a small part is measured too fast; the set's size is logged.
 * Bandwidth is that of all CPUs of the node together, as HMAT's is: each reads the set, eight
 * bytes at a time, from a place of its own on.
 *
 * Rows are nodes with CPUs, of which the first that is online measures latency; columns nodes
 * with memory. `-` stands where firmware says nothing of the two nodes.
 *
 * Owns:       the option. Pages that it takes are given back.
 * Lifetime:   from smp_init() on, with nothing else under way.
 * Locking:    none; the boot CPU, and those that measure for it.
 * Units:      ns, MB/s (10^6 bytes), by arch_clock_ns(): where that is no real clock, nothing
 *             is real. Measuring takes below one second in all: each pair of nodes has its
 *             share. Preparing the sets takes as long again; the log tells how far it is.
 * Failure:    a node without a block to spare has no column; no CPU but this one's: one row.
 */
#ifndef _MM_NUMA_BENCH_H
#define _MM_NUMA_BENCH_H

#include <linux/types.h>

/* Handler of numa_bench=. 0 or -EINVAL. */
int numa_bench_parse_option(char *value);
void numa_bench_reset(void);

/* Measures and logs, with the option. */
void numa_bench(void);

#endif /* _MM_NUMA_BENCH_H */

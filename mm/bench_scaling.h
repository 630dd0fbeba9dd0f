/* SPDX-License-Identifier: MIT */
/*
 * bench=scaling: what an operation of the allocators costs while several CPUs do it.
 *
 *   boot CPU   warms up ─ all are ready ─ starts the count, wakes them ─ op op op ... ┐
 *   others     warm up ─ rest ─────────────────────────────────────────  op op op ... ┴ the last
 *                                                                          one ends the count
 *
 * Logs for 1, 2, 4 and 8 CPUs, as far as there are so many, `bench NAME_cpusN VALUE`, and the
 * same with _locks and _spins behind it:
 *
 *   VALUE   arch_cycles() of one operation on one CPU: the count, less that of CPUs which do
 *           nothing instead, divided by the operations of all CPUs. Of blocks that are taken
 *           one at a time it has the call that does so in it.
 *   _locks  spinlocks that it takes. Per-CPU page lists have none: a word of the CPU's own.
 *   _spins  looks at a spinlock that somebody else holds. These are no work, but are in VALUE.
 *
 * VALUE means most where QEMU counts (-icount): one thread runs all CPUs in turns, and the
 * counter counts the instructions of all. CPUs that wait here rest, and so count nothing; and
 * a pause after each operation makes it the next CPU's turn, so that operations follow each
 * other in as fine a mixture as there can be. None is cut in two by that: locks that are held
 * for long on real CPUs show up in _locks, not in _spins.
 *
 * Invariants: all that is taken is given back. In the steady state each CPU has what it needs
 *             on its own lists, as it did all operations once before.
 * Lifetime:   after smp_init(), with nothing else under way.
 * Locking:    none; the boot CPU. CPUs that rest poll, as cond_resched() does.
 * Failure:    an operation that gets no memory is named, and has no figures.
 */
#ifndef _MM_BENCH_SCALING_H
#define _MM_BENCH_SCALING_H

void bench_scaling(void);

#endif /* _MM_BENCH_SCALING_H */

/* SPDX-License-Identifier: MIT */
/*
 * Machine checks: errors that the CPU finds in memory, caches and buses, and keeps in
 * banks of registers.
 *
 *   corrected          waits in its bank until arch_poll_errors() logs it
 *   uncorrected, the   exception 18; the page is queued for memory_failure(), and the
 *   program unharmed   interrupted code goes on
 *   anything worse     exception 18, the panic screen
 *
 * Owns:     the machine-check registers and CR4.MCE, from mce_init() on.
 * Lifetime: mce_init() once the log can be read; exceptions before it panic.
 * Locking:  none; each CPU's own banks. mce_recover() is an exception's, and takes no lock.
 * Units:    physical addresses in bytes.
 * Failure:  a CPU without machine-check architecture has no banks, and none is read.
 * Source:   Intel SDM volume 3B, chapter 15; AMD APM volume 2, chapter 9; grades,
 *           quirks and lines of the log are those of Linux 6.1.
 */
#ifndef _ARCH_X86_64_MCE_H
#define _ARCH_X86_64_MCE_H

#include <linux/compiler.h>
#include <linux/types.h>

struct pt_regs;

#define MSR_IA32_MCG_STATUS 0x17a

#define MCG_STATUS_RIPV (1ULL << 0) /* the interrupted code can go on */
#define MCG_STATUS_EIPV (1ULL << 1) /* and is what caused it */
#define MCG_STATUS_MCIP (1ULL << 2)

#define MCI_STATUS_VAL	    (1ULL << 63)
#define MCI_STATUS_OVER	    (1ULL << 62)
#define MCI_STATUS_UC	    (1ULL << 61)
#define MCI_STATUS_EN	    (1ULL << 60)
#define MCI_STATUS_MISCV    (1ULL << 59)
#define MCI_STATUS_ADDRV    (1ULL << 58)
#define MCI_STATUS_PCC	    (1ULL << 57)
#define MCI_STATUS_S	    (1ULL << 56) /* signalled by an exception */
#define MCI_STATUS_AR	    (1ULL << 55) /* the program must act, or not go on */
#define MCI_STATUS_DEFERRED (1ULL << 44) /* AMD: not consumed yet */

/* One bank's error. */
struct mce {
	u64 status;
	u64 addr; /* 0 unless ADDRV */
	u64 misc; /* 0 unless MISCV */
	u64 mcgstatus;
	u64 ip;	 /* what was interrupted; 0 for a bank that was polled */
	u64 tsc; /* when it was read */
	u16 cs;
	u8 bank;
	int cpu;    /* that found it, */
	u32 apicid; /* and its id */
};

/* What decides how status bits are to be read. */
struct mce_cpu {
	bool amd;
	bool ser; /* Intel: the CPU reports errors that software may recover from */
};

/* Linux's grades, worst last. */
enum mce_severity {
	MCE_NO_SEVERITY,
	MCE_DEFERRED_SEVERITY, /* uncorrected, and not consumed */
	MCE_KEEP_SEVERITY,     /* corrected: to be logged */
	MCE_SOME_SEVERITY,
	MCE_AO_SEVERITY, /* uncorrected: acting on it is a choice */
	MCE_UC_SEVERITY,
	MCE_AR_SEVERITY,
	MCE_PANIC_SEVERITY,
};

/* How bad it is for a kernel, and why; @exception: found by one, not by polling. */
enum mce_severity mce_severity(const struct mce *m, const struct mce_cpu *cpu, bool exception,
			       const char **why);

/* Is it an error of memory at an address that says which page? */
bool mce_usable_address(const struct mce *m, const struct mce_cpu *cpu);

/* Logs and clears what is in the banks since before the start; switches reporting on. */
void mce_init(void);

/* Switches reporting on for a CPU that was started. */
void mce_cpu_init(void);

/* Exception 18. False: the machine cannot go on, and the log says why. */
bool mce_recover(const struct pt_regs *regs);

/* The same of an access that may fail. False where the CPU's own state is lost. */
bool mce_absorb(void);

/*
 * The same where nothing can be logged: what the first bank says is left in @first, as it is
 * unless there is one. mce_log() logs it.
 */
bool mce_absorb_quietly(struct mce *first);
void mce_log(const struct mce *m, const char *why);

/* How many exceptions there were that the machine survived. */
extern unsigned int nr_machine_checks;

/* mce=off, bootlog, nobootlog. 0 or -EINVAL. */
int mce_parse_option(char *value);

#endif /* _ARCH_X86_64_MCE_H */

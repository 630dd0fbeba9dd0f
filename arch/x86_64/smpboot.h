/* SPDX-License-Identifier: MIT */
/*
 * Starting and stopping CPUs. What baremm/arch.h does not say of it:
 *
 *   boot CPU   INIT ── 10 ms ── startup ── 300 us, startup again if need be ── waits
 *   the other          halts    real mode, long mode (trampoline.h), ap_main(), online
 *
 * Owns:     the trampoline page while CPUs are started.
 * Lifetime: from arch_smp_prepare() on.
 * Locking:  the boot CPU starts one CPU after the other.
 * Failure:  a CPU that does not come within ARRIVAL_SECONDS is put back to where INIT
 *           leaves it, so that it cannot come later.
 * Source:   Intel SDM volume 3A, section 8.4.4.
 */
#ifndef _ARCH_X86_64_SMPBOOT_H
#define _ARCH_X86_64_SMPBOOT_H

#include <linux/types.h>

/* Is the run being ended? Then an NMI means: stop. */
bool smp_stopping(void);

/*
 * The way through the trampoline, for whoever starts CPUs: opened, they come to @entry with no
 * stack. -errno with a message. Closed, the page is as it was.
 */
int smpboot_open(unsigned long entry);
void smpboot_close(void);

/* The signals. INIT_NS lie between the first and the second, and after the first. */
#define INIT_NS	   10000000ULL /* until a CPU has reset itself */
#define STARTUP_NS 300000ULL   /* until a CPU that took the signal shows up */
int smpboot_send_init(u32 apicid);
int smpboot_send_startup(u32 apicid);
void smpboot_wait(u64 ns);

/* entry.S: where a CPU comes from the trampoline; it takes this stack, and calls ap_main(). */
extern const char ap_entry[];
extern unsigned long ap_stack_top;

#endif /* _ARCH_X86_64_SMPBOOT_H */

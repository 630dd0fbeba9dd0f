/* SPDX-License-Identifier: MIT */
/*
 * Reads and writes that the pool of guarded objects may catch: a fault goes to KFENCE as from
 * a machine's page-fault handler. Who includes this defines _GNU_SOURCE first.
 */
#ifndef _TEST_KFENCE_FAULTS_H
#define _TEST_KFENCE_FAULTS_H

#include <linux/compiler.h>
#include <linux/kfence.h>
#include <host/machine.h>
#include <signal.h>
#include <stdbool.h>
#include <ucontext.h>

static struct sigaction kfence_old_action;

/* What is not the pool's ends the test. */
static void kfence_on_fault(int sig, siginfo_t *info, void *context)
{
	const greg_t *gregs = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct pt_regs regs = {(unsigned long)gregs[REG_RIP], (unsigned long)gregs[REG_RBP]};

	(void)sig;
	if (!kfence_handle_page_fault((unsigned long)info->si_addr, gregs[REG_ERR] & 2, &regs))
		sigaction(SIGSEGV, &kfence_old_action, NULL);
}

static inline void kfence_catch_faults(void)
{
	struct sigaction action = {.sa_sigaction = kfence_on_fault, .sa_flags = SA_SIGINFO}, old;

	sigaction(SIGSEGV, &action, &old);
	if (old.sa_sigaction != kfence_on_fault)
		kfence_old_action = old;
}

/* The compiler must not see through what is done wrongly. */
static inline u8 *hidden(const void *p)
{
	unsigned long addr = (unsigned long)p;

	__asm__ volatile("" : "+r"(addr));
	return (u8 *)addr;
}

static noinline u8 read_byte(const u8 *p)
{
	u8 byte;

	kfence_catch_faults();
	byte = *(const volatile u8 *)p;
	__asm__ volatile("");
	return byte;
}

static noinline void write_byte(u8 *p, u8 byte)
{
	kfence_catch_faults();
	*(volatile u8 *)p = byte;
	__asm__ volatile("");
}

#endif /* _TEST_KFENCE_FAULTS_H */

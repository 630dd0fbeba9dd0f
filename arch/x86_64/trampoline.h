/* SPDX-License-Identifier: MIT */
/*
 * Code that runs with paging off: a CPU that is to change its paging mode must
 * leave 64-bit mode for it, and then reaches no memory but the lowest 4 GB, while
 * the program may lie anywhere. So the code is copied to the page that the boot
 * record names, below 1 MB, with all that it needs:
 *
 *   page + 0                     trampoline_start ... trampoline_end
 *   page + TRAMPOLINE_ARGS       struct trampoline_args
 *
 * The part from trampoline_paging on does not ask where the CPU comes from: it wants
 * 32-bit protected mode with flat segments, paging off, the page's address in EBX,
 * and goes on in 64-bit code at args->entry, on args->stack. So a CPU that starts up
 * takes the same way: in real mode at the page's first byte, with CS the page.
 *
 * Owns:       the page's contents while a CPU is in it.
 * Invariants: the page is mapped to itself, and never writable and executable at
 *             once: it is filled first, then made executable.
 * Lifetime:   from trampoline_fill() to the CPU's arrival at args->entry.
 * Locking:    the caller's; one CPU at a time.
 * Units:      physical addresses.
 * Failure:    an exception or an NMI while paging is off finds no handler, and
 *             resets the machine. CR4 bits that the CPU does not take: it runs on
 *             args->fallback_cr3.
 * Source:     Intel SDM volume 3A, sections 4.1.1 (CR4.LA57 changes only outside
 *             IA-32e mode) and 9.8.5 (entering and leaving that mode).
 */
#ifndef _ARCH_X86_64_TRAMPOLINE_H
#define _ARCH_X86_64_TRAMPOLINE_H

#include "segments.h"

/* Offsets in the page, and in struct trampoline_args. */
#define TRAMPOLINE_ARGS 0x200
#define ARGS_GDTR	0
#define ARGS_NO_IDT	10
#define ARGS_LONG_MODE	16
#define ARGS_CR4	24
#define ARGS_CR3	28
#define ARGS_BACK_CR3	32
#define ARGS_STACK	40
#define ARGS_ENTRY	48
#define ARGS_REAL_MODE	56
#define ARGS_GDT	64

#ifndef __ASSEMBLER__
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct trampoline_args {
	u16 gdt_limit;
	u64 gdt_base;
	u16 no_idt[3];	   /* an IDT without a single gate */
	u32 long_mode_eip; /* far pointer to the page's 64-bit code */
	u16 long_mode_cs;
	u16 pad;
	u32 cr4;	  /* to run with */
	u32 cr3;	  /* tables for that */
	u32 fallback_cr3; /* four-level tables, should CR4.LA57 not stay set */
	u32 pad2;
	u64 stack; /* where 64-bit code goes on, and on which stack */
	u64 entry;
	u32 protected_eip; /* far pointer to the page's 32-bit code */
	u16 protected_cs;
	u16 pad3;
	u64 gdt[KERNEL_DS / 8 + 1];
} __packed;

static_assert(offsetof(struct trampoline_args, no_idt) == ARGS_NO_IDT);
static_assert(offsetof(struct trampoline_args, long_mode_eip) == ARGS_LONG_MODE);
static_assert(offsetof(struct trampoline_args, cr4) == ARGS_CR4);
static_assert(offsetof(struct trampoline_args, cr3) == ARGS_CR3);
static_assert(offsetof(struct trampoline_args, fallback_cr3) == ARGS_BACK_CR3);
static_assert(offsetof(struct trampoline_args, stack) == ARGS_STACK);
static_assert(offsetof(struct trampoline_args, entry) == ARGS_ENTRY);
static_assert(offsetof(struct trampoline_args, protected_eip) == ARGS_REAL_MODE);
static_assert(offsetof(struct trampoline_args, gdt) == ARGS_GDT);

struct boot_info;

/* Bytes of the page that are written to. */
#define TRAMPOLINE_SIZE (TRAMPOLINE_ARGS + sizeof(struct trampoline_args))

/* The boot record's page, if it can be used: below 1 MB, and nothing of ours. Else 0. */
phys_addr_t trampoline_page(const struct boot_info *info);

/*
 * Where the firmware gave none: the highest page below 1 MB that is memory and nothing of ours,
 * whoever had it before. Its contents must come back. 0: there is none.
 */
phys_addr_t trampoline_borrow(const struct boot_info *info);

/* trampoline_fill() saves what it writes over; once nobody goes through any more it comes back. */
void trampoline_save(phys_addr_t page);
void trampoline_restore(phys_addr_t page);

/*
 * Writes code and arguments to @page, which must be writable: it will run with @cr4
 * and @cr3, or with @fallback_cr3. All three lie below 4 GB.
 */
void trampoline_fill(phys_addr_t page, unsigned long cr4, phys_addr_t cr3,
		     phys_addr_t fallback_cr3);

/* After trampoline_fill(): who goes through comes to @entry, on @stack. */
void trampoline_set_entry(phys_addr_t page, unsigned long entry, unsigned long stack);

/*
 * Goes through @page, which was filled, and comes back in the mode and on the tables
 * that it was filled with. @bridge are tables of the present mode that map the page
 * executable, and the program; all are mapped to themselves. Interrupts are off.
 * GDT, IDT and TR must be loaded anew afterwards.
 */
void trampoline_switch(phys_addr_t page, phys_addr_t bridge);

/* trampoline_code.S: the code, and places in it. */
extern const u8 trampoline_start[], trampoline_protected[], trampoline_long_mode[],
	trampoline_end[];

#endif /* !__ASSEMBLER__ */
#endif /* _ARCH_X86_64_TRAMPOLINE_H */

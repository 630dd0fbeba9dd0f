/* SPDX-License-Identifier: MIT */
/*
 * A firmware that does what real ones do wrong: starts the program with boot services,
 * tables and protocols of its own between the program and OVMF.
 *
 *   hostile.efi FAULTS [OPTIONS OF THE PROGRAM]
 *
 * FAULTS are words with '+' between them (faults.c), or one of these, which start the program
 * many times and make it come back where it would leave the firmware:
 *   each-call       the first call of the program fails, then the second, and so on
 *   each-fault      every fault alone
 *   random=N        N combinations of faults, from the seed in seed=
 * seed=N alone is one combination by that seed, and the program goes all the way.
 *
 * Owns:       the firmware's tables while the program runs; they are as before when it returns.
 * Invariants: only calls from the program's image are tampered with; what the firmware's own
 *             code calls is left alone.
 * Lifetime:   until the program has left the firmware.
 * Locking:    none; boot CPU.
 * Failure:    a case is wrong where the program comes back without a message, keeps memory that
 *             it took, or goes on where it must not. One that hangs ends the test by time.
 *
 * It is an application and not a driver, because the shell gives arguments to these alone.
 */
#ifndef _TEST_HOSTILE_H
#define _TEST_HOSTILE_H

#include <efi.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* What may be wrong, by number: see the table in faults.c. */
enum fault {
	FAULT_EXIT_FAILS, /* value: so many times */
	FAULT_STALE_KEY,  /* value: so many times the map changes on its way */
	FAULT_MAP_GROWS,  /* value: descriptors more at each call */
	FAULT_STRIDE,	  /* value: bytes more than the structure */
	FAULT_BAD_STRIDE, /* value: the stride */
	FAULT_REVERSE,
	FAULT_SHUFFLE,
	FAULT_OVERLAP,
	FAULT_EMPTY_ENTRIES,
	FAULT_WRAP,
	FAULT_UNKNOWN_TYPE,
	FAULT_HUNDREDS, /* value: pieces that conventional memory is cut to */
	FAULT_RUNTIME_RAM,
	FAULT_NO_WB,
	FAULT_NO_ATTRIBUTES,
	FAULT_UNALIGNED,
	FAULT_SOFT_RESERVED,
	FAULT_PERSISTENT,
	FAULT_HOT_PLUGGABLE,
	FAULT_UNACCEPTED,
	FAULT_PROTECTION, /* RO, XP, RP on everything: capabilities, not state */
	FAULT_FAR_MMIO,
	FAULT_PHANTOM_RAM, /* value: MB that the PC has not */
	FAULT_EMPTY_MAP,
	FAULT_NO_RAM,
	FAULT_MAP_ERROR, /* value: from this call on */
	FAULT_PROBE_NEVER_ENDS,
	FAULT_PROBE_SAYS_NOTHING,
	FAULT_NO_LOW_MEMORY,
	FAULT_LOW_RESERVED,
	FAULT_NO_PROTOCOLS,
	FAULT_NULL_PROTOCOLS,
	FAULT_NO_GRAPHICS,
	FAULT_BLT_ONLY,
	FAULT_GOP_MODELESS,
	FAULT_GOP_MASKS,
	FAULT_GOP_WRONG,
	FAULT_GOP_HIGH,
	FAULT_NO_TABLES,
	FAULT_NO_ACPI,
	FAULT_BAD_RSDP,
	FAULT_BAD_XSDT,
	FAULT_LOST_XSDT,
	FAULT_BAD_TABLES,
	FAULT_NO_SMBIOS,
	FAULT_BAD_SMBIOS,
	FAULT_BAD_STRUCTURES,
	FAULT_BAD_MEMATTR,
	FAULT_MANY_TABLES,
	FAULT_NO_CLOCK,
	FAULT_WRONG_CLOCK,
	FAULT_NO_PMTIMER,
	FAULT_NO_CONSOLE,
	FAULT_CPU_STATE,
	FAULT_OTHER_CPU,
	FAULT_FIVE_LEVELS,
	FAULT_ABSENT_CPU, /* the last: see case_random() */
	NR_FAULTS
};

/* What the program may do with a fault. */
enum outcome {
	MUST_LEAVE,  /* the firmware: it can live with it */
	MUST_REFUSE, /* it can not */
	MAY_REFUSE,
};

struct fault_info {
	const char *name;
	UINTN value; /* without one given; 0: it takes none */
	enum outcome outcome;
};
extern const struct fault_info faults[NR_FAULTS];

/* One start of the program. */
struct hostile_case {
	BOOLEAN on[NR_FAULTS];
	UINTN value[NR_FAULTS];
	UINTN failing_call; /* 0: none */
	BOOLEAN come_back;  /* from where it would leave */
};
extern struct hostile_case now;

/* The program while it runs. */
struct guest {
	EFI_HANDLE handle;
	UINTN start, end;  /* of its image */
	UINTN calls;	   /* of services, so far */
	INTN pages, pools; /* that it took and has not given back */
	BOOLEAN complained, at_exit, wrote_variable;
	UINTN map_calls, exit_calls, probes;
};
extern struct guest guest;

extern EFI_SYSTEM_TABLE *st;
extern EFI_BOOT_SERVICES real; /* as they were */
extern EFI_RUNTIME_SERVICES real_rt;

/* faults.c: fills @c from @words; FALSE, with a message, where they are none. */
BOOLEAN case_parse(const CHAR16 *words, struct hostile_case *c);
void case_random(struct hostile_case *c);
enum outcome case_outcome(const struct hostile_case *c);
void case_print(const struct hostile_case *c);
extern UINT64 random_state;
UINTN random_below(UINTN n);

/* services.c: between the program and the firmware, and away again. */
void services_hook(void);
void services_unhook(void);

/* map.c: GetMemoryMap() as the faults have it. */
EFI_STATUS map_get(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key, UINTN *stride,
		   UINT32 *version);

/* tables.c: configuration tables; graphics. */
void tables_hook(void);
void tables_unhook(void);
EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics_of_fault(void); /* NULL: the firmware's own */

/* cpu.c: a state of the CPUs that firmware leaves them in. */
void cpu_state_spoil(void);

/* Memory for five levels of page tables; and the switch to them. */
void cpu_levels_prepare(void);
void cpu_levels_switch(void);

/* Memory for what another CPU does; and that it does it. */
void cpu_other_prepare(void);
void cpu_other_start(void);

/* main.c */
void say(const char *text);
void say_number(UINTN number, UINTN base);

#endif /* _TEST_HOSTILE_H */

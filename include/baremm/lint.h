/* SPDX-License-Identifier: MIT */
/*
 * Lint: what of the firmware's tables is wrong, and what that does to an operating system.
 *
 *   raw map, MTRRs, SRAT, SLIT, SMBIOS ─► struct lint_facts ─► rules ─► findings, in the log
 *
 * Owns:       the rules, and counts of what they found.
 * Invariants: a rule looks at facts alone: what is judged is what was handed over, before
 *             anything was repaired. A fact that is not known breaks no rule.
 * Lifetime:   mm_lint() at the end of bring-up, while ACPI's tables can be read by
 *             what only the start needs; lint_judge() at any time, on any facts.
 * Locking:    none; the boot CPU.
 * Units:      bytes, [start, end).
 * Failure:    without memory for a copy of the map it says so, and does not judge the map.
 */
#ifndef _BAREMM_LINT_H
#define _BAREMM_LINT_H

#include <linux/types.h>
#include <baremm/arch.h>

struct smbios_memory;

enum lint_severity {
	LINT_NOTE,    /* odd, and harmless to most */
	LINT_WARNING, /* costs memory or speed, or some system stumbles */
	LINT_ERROR,   /* may cost data, or the start */
};

/* The rules. Their names in the log are these, in small letters and with dashes. */
enum lint_id {
	LINT_MAP_OVERLAP,
	LINT_MAP_WRAP,
	LINT_MAP_EMPTY,
	LINT_MAP_UNKNOWN_TYPE,
	LINT_MAP_MANY,
	LINT_MAP_UNALIGNED,
	LINT_MAP_NO_LOW_MEMORY,
	LINT_MAP_RUNTIME_RAM,
	LINT_MAP_UNCACHEABLE_RAM,
	LINT_MAP_HOTPLUG_TAKEN,
	LINT_MAP_CPU_HOLE,
	LINT_MTRR_OFF,
	LINT_MTRR_MASK,
	LINT_MTRR_RAM_NOT_WB,
	LINT_MTRR_LOW_NOT_WB,
	LINT_SRAT_OVERLAP,
	LINT_SRAT_EMPTY,
	LINT_SRAT_RAM_LEFT_OUT,
	LINT_SLIT_SMALL,
	LINT_SLIT_DISTANCE,
	LINT_SLIT_ASYMMETRIC,
	LINT_SMBIOS_BROKEN,
	LINT_SMBIOS_OVERLAP,
	LINT_SMBIOS_SIZES,
	LINT_SMBIOS_RAM_UNMAPPED,
	NR_LINT_IDS,
};

/* An entry of the map as the firmware gave it; the type as e820 has it. */
struct lint_range {
	u64 start, size;
	u32 type;
	bool known_type; /* the firmware's own number for it means something */
	bool runtime;	 /* the firmware goes on using it */
	bool hotplug;	 /* it may be unplugged */
	bool attributes; /* what it says of caching is known, */
	bool write_back; /* namely this */
};

struct lint_node_range {
	u64 start, size;
	u32 pxm;
};

struct lint_facts {
	const struct lint_range *map; /* in the firmware's order */
	size_t nr_map;
	bool bios_map;		  /* e820 from a BIOS, whose low megabyte has odd ends by custom */
	u64 hole_start, hole_end; /* no memory's on this CPU; 0, 0: there is none */
	const struct arch_mtrrs *mtrrs;	     /* NULL: not known, or none */
	const struct lint_node_range *nodes; /* enabled memory of SRAT */
	size_t nr_nodes;
	const u8 *slit; /* a square of nr_slit distances each way, or NULL */
	size_t nr_slit;
	const struct smbios_memory *smbios; /* NULL: not known */
};

/* Logs each finding. Returns how many there are. */
unsigned int lint_judge(const struct lint_facts *facts);

/* Findings of the last lint_judge(). */
extern unsigned int lint_counts[NR_LINT_IDS];
const char *lint_name(enum lint_id id);

/* Judges this machine, unless lint=off. */
void mm_lint(void);

/* Option lint=: on or off. 0 or -EINVAL. */
int lint_parse_option(char *value);
void lint_reset(void);

#endif /* _BAREMM_LINT_H */

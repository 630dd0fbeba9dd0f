/* SPDX-License-Identifier: MIT */
/*
 * What a boot log says of the machine and of what the kernel made of it.
 *
 * Owns:       its lists and texts.
 * Invariants: as the log says it, not checked against anything. Ranges are
 *             half-open whatever the kernel printed; an end of 0 is 2^64.
 * Lifetime:   from log_facts_read() to log_facts_free().
 * Locking:    none.
 * Units:      bytes; pages where the name says so.
 * Failure:    NULL where memory is short. A line that cannot be understood is
 *             left out, and counted where it starts like one that matters.
 */
#ifndef _REPLAY_LOG_FACTS_H
#define _REPLAY_LOG_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FACT_ZONES   6 /* DMA, DMA32, Normal, Movable, Device, HighMem */
#define FACT_DEVICE  4
#define FACT_HIGHMEM 5
extern const char *const fact_zone_names[FACT_ZONES];

/* A list that grows; LIST_ADD() in log_facts.c. */
#define FACT_LIST(name, type)   \
	struct name {           \
		type *at;       \
		size_t nr, max; \
	}

struct kernel_version {
	int major, minor, patch;
	char text[64];
	bool baremm; /* our own log: follows 6.1 */
};

struct fact_range {
	uint64_t start, end;
	uint32_t type; /* enum e820_type, or the firmware's number */
};

struct fact_change {
	bool remove;
	uint64_t start, end;
	uint32_t from, to;   /* 0 where the log names none */
	bool after_last_pfn; /* printed behind the last of these lines */
};

struct fact_srat_memory {
	unsigned int nid, pxm;
	uint64_t start, end;
	bool hotplug, non_volatile;
};

struct fact_srat_cpu {
	unsigned int nid, pxm, apic;
};

struct fact_node_range {
	unsigned int nid;
	uint64_t start, end;
};

struct fact_node_span {
	unsigned int nid;
	bool memoryless;
	uint64_t start, end;
};

struct fact_node_number {
	unsigned int nid;
	uint64_t number;
};

/* "DMA zone: …", which names no node: the lines come in the order of nodes. */
enum zone_line { ZONE_LINE_MEMMAP, ZONE_LINE_RESERVED, ZONE_LINE_PAGES };
struct fact_zone_line {
	enum zone_line kind;
	int zone;
	uint64_t pages;
	unsigned int batch; /* with ZONE_LINE_PAGES */
};

struct fact_hole {
	unsigned int nid;
	int zone;
	uint64_t pages;
};

/* A list of nodes or zones in the log's words, blanks made one. */
struct fact_order {
	char *what; /* "0", "general 0:DMA32" */
	char *order;
};

struct fact_zoneinfo {
	unsigned int nid;
	int zone;
	uint64_t start_pfn, spanned, present, managed;
	bool has_start, has_spanned, has_present;
};

struct fact_zone_range {
	bool known, empty;
	uint64_t start, end;
};

FACT_LIST(fact_ranges, struct fact_range);
FACT_LIST(fact_changes, struct fact_change);
FACT_LIST(fact_numbers, uint64_t);
FACT_LIST(fact_srat_memories, struct fact_srat_memory);
FACT_LIST(fact_srat_cpus, struct fact_srat_cpu);
FACT_LIST(fact_node_ranges, struct fact_node_range);
FACT_LIST(fact_node_spans, struct fact_node_span);
FACT_LIST(fact_node_numbers, struct fact_node_number);
FACT_LIST(fact_zone_lines, struct fact_zone_line);
FACT_LIST(fact_holes, struct fact_hole);
FACT_LIST(fact_orders, struct fact_order);
FACT_LIST(fact_zoneinfos, struct fact_zoneinfo);

/* Memory type range registers: types are the CPU's numbers. */
#define FACT_MTRRS     32
#define FACT_LOW_PAGES 256
struct fact_mtrrs {
	bool known; /* the log has them to the end */
	uint8_t default_type;
	bool fixed;
	uint8_t low[FACT_LOW_PAGES]; /* of 4 KB, with `fixed` */
	unsigned int nr;
	struct fact_mtrr {
		uint64_t base, mask;
		uint8_t type;
	} var[FACT_MTRRS];
};

struct log_facts {
	struct kernel_version version;
	char *command_line;

	struct fact_ranges bios;
	struct fact_ranges user;
	struct fact_ranges setup_data;
	struct fact_ranges modified;
	struct fact_changes changes;
	struct fact_numbers last_pfns;
	struct fact_mtrrs mtrrs;

	struct fact_srat_memories srat_memory;
	struct fact_srat_cpus srat_cpus;
	struct fact_node_ranges fake_nodes;
	bool no_numa;		       /* "No NUMA configuration found" */
	uint64_t dummy_end;	       /* of "Faking a node at"; 0: no such line */
	unsigned int nr_distances;     /* nodes in the pasted table */
	struct fact_numbers distances; /* by rows */

	struct fact_zone_range zones[FACT_ZONES];
	bool movable_header;
	struct fact_node_numbers movable; /* bytes */
	struct fact_node_ranges node_ranges;
	struct fact_node_spans initmem;
	struct fact_node_numbers totalpages;
	struct fact_zone_lines zone_lines;
	struct fact_holes holes;
	int64_t zeroed_pages;	      /* -1: no such line */
	int64_t reserved_unavailable; /* -1: no such line */

	struct fact_orders fallback;
	struct fact_orders zonelists;
	int64_t nr_zonelists; /* -1: no such line */
	bool mobility;
	uint64_t total_pages;
	char policy_zone[16];

	bool has_memory_line;
	uint64_t memory_available, memory_total; /* KB */
	int64_t memory_absent;			 /* KB; -1: not said */
	bool memory_of_pages; /* total counts what is present, not what max_pfn spans */

	struct fact_zoneinfos zoneinfo;

	bool low_memory; /* of a 32-bit kernel, whose zones are others */

	unsigned long nr_lines;	  /* read */
	unsigned long nr_joined;  /* parts of lines that were joined again */
	unsigned long nr_garbled; /* lines that start like one that matters */
	bool second_boot;	  /* another boot follows, not read */
};

struct log_facts *log_facts_read(const char *text, size_t len);
void log_facts_free(struct log_facts *facts);

/* The number of an e820 type by the log's word; 0 where it is none. */
uint32_t fact_e820_type(const char *word, size_t len);

#endif /* _REPLAY_LOG_FACTS_H */

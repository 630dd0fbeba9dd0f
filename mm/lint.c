// SPDX-License-Identifier: MIT
/* Lint: the facts of this machine, and how findings are told. Contract: baremm/lint.h. */
#include "lint.h"

#include <baremm/acpi.h>
#include <baremm/boot_info.h>
#include <baremm/e820.h>
#include <baremm/smbios.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "acpi.h"

#undef pr_fmt
#define pr_fmt(fmt) "lint: " fmt

/* Findings of one kind that are logged; more are only counted. */
#define SHOWN_OF_A_KIND 4

unsigned int lint_counts[NR_LINT_IDS];

static bool off;

static const struct {
	const char *name;
	enum lint_severity severity;
	const char *effect;
} rules[NR_LINT_IDS] = {
	[LINT_MAP_OVERLAP] =
		{"map-overlap", LINT_ERROR,
		 "a system that believes the weaker entry writes over firmware's memory"},
	[LINT_MAP_WRAP] = {"map-wrap", LINT_ERROR,
			   "a system that adds up start and size ends below the start"},
	[LINT_MAP_EMPTY] = {"map-empty", LINT_NOTE, "systems drop it, some loop on it"},
	[LINT_MAP_UNKNOWN_TYPE] = {"map-unknown-type", LINT_WARNING,
				   "systems keep out of it, and its memory is lost"},
	[LINT_MAP_MANY] = {"map-many", LINT_NOTE,
			   "loaders with tables for 128 entries lose the rest"},
	[LINT_MAP_UNALIGNED] = {"map-unaligned", LINT_WARNING,
				"the pages at the ends are lost, or shared with who has the rest"},
	[LINT_MAP_NO_LOW_MEMORY] =
		{"map-no-low-memory", LINT_WARNING,
		 "other CPUs start there; a system that finds none uses one CPU"},
	[LINT_MAP_RUNTIME_RAM] = {"map-runtime-ram", LINT_ERROR,
				  "a system that goes by the type alone overwrites the firmware's "
				  "runtime services"},
	[LINT_MAP_UNCACHEABLE_RAM] = {"map-uncacheable-ram", LINT_WARNING,
				      "used as RAM it is a hundred times slower"},
	[LINT_MAP_HOTPLUG_TAKEN] = {"map-hotplug-taken", LINT_WARNING,
				    "it can never be unplugged, or the firmware goes with it"},
	[LINT_MAP_CPU_HOLE] = {"map-cpu-hole", LINT_ERROR,
			       "what is written there is lost, or ends in a machine check"},
	[LINT_MTRR_OFF] = {"mtrr-off", LINT_ERROR, "all memory is uncached"},
	[LINT_MTRR_MASK] = {"mtrr-mask", LINT_WARNING,
			    "systems take the range for another than the CPU does"},
	[LINT_MTRR_RAM_NOT_WB] =
		{"mtrr-ram-not-wb", LINT_ERROR,
		 "Linux gives such memory up (mtrr_trim); others are a hundred times "
		 "slower there"},
	[LINT_MTRR_LOW_NOT_WB] = {"mtrr-low-not-wb", LINT_WARNING,
				  "other CPUs start there, and systems keep tables there: slowly"},
	[LINT_SRAT_OVERLAP] = {"srat-overlap", LINT_ERROR,
			       "Linux does not use the table: all memory is one node's"},
	[LINT_SRAT_EMPTY] = {"srat-empty", LINT_NOTE, "a node without memory for some systems"},
	[LINT_SRAT_RAM_LEFT_OUT] = {"srat-ram-left-out", LINT_WARNING,
				    "Linux gives up the table over 1 MB of it, others put it on "
				    "node 0"},
	[LINT_SLIT_SMALL] = {"slit-small", LINT_WARNING,
			     "distances from and to the others are guessed"},
	[LINT_SLIT_DISTANCE] = {"slit-distance", LINT_ERROR, "Linux does not use the table"},
	[LINT_SLIT_ASYMMETRIC] = {"slit-asymmetric", LINT_WARNING,
				  "nodes fall back on others by one direction's distances"},
	[LINT_SMBIOS_BROKEN] = {"smbios-broken", LINT_NOTE, "inventories of the machine are wrong"},
	[LINT_SMBIOS_OVERLAP] = {"smbios-overlap", LINT_NOTE,
				 "an error's address leads to more than one device"},
	[LINT_SMBIOS_SIZES] = {"smbios-sizes", LINT_NOTE,
			       "tools show memory that is not there, or miss some"},
	[LINT_SMBIOS_RAM_UNMAPPED] = {"smbios-ram-unmapped", LINT_NOTE,
				      "an error's address there leads to no device"},
};

const char *lint_name(enum lint_id id)
{
	return rules[id].name;
}

void lint_find(enum lint_id id, const char *fmt, ...)
{
	static const char *const severities[] = {"note", "warning", "error"};
	char evidence[200];
	va_list args;

	if (++lint_counts[id] > SHOWN_OF_A_KIND)
		return;
	va_start(args, fmt);
	vsnprintf(evidence, sizeof(evidence), fmt, args);
	va_end(args);
	pr_warn("%s: %s: %s; %s\n", severities[rules[id].severity], rules[id].name, evidence,
		rules[id].effect);
}

unsigned int lint_judge(const struct lint_facts *facts)
{
	unsigned int findings = 0;

	memset(lint_counts, 0, sizeof(lint_counts));
	lint_map(facts);
	lint_mtrrs(facts);
	lint_numa(facts);
	lint_smbios(facts);
	for (unsigned int id = 0; id < NR_LINT_IDS; id++) {
		findings += lint_counts[id];
		if (lint_counts[id] > SHOWN_OF_A_KIND)
			pr_warn("%s: %u more\n", rules[id].name, lint_counts[id] - SHOWN_OF_A_KIND);
	}
	return findings;
}

/* ---- This machine ------------------------------------------------------------------- */

/* What the firmware's own map says, or where that is gone what was made of it. */
static struct lint_range map_entry(u32 i)
{
	const struct e820_entry *entry = &boot_info->e820[i];
	struct lint_range range = {};

	if (boot_info->map_entry) {
		boot_info->map_entry(boot_info, i, &range);
		return range;
	}
	range = (struct lint_range){
		.start = entry->addr,
		.size = entry->size,
		.type = entry->type,
		.known_type = entry->type >= E820_TYPE_RAM && entry->type <= E820_TYPE_PMEM,
	};
	range.known_type |= entry->type == E820_TYPE_PRAM || entry->type == E820_TYPE_SOFT_RESERVED;
	return range;
}

static struct lint_range *__init copy_map(size_t *nr)
{
	struct lint_range *map;

	*nr = boot_info->map_entry ? boot_info->nr_map_entries : boot_info->nr_e820;
	map = kvmalloc_array(*nr, sizeof(*map), GFP_KERNEL);
	if (!map) {
		pr_err("no memory for a copy of %zu entries, the map is not judged\n", *nr);
		*nr = 0;
	}
	for (size_t i = 0; i < *nr; i++)
		map[i] = map_entry((u32)i);
	return map;
}

/* Up to LINT_NODE_RANGES of them are judged. */
#define LINT_NODE_RANGES 512

struct node_ranges {
	struct lint_node_range *at;
	size_t nr;
};

static int __init note_range(const struct srat_entry *entry, void *arg)
{
	struct node_ranges *ranges = arg;

	if (entry->type == SRAT_MEMORY && entry->enabled && ranges->nr < LINT_NODE_RANGES)
		ranges->at[ranges->nr++] =
			(struct lint_node_range){entry->base, entry->size, entry->pxm};
	return 0;
}

static void __init read_srat(struct node_ranges *ranges)
{
	size_t length;
	const void *srat = acpi_find_table("SRAT", &length);

	ranges->nr = 0;
	ranges->at = srat ? kmalloc_array(LINT_NODE_RANGES, sizeof(*ranges->at), GFP_KERNEL) : NULL;
	if (ranges->at)
		srat_for_each(srat, length, note_range, ranges);
}

/* The distances lie behind the header and their number; what is cut off is not judged. */
static void __init read_slit(struct lint_facts *facts)
{
	enum { COUNT = 36, DISTANCES = 44 };
	size_t length;
	const u8 *slit = acpi_find_table("SLIT", &length);
	u64 n;

	if (!slit || length < DISTANCES)
		return;
	n = acpi_u64(slit, COUNT);
	if (n > 4096 || n * n > length - DISTANCES)
		return;
	facts->slit = slit + DISTANCES;
	facts->nr_slit = n;
}

void __init mm_lint(void)
{
	struct lint_facts facts = {.bios_map = !boot_info->map_entry};
	struct smbios_memory smbios;
	struct arch_mtrrs mtrrs;
	struct lint_range *map;
	struct node_ranges nodes;
	unsigned int findings;

	if (off)
		return;
	map = copy_map(&facts.nr_map);
	read_srat(&nodes);
	read_slit(&facts);
	facts.map = map;
	facts.nodes = nodes.at;
	facts.nr_nodes = nodes.nr;
	if (boot_info->smbios_records) {
		smbios_read_memory(boot_info->smbios_records, boot_info->smbios_size, &smbios);
		facts.smbios = &smbios;
	}
	if (!arch_address_hole(&facts.hole_start, &facts.hole_end))
		facts.hole_start = facts.hole_end = 0;
	facts.mtrrs = arch_read_mtrrs(&mtrrs) ? &mtrrs : NULL;
	findings = lint_judge(&facts);
	pr_info("%u findings in the memory map of %zu entries%s%s%s%s\n", findings, facts.nr_map,
		facts.mtrrs ? ", MTRRs" : "", facts.nr_nodes ? ", SRAT" : "",
		facts.slit ? ", SLIT" : "", facts.smbios ? ", SMBIOS" : "");
	kvfree(map);
	kfree(nodes.at);
}

int __init lint_parse_option(char *value)
{
	bool on;

	if (!value || kstrtobool(value, &on))
		return -EINVAL;
	off = !on;
	return 0;
}

void lint_reset(void)
{
	off = false;
	memset(lint_counts, 0, sizeof(lint_counts));
}

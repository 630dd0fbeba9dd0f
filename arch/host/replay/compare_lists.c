/* SPDX-License-Identifier: MIT */
/* Orders and sums: fallback orders, zonelists, totals, zoneinfo. */
#include "compare_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a struct page in the smallest configuration that is common. */
#define SMALLER_STRUCT_PAGE 56

/* ---- Orders ------------------------------------------------------------------------------------------ */

static const char *find_order(const struct fact_orders *list, const char *what)
{
	for (size_t i = 0; i < list->nr; i++)
		if (strcmp(list->at[i].what, what) == 0)
			return list->at[i].order;
	return "";
}

static bool is_general(const char *what)
{
	return strncmp(what, "general", strlen("general")) == 0;
}

/* The node that an order is for: of "1", "general 1:Normal". */
static unsigned int node_of(const char *what)
{
	return (unsigned int)strtoul(what + strcspn(what, "0123456789"), NULL, 10);
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The words of an order, sorted: what of it does not hang on distances. */
static char *sorted_words(const char *order)
{
	char *copy = fact_text("%s", order), *s = fact_text("%s", ""), *save = NULL;
	char **words = calloc(strlen(order) + 1, sizeof(*words));
	size_t nr = 0;

	if (!words)
		abort();
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		words[nr++] = w;
	if (nr > 1)
		qsort(words + 1, nr - 1, sizeof(*words), compare_words);
	for (size_t i = 0; i < nr; i++) {
		char *longer = fact_text("%s%s%s", s, i ? " " : "", words[i]);

		free(s);
		s = longer;
	}
	free(words);
	free(copy);
	return s;
}

/* Does the pasted table have all distances of the node? Those that are not online it leaves out. */
static bool distances_known(const struct compare *k, unsigned int nid)
{
	const struct log_facts *log = k->log;

	for (size_t i = 0; i < k->ours->initmem.nr; i++) {
		unsigned int to = k->ours->initmem.at[i].nid;

		if (nid >= log->nr_distances || to >= log->nr_distances ||
		    !log->distances.at[nid * log->nr_distances + to])
			return false;
	}
	return true;
}

/* Who comes first at equal distances hangs on the nodes whose order was made before. */
static bool distances_known_up_to(const struct compare *k, unsigned int nid)
{
	for (size_t i = 0; i < k->ours->initmem.nr; i++)
		if (k->ours->initmem.at[i].nid <= nid &&
		    !distances_known(k, k->ours->initmem.at[i].nid))
			return false;
	return true;
}

/* Why the order of nodes cannot be held against the log's; NULL: it can. */
static const char *order_unknown(const struct compare *k, unsigned int nid)
{
	size_t nodes = k->ours->initmem.nr;

	if (nodes > 2 && !k->log->nr_distances)
		return "the order hangs on node distances, which are not in the log";
	if (nodes > 2 && !distances_known_up_to(k, nid))
		return "the order hangs on distances of nodes that the pasted table leaves out";
	if (nodes > 2 && k->rules.ties_by_last_load)
		return "before 5.16 nodes at equal distances came in another order";
	if (nodes > 1 && k->rules.zone_order)
		return "up to 4.13 the order may be by zone";
	return NULL;
}

/* The first word of an order is the node itself, and all words are known, whatever the rest. */
static void compare_order(struct compare *k, const char *group, const struct fact_order *log,
			  const char *ours, bool by_distance)
{
	const char *why = by_distance ? order_unknown(k, node_of(log->what)) : NULL;

	if (!why || strcmp(log->order, ours) == 0) {
		fact_check(k, group, fact_text("%s", log->what), fact_text("%s", log->order),
			   fact_text("%s", ours));
		return;
	}
	fact_check_note(k, group, fact_text("%s", log->what), sorted_words(log->order),
			sorted_words(ours), "as a set");
	fact_skip(k, group, fact_text("%s", log->what), fact_text("%s", log->order),
		  fact_text("%s", ours), why);
}

/* A node without memory that older kernels do not bring up has no list there. */
static bool has_no_list(const struct compare *k, const char *what)
{
	char *end;
	unsigned int nid = (unsigned int)strtoul(what, &end, 10);
	const struct fact_node_span *span = find_span(&k->ours->initmem, nid);

	return end > what && k->rules.memoryless_silent && span && span->memoryless;
}

static void compare_orders(struct compare *k, const char *group, const struct fact_orders *log,
			   const struct fact_orders *ours, bool all_by_distance)
{
	for (size_t i = 0; i < log->nr; i++)
		compare_order(k, group, &log->at[i], find_order(ours, log->at[i].what),
			      all_by_distance || is_general(log->at[i].what));
	for (size_t i = 0; log->nr && i < ours->nr; i++)
		if (!*find_order(log, ours->at[i].what) && !has_no_list(k, ours->at[i].what))
			fact_check(k, group, fact_text("%s", ours->at[i].what), fact_text("%s", ""),
				   fact_text("%s", ours->at[i].order));
}

void compare_lists(struct compare *k)
{
	compare_orders(k, "fallback", &k->log->fallback, &k->ours->fallback, true);
	compare_orders(k, "zonelist", &k->log->zonelists, &k->ours->zonelists, false);
}

/* ---- Totals ---------------------------------------------------------------------------------------------- */

static uint64_t total_pages(const struct compare *k)
{
	uint64_t total = 0;

	for (size_t i = 0; i < k->ours->zoneinfo.nr; i++) {
		const struct fact_zoneinfo *z = &k->ours->zoneinfo.at[i];

		total += k->rules.total_is_present ? z->present : zone_free_pages(k, z);
	}
	return total;
}

/*
 * Up to 6.9 without page structs and what the kernel holds of DMA. Where the log does
 * not say that, the difference must be a number of pages that DMA has, with page
 * structs of one size or another.
 */
static void compare_total_pages(struct compare *k)
{
	uint64_t total = total_pages(k), reserve = 0, log = k->log->total_pages;
	const struct fact_zoneinfo *dma = nth_zone(k->ours, 0, 0);
	bool known = dma_reserve(k, &reserve) || k->rules.total_is_present || !dma;

	if (!known && total < log) {
		k->struct_page = SMALLER_STRUCT_PAGE;
		total = total_pages(k);
	}
	if (!known && total >= log && total - log <= dma->present)
		fact_check_note(
			k, "built", fact_text("total pages"), fact_number(log), fact_number(log),
			"but for the pages of DMA that the kernel keeps, which it does not say");
	else
		fact_check(k, "built", fact_text("total pages"), fact_number(log),
			   fact_number(total));
}

/* Nodes that the log's kernel has online. */
static uint64_t online_nodes(const struct compare *k)
{
	uint64_t nr = 0;

	if (!k->rules.memoryless_off)
		return (uint64_t)k->ours->nr_zonelists;
	for (size_t i = 0; i < k->ours->initmem.nr; i++)
		nr += !k->ours->initmem.at[i].memoryless;
	return nr;
}

/*
 * A node that has neither memory nor CPUs is not online. The log must name the CPUs, and
 * may name some that are not there.
 */
static const char *online_unknown(const struct compare *k)
{
	uint64_t with_memory = 0, online = (uint64_t)k->log->nr_zonelists;

	for (size_t i = 0; i < k->ours->initmem.nr; i++)
		with_memory += !k->ours->initmem.at[i].memoryless;
	if (with_memory == k->ours->initmem.nr)
		return NULL;
	if (!k->log->srat_cpus.nr)
		return "which nodes without memory have CPUs is not in the log";
	if (online >= with_memory && online < online_nodes(k))
		return "which of the CPUs of nodes without memory are there is not in the log";
	return NULL;
}

static void compare_built(struct compare *k)
{
	const char *why;
	char *theirs;

	if (k->log->nr_zonelists < 0)
		return;
	theirs = fact_number((uint64_t)k->log->nr_zonelists);
	why = online_unknown(k);
	if (!why)
		fact_check(k, "built", fact_text("zonelists"), theirs,
			   fact_number(online_nodes(k)));
	else
		fact_skip(k, "built", fact_text("zonelists"), theirs, fact_number(online_nodes(k)),
			  why);
	fact_check(k, "built", fact_text("mobility grouping"),
		   fact_text("%s", k->log->mobility ? "on" : "off"),
		   fact_text("%s", k->ours->mobility ? "on" : "off"));
	compare_total_pages(k);
}

static void compare_policy(struct compare *k)
{
	if (k->log->policy_zone[0])
		fact_check(k, "policy", fact_text("zone"), fact_text("%s", k->log->policy_zone),
			   fact_text("%s", k->ours->policy_zone));
}

static void compare_memory(struct compare *k)
{
	const struct log_facts *log = k->log;
	uint64_t max_pfn = fact_highest(&k->ours->last_pfns), present = all_present(k->ours);
	bool spans = k->rules.total_of_max_pfn && !log->memory_of_pages;

	if (!log->has_memory_line)
		return;
	fact_check(k, "memory", fact_text("total"), fact_text("%" PRIu64 "K", log->memory_total),
		   fact_text("%" PRIu64 "K", 4 * (spans ? max_pfn : present)));
	if (log->memory_absent >= 0)
		fact_check(k, "memory", fact_text("absent"),
			   fact_text("%" PRId64 "K", log->memory_absent),
			   fact_text("%" PRIu64 "K", 4 * (max_pfn - present)));
	fact_skip(k, "memory", fact_text("available"),
		  fact_text("%" PRIu64 "K", log->memory_available),
		  fact_text("%" PRIu64 "K", k->ours->memory_available),
		  "what the kernel keeps for itself, and has not initialised yet, is not in it");
}

static const struct fact_zoneinfo *find_zoneinfo(const struct log_facts *facts,
						 const struct fact_zoneinfo *like)
{
	for (size_t i = 0; i < facts->zoneinfo.nr; i++)
		if (facts->zoneinfo.at[i].nid == like->nid &&
		    facts->zoneinfo.at[i].zone == like->zone)
			return &facts->zoneinfo.at[i];
	return NULL;
}

static void compare_zoneinfo(struct compare *k)
{
	for (size_t i = 0; i < k->log->zoneinfo.nr; i++) {
		const struct fact_zoneinfo *z = &k->log->zoneinfo.at[i];
		const struct fact_zoneinfo *ours = find_zoneinfo(k->ours, z);
		const char *name = fact_zone_names[z->zone];

		if (z->has_spanned)
			fact_check(k, "zoneinfo", fact_text("%u:%s spanned", z->nid, name),
				   fact_number(z->spanned), fact_number(ours ? ours->spanned : 0));
		if (z->has_present)
			fact_check(k, "zoneinfo", fact_text("%u:%s present", z->nid, name),
				   fact_number(z->present), fact_number(ours ? ours->present : 0));
		if (z->has_start && z->present)
			fact_check(k, "zoneinfo", fact_text("%u:%s start_pfn", z->nid, name),
				   fact_number(z->start_pfn),
				   fact_number(ours ? ours->start_pfn : 0));
		if (z->managed)
			fact_skip(k, "zoneinfo", fact_text("%u:%s managed", z->nid, name),
				  fact_number(z->managed), fact_number(ours ? ours->managed : 0),
				  "what the kernel keeps for itself is not in it");
	}
}

void compare_totals(struct compare *k)
{
	compare_built(k);
	compare_policy(k);
	compare_memory(k);
	compare_zoneinfo(k);
}

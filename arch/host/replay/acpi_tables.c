/* SPDX-License-Identifier: MIT */
/*
 * Facts to ACPI tables (ACPI 6.5, sections 5.2.5, 5.2.8, 5.2.16, 5.2.17):
 *
 *   | RSDP 36 | XSDT | SRAT: CPUs, then memory | SLIT |
 */
#include "acpi_tables.h"

#include <stdbool.h>
#include <string.h>

#define HEADER_SIZE 36
#define RSDP_SIZE   36
#define SRAT_FIXED  48 /* before its entries */
#define SLIT_FIXED  44
#define ALIGNMENT   16

enum { ENTRY_CPU = 0, ENTRY_MEMORY = 1, ENTRY_X2APIC = 2 };
enum { CPU_SIZE = 16, MEMORY_SIZE = 40, X2APIC_SIZE = 24 };

/* Tables that are told apart by proximity domain are no larger than this. */
#define MAX_DOMAINS 1024

static void put(uint8_t *to, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* Makes the @size bytes from @table on add up to 0, by the one at @at. */
static void set_checksum(uint8_t *table, size_t size, size_t at)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + table[i]);
	table[at] = (uint8_t)(table[at] - sum);
}

static void finish_table(uint8_t *table, const char *signature, uint8_t revision, size_t size)
{
	memcpy(table, signature, 4);
	put(table + 4, size, 4);
	table[8] = revision;
	memcpy(table + 10, "REPLAY", 6);
	memcpy(table + 16, "FROM LOG", 8);
	set_checksum(table, size, 9);
}

/* ---- SRAT ---------------------------------------------------------------------------- */

/* The proximity domain of a node, from its memory; false where the log names none. */
static bool domain_of_node(const struct log_facts *facts, unsigned int nid, unsigned int *pxm)
{
	for (size_t i = 0; i < facts->srat_memory.nr; i++)
		if (facts->srat_memory.at[i].nid == nid) {
			*pxm = facts->srat_memory.at[i].pxm;
			return true;
		}
	for (size_t i = 0; i < facts->srat_cpus.nr; i++)
		if (facts->srat_cpus.at[i].nid == nid) {
			*pxm = facts->srat_cpus.at[i].pxm;
			return true;
		}
	return false;
}

/* One past the highest node that any line names. */
static unsigned int nr_nodes(const struct log_facts *facts)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < facts->srat_memory.nr; i++)
		if (facts->srat_memory.at[i].nid >= nr)
			nr = facts->srat_memory.at[i].nid + 1;
	for (size_t i = 0; i < facts->initmem.nr; i++)
		if (facts->initmem.at[i].nid >= nr)
			nr = facts->initmem.at[i].nid + 1;
	return nr < MAX_DOMAINS ? nr : MAX_DOMAINS;
}

/*
 * Without debug messages Linux does not print the entries for CPUs. That there were
 * some shows where the nodes are not numbered as memory alone would have it, and
 * where one has no memory.
 */
static bool cpus_are_missing(const struct log_facts *facts)
{
	unsigned int next = 0;

	if (facts->srat_cpus.nr)
		return false;
	for (size_t i = 0; i < facts->srat_memory.nr; i++) {
		const struct fact_srat_memory *m = &facts->srat_memory.at[i];

		if (m->nid > next)
			return true;
		if (m->nid == next)
			next++;
	}
	return next < nr_nodes(facts);
}

/* A domain for a node whose own the log does not name: above all that it does. */
static unsigned int invent_domain(const struct log_facts *facts, unsigned int nid)
{
	unsigned int most = 0;

	for (size_t i = 0; i < facts->srat_memory.nr; i++)
		if (facts->srat_memory.at[i].pxm > most)
			most = facts->srat_memory.at[i].pxm;
	return most + 1 + nid;
}

static uint8_t *put_cpu(uint8_t *to, unsigned int pxm, unsigned int apic)
{
	if (apic < 255) {
		to[0] = ENTRY_CPU;
		to[1] = CPU_SIZE;
		to[2] = (uint8_t)pxm;
		to[3] = (uint8_t)apic;
		put(to + 4, 1, 4);
		put(to + 9, pxm >> 8, 3);
		return to + CPU_SIZE;
	}
	to[0] = ENTRY_X2APIC;
	to[1] = X2APIC_SIZE;
	put(to + 4, pxm, 4);
	put(to + 8, apic, 4);
	put(to + 12, 1, 4);
	return to + X2APIC_SIZE;
}

static uint8_t *put_memory(uint8_t *to, const struct fact_srat_memory *m)
{
	to[0] = ENTRY_MEMORY;
	to[1] = MEMORY_SIZE;
	put(to + 2, m->pxm, 4);
	put(to + 8, m->start, 8);
	put(to + 16, m->end - m->start, 8);
	put(to + 28, 1U | (m->hotplug ? 2 : 0) | (m->non_volatile ? 4 : 0), 4);
	return to + MEMORY_SIZE;
}

static size_t srat_size(const struct log_facts *facts)
{
	return SRAT_FIXED + (facts->srat_cpus.nr + MAX_DOMAINS) * X2APIC_SIZE +
	       facts->srat_memory.nr * MEMORY_SIZE;
}

/* Returns the table's size. */
static size_t write_srat(const struct log_facts *facts, uint8_t *table)
{
	uint8_t *to = table + SRAT_FIXED;
	unsigned int pxm;

	for (size_t i = 0; i < facts->srat_cpus.nr; i++)
		to = put_cpu(to, facts->srat_cpus.at[i].pxm, facts->srat_cpus.at[i].apic);
	if (cpus_are_missing(facts))
		for (unsigned int nid = 0; nid < nr_nodes(facts); nid++) {
			if (!domain_of_node(facts, nid, &pxm))
				pxm = invent_domain(facts, nid);
			to = put_cpu(to, pxm, nid);
		}
	for (size_t i = 0; i < facts->srat_memory.nr; i++)
		to = put_memory(to, &facts->srat_memory.at[i]);
	put(table + HEADER_SIZE, 1, 4);
	finish_table(table, "SRAT", 3, (size_t)(to - table));
	return (size_t)(to - table);
}

/* ---- SLIT ------------------------------------------------------------------------------ */

static bool owns_address(const struct log_facts *facts, unsigned int nid, uint64_t address)
{
	for (size_t i = 0; i < facts->srat_memory.nr; i++) {
		const struct fact_srat_memory *m = &facts->srat_memory.at[i];

		if (m->nid == nid && m->start <= address && address < m->end)
			return true;
	}
	return false;
}

/*
 * Which row of the pasted table tells a node's distances: its own, or with numa=fake
 * that of a node cut from it. False: none does.
 */
static bool row_of_node(const struct log_facts *facts, unsigned int nid, unsigned int *row)
{
	*row = nid;
	if (!facts->fake_nodes.nr)
		return nid < facts->nr_distances;
	for (size_t i = 0; i < facts->fake_nodes.nr; i++)
		if (owns_address(facts, nid, facts->fake_nodes.at[i].start)) {
			*row = facts->fake_nodes.at[i].nid;
			return *row < facts->nr_distances;
		}
	return false;
}

/* 0: the log does not say it. */
static uint64_t log_distance(const struct log_facts *facts, unsigned int from, unsigned int to)
{
	unsigned int row, column;

	if (!row_of_node(facts, from, &row) || !row_of_node(facts, to, &column))
		return 0;
	return facts->distances.at[row * facts->nr_distances + column];
}

static unsigned int nr_domains(const struct log_facts *facts)
{
	unsigned int nr = 0, nodes = facts->nr_distances ? nr_nodes(facts) : 0, pxm;

	for (unsigned int nid = 0; nid < nodes; nid++)
		if (domain_of_node(facts, nid, &pxm) && pxm < MAX_DOMAINS && pxm >= nr)
			nr = pxm + 1;
	return nr;
}

static size_t slit_size(const struct log_facts *facts)
{
	size_t nr = nr_domains(facts);

	return nr ? SLIT_FIXED + nr * nr : 0;
}

/* The log has distances of nodes, the table those of proximity domains. */
static void write_slit(const struct log_facts *facts, uint8_t *table)
{
	unsigned int nr = nr_domains(facts), from, to;

	put(table + HEADER_SIZE, nr, 8);
	for (unsigned int i = 0; i < nr * nr; i++)
		table[SLIT_FIXED + i] = i / nr == i % nr ? 10 : 20;
	for (unsigned int i = 0; i < nr_nodes(facts); i++)
		for (unsigned int j = 0; j < nr_nodes(facts); j++) {
			uint64_t distance = log_distance(facts, i, j);

			if (distance && domain_of_node(facts, i, &from) && from < nr &&
			    domain_of_node(facts, j, &to) && to < nr)
				table[SLIT_FIXED + from * nr + to] = (uint8_t)distance;
		}
	finish_table(table, "SLIT", 1, SLIT_FIXED + (size_t)nr * nr);
}

/* ---- All of them ----------------------------------------------------------------------- */

static size_t aligned(size_t size)
{
	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

size_t acpi_tables_size(const struct log_facts *facts)
{
	if (!facts->srat_memory.nr)
		return 0;
	return aligned(RSDP_SIZE) + aligned(HEADER_SIZE + 16) + aligned(srat_size(facts)) +
	       aligned(slit_size(facts));
}

static void write_rsdp(uint8_t *to, uint64_t xsdt)
{
	memcpy(to, "RSD PTR ", 8);
	memcpy(to + 9, "REPLAY", 6);
	to[15] = 2; /* revision: ACPI 2.0 on */
	put(to + 20, RSDP_SIZE, 4);
	put(to + 24, xsdt, 8);
	set_checksum(to, 20, 8);
	set_checksum(to, RSDP_SIZE, 32);
}

uint64_t acpi_tables_write(const struct log_facts *facts, uint8_t *to, uint64_t base, size_t size)
{
	size_t xsdt = aligned(RSDP_SIZE), srat = xsdt + aligned(HEADER_SIZE + 16), slit;
	bool has_slit = slit_size(facts);

	if (!acpi_tables_size(facts) || size < acpi_tables_size(facts))
		return 0;
	slit = srat + aligned(write_srat(facts, to + srat));
	if (has_slit)
		write_slit(facts, to + slit);
	put(to + xsdt + HEADER_SIZE, base + srat, 8);
	put(to + xsdt + HEADER_SIZE + 8, base + slit, 8);
	finish_table(to + xsdt, "XSDT", 1, HEADER_SIZE + (has_slit ? 16 : 8));
	write_rsdp(to, base + xsdt);
	return base;
}

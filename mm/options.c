/* SPDX-License-Identifier: MIT */
/* Splitting the options into words, and finding who wants each. */
#include <baremm/options.h>
#include <baremm/lint.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/memblock.h>
#include <linux/page_owner.h>
#include <linux/spinlock.h>
#include <linux/stackdepot.h>
#include <linux/string.h>

#include "badpage.h"
#include "compaction.h"
#include "cpus.h"
#include "cma.h"
#include "fault_inject.h"
#include "highmem.h"
#include "hugetlb.h"
#include "hugetlb_cma.h"
#include "internal.h"
#include "kfence.h"
#include "low_memory.h"
#include "memtest.h"
#include "mtrr_trim.h"
#include "numa_bench.h"
#include "page_alloc.h"
#include "page_poison.h"
#include "percpu.h"
#include "shuffle.h"
#include "slab_debug.h"
#include "swiotlb.h"
#include "vmap.h"

#define TABLES_MAX 16
#define WORD_MAX   4096

static struct {
	const struct boot_option *options;
	size_t nr;
} tables[TABLES_MAX];
static size_t nr_tables;

unsigned int bad_options;

void register_options(const struct boot_option *table, size_t nr)
{
	for (size_t i = 0; i < nr_tables; i++)
		if (tables[i].options == table)
			return;
	if (nr_tables == TABLES_MAX) {
		pr_err("options: no room for more than %d tables, '%s' and its like are lost\n",
		       TABLES_MAX, nr ? table->name : "");
		return;
	}
	tables[nr_tables].options = table;
	tables[nr_tables++].nr = nr;
}

/* As on Linux, - and _ are the same in a name. */
static char name_char(char c)
{
	return c == '-' ? '_' : c;
}

static bool same_name(const char *a, const char *b)
{
	for (; *a && name_char(*a) == name_char(*b); a++)
		b++;
	return name_char(*a) == name_char(*b);
}

/*
 * Copies the word at @text without its quotes; blanks inside quotes belong to it.
 * Returns what follows it. *@len is its whole length, which may be more than fits.
 */
static const char *next_word(const char *text, char word[WORD_MAX], size_t *len)
{
	bool quoted = false;

	for (*len = 0; *text && (quoted || !isspace(*text)); text++) {
		if (*text == '"') {
			quoted = !quoted;
			continue;
		}
		if (*len < WORD_MAX - 1)
			word[*len] = *text;
		++*len;
	}
	word[min_t(size_t, *len, WORD_MAX - 1)] = '\0';
	return text;
}

/* Gives @value to everyone who knows @name. The number of them, or an error of one. */
static int offer(const char *name, char *value)
{
	int takers = 0, err = 0;

	for (size_t i = 0; i < nr_tables; i++) {
		for (size_t j = 0; j < tables[i].nr; j++) {
			if (!same_name(name, tables[i].options[j].name))
				continue;
			takers++;
			err = tables[i].options[j].parse(value) ?: err;
		}
	}
	return err ? err : takers;
}

static void take_word(char *word)
{
	char *value = strchr(word, '=');
	int ret;

	if (value)
		*value++ = '\0';
	ret = offer(word, value);
	if (ret > 0)
		return;
	bad_options++;
	if (ret < 0)
		pr_warn("Malformed option '%s%s%s'\n", word, value ? "=" : "", value ? value : "");
	else
		pr_warn("Unknown option \"%s%s%s\", ignored\n", word, value ? "=" : "",
			value ? value : "");
}

unsigned int parse_options(const char *text)
{
	static char word[WORD_MAX];
	size_t len;

	for (;;) {
		text = next_word(skip_spaces(text), word, &len);
		if (!len && !*text)
			return bad_options;
		if (len >= WORD_MAX) {
			bad_options++;
			pr_warn("options: a word of %zu characters is too long (%d), ignored: "
				"'%.32s...'\n",
				len, WORD_MAX - 1, word);
		} else if (strcmp(word, "--") == 0) {
			return bad_options;
		} else if (len) {
			take_word(word);
		}
	}
}

/* ---- Options of the log ----------------------------------------------------------- */

static int parse_loglevel(char *value)
{
	int level;

	if (!value || kstrtoint(value, 0, &level) || level < 0)
		return -EINVAL;
	console_loglevel = level;
	return 0;
}

static int parse_quiet(char *value)
{
	if (value)
		return -EINVAL;
	console_loglevel = CONSOLE_LOGLEVEL_QUIET;
	return 0;
}

static const struct boot_option mm_options[] __initconst = {
	{"loglevel", parse_loglevel},
	{"quiet", parse_quiet},
	{"mem", e820_parse_mem},
	{"directmap", directmap_parse_option},
	{"memmap", e820_parse_memmap},
	{"memblock", memblock_parse_option},
	{"memtest", memtest_parse_option},
	{"disable_mtrr_trim", disable_mtrr_trim_parse_option},
	{"memory_corruption_check", memory_corruption_check_parse_option},
	{"memory_corruption_check_size", memory_corruption_check_size_parse_option},
	{"badpage", badpage_parse_option},
	{"early", early_parse_option},
	{"bootmem_debug", bootmem_debug_parse_option},
	{"mminit_loglevel", mminit_loglevel_parse_option},
	{"kernelcore", kernelcore_parse_option},
	{"movablecore", movablecore_parse_option},
	{"numa_zonelist_order", numa_zonelist_order_parse_option},
	{"min_free_kbytes", min_free_kbytes_parse_option},
	{"vm.min_free_kbytes", min_free_kbytes_parse_option},
	{"sysctl.vm.min_free_kbytes", min_free_kbytes_parse_option},
	{"watermark_scale_factor", watermark_scale_factor_parse_option},
	{"vm.watermark_scale_factor", watermark_scale_factor_parse_option},
	{"sysctl.vm.watermark_scale_factor", watermark_scale_factor_parse_option},
	{"watermark_boost_factor", watermark_boost_factor_parse_option},
	{"vm.watermark_boost_factor", watermark_boost_factor_parse_option},
	{"sysctl.vm.watermark_boost_factor", watermark_boost_factor_parse_option},
	{"extfrag_threshold", extfrag_threshold_parse_option},
	{"vm.extfrag_threshold", extfrag_threshold_parse_option},
	{"sysctl.vm.extfrag_threshold", extfrag_threshold_parse_option},
	{"cma", cma_parse_option},
	{"cma_pernuma", cma_pernuma_parse_option},
	{"swiotlb", swiotlb_parse_option},
	{"hugepages", hugepages_parse_option},
	{"hugepagesz", hugepagesz_parse_option},
	{"default_hugepagesz", default_hugepagesz_parse_option},
	{"hugetlb_cma", hugetlb_cma_parse_option},
	{"debug_locks", debug_locks_parse_option},
	{"nosmp", nosmp_parse_option},
	{"maxcpus", maxcpus_parse_option},
	{"nr_cpus", nr_cpus_parse_option},
	{"memmap_init", memmap_init_parse_option},
	{"movable_node", movable_node_parse_option},
	{"numa", numa_parse_option},
	{"init_on_alloc", init_on_alloc_parse_option},
	{"init_on_free", init_on_free_parse_option},
	{"page_poison", page_poison_parse_option},
	{"page_owner", page_owner_parse_option},
	{"page_alloc.shuffle", shuffle_parse_option},
	{"slub_debug", slub_debug_parse_option},
	{"lint", lint_parse_option},
	{"kmemleak", kmemleak_parse_option},
	{"kfence.sample_interval", kfence_sample_interval_parse_option},
	{"kfence.num_objects", kfence_num_objects_parse_option},
	{"slab_nomerge", slab_nomerge_parse_option},
	{"slub_nomerge", slab_nomerge_parse_option},
	{"slab_merge", slab_merge_parse_option},
	{"slub_merge", slab_merge_parse_option},
	{"slub_min_order", slub_min_order_parse_option},
	{"slub_max_order", slub_max_order_parse_option},
	{"slub_min_objects", slub_min_objects_parse_option},
	{"hardened_usercopy", hardened_usercopy_parse_option},
	{"percpu_alloc", percpu_alloc_parse_option},
	{"nohugeiomap", nohugeiomap_parse_option},
	{"nohugevmalloc", nohugevmalloc_parse_option},
	{"stack_depot_disable", stack_depot_disable_parse_option},
	{"no_hash_pointers", no_hash_pointers_enable},
	{"selftest", selftest_setup},
	{"selftest_seed", selftest_seed_parse_option},
	{"bench", bench_parse_option},
	{"numa_bench", numa_bench_parse_option},
};

void __init mm_register_options(void)
{
	register_options(mm_options, ARRAY_SIZE(mm_options));
	fault_inject_register_options();
}

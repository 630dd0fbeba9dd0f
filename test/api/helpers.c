// SPDX-License-Identifier: MIT
/* Lists, trees, bits, sets, numbers and text, each in the way that documentation shows them. */
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/bsearch.h>
#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/errname.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/llist.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/nodemask.h>
#include <linux/overflow.h>
#include <linux/rbtree.h>
#include <linux/rbtree_augmented.h>
#include <linux/sizes.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/xarray.h>

struct entry {
	unsigned long key, last;
	struct list_head list;
	struct hlist_node hash;
	struct llist_node lockless;
	struct rb_node rb;
};

#define HASH_BITS 4
static struct hlist_head table[1 << HASH_BITS];
static LIST_HEAD(entries);
static LLIST_HEAD(incoming);
static struct rb_root_cached by_key = RB_ROOT_CACHED;
static DEFINE_XARRAY_ALLOC(ids);
static DECLARE_BITMAP(used, 1000);
static nodemask_t nodes = NODE_MASK_NONE;
static const struct resource window = DEFINE_RES_MEM_NAMED(SZ_1G, SZ_1M, "window");

static bool entry_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct entry, rb)->key < rb_entry(b, struct entry, rb)->key;
}

static int entry_cmp(const void *key, const struct rb_node *node)
{
	unsigned long k = *(const unsigned long *)key,
		      other = rb_entry(node, struct entry, rb)->key;

	return k < other ? -1 : k > other;
}

static int list_cmp(void *priv, const struct list_head *a, const struct list_head *b)
{
	const struct entry *x = list_entry(a, struct entry, list);
	const struct entry *y = container_of(b, struct entry, list);

	return priv && x->key > y->key;
}

static int cmp_words(const void *a, const void *b)
{
	const u32 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

unsigned long entry_add(struct entry *e);
unsigned long entry_add(struct entry *e)
{
	struct entry *pos, *next;
	unsigned long seen = 0, index;
	struct rb_node *node;
	u32 id;

	BUILD_BUG_ON(sizeof(e->key) != sizeof(long));
	BUILD_BUG_ON_NOT_POWER_OF_2(1 << HASH_BITS);
	list_add_tail(&e->list, &entries);
	hlist_add_head(&e->hash, &table[e->key % ARRAY_SIZE(table)]);
	llist_add(&e->lockless, &incoming);
	rb_add_cached(&e->rb, &by_key, entry_less);
	if (xa_alloc(&ids, &id, e, xa_limit_32b, GFP_KERNEL))
		return 0;
	list_sort(NULL, &entries, list_cmp);
	list_for_each_entry (pos, &entries, list)
		seen += pos->key;
	list_for_each_entry_safe_reverse (pos, next, &entries, list)
		if (pos == e)
			list_del_init(&pos->list);
	hlist_for_each_entry (pos, &table[0], hash)
		seen++;
	llist_for_each_entry_safe (pos, next, llist_del_all(&incoming), lockless)
		seen++;
	for (node = rb_first_cached(&by_key); node; node = rb_next(node))
		seen++;
	node = rb_find(&e->key, &by_key.rb_root, entry_cmp);
	if (node && !RB_EMPTY_NODE(node))
		rb_erase_cached(node, &by_key);
	rbtree_postorder_for_each_entry_safe(pos, next, &by_key.rb_root, rb) seen++;
	xa_for_each(&ids, index, pos) seen += index;
	return seen + (xa_erase(&ids, id) == e) + (unsigned long)list_count_nodes(&entries);
}

unsigned long sets(const char *text);
unsigned long sets(const char *text)
{
	unsigned long bit, start, end, sum = 0;
	struct cpumask mask;
	int node;
	unsigned int cpu;

	if (bitmap_parselist(text, used, 1000) || cpulist_parse(text, &mask))
		return 0;
	for_each_set_bit (bit, used, 1000)
		sum += bit;
	for_each_clear_bit (bit, used, 10)
		sum += bit;
	for_each_set_bitrange (start, end, used, 1000)
		sum += end - start;
	for_each_cpu_and (cpu, &mask, cpu_online_mask)
		sum += cpu;
	node_set(3, nodes);
	for_each_node_mask (node, nodes)
		sum += (unsigned long)node;
	bitmap_set(used, 5, 10);
	bitmap_clear(used, 7, 2);
	set_bit(1, used);
	if (!test_and_set_bit(2, used) && test_and_clear_bit(2, used))
		__change_bit(3, used);
	sum += bitmap_find_next_zero_area(used, 1000, 0, 16, 15);
	return sum + find_first_bit(used, 1000) + find_next_zero_bit(used, 1000, 3) +
	       bitmap_weight(used, 1000) + GENMASK(7, 4) + BIT(3) + BIT_ULL(40) +
	       (unsigned long)hweight32(5) + (unsigned long)fls(9) + __ffs(8) +
	       (unsigned long)ffs(8) + rol32(1, 3) + (unsigned long)ilog2(sum | 1) +
	       roundup_pow_of_two(sum) + (unsigned long)order_base_2(sum) + is_power_of_2(sum);
}

size_t numbers(u64 a, u32 b, size_t n);
size_t numbers(u64 a, u32 b, size_t n)
{
	size_t sum;
	u64 rest = a;

	if (check_add_overflow(n, (size_t)b, &sum) || check_mul_overflow(n, sum, &sum))
		return SIZE_MAX;
	sum += do_div(rest, 1000);
	return sum + min(n, sum) + max_t(size_t, b, n) + clamp(n, (size_t)1, (size_t)9) +
	       min3(n, sum, n) + (size_t)div_u64(a, b) + (size_t)mul_u64_u32_shr(a, b, 10) +
	       DIV_ROUND_UP(n, 3) + roundup(n, 5) + round_up(n, 8) + rounddown(n, 7) +
	       round_down(n, 16) + ALIGN(n, 64) + ALIGN_DOWN(n, 64) + IS_ALIGNED(n, 4) +
	       DIV_ROUND_CLOSEST(n, 3) + (size_t)abs((int)b - 5) + int_sqrt(n) +
	       mult_frac(n, 3, 4) + upper_32_bits(a) + lower_32_bits(a) + min_not_zero(n, sum) +
	       array_size(n, 8);
}

int text(char *line, size_t size, u32 *words, size_t nr);
int text(char *line, size_t size, u32 *words, size_t nr)
{
	const struct resource *res = &window;
	phys_addr_t start = res->start;
	char *word, *rest = line, *end, first[32];
	unsigned long value;
	unsigned int key;
	bool on;
	int len;

	sort(words, nr, sizeof(*words), cmp_words, NULL);
	if (kstrtoul(strim(line), 0, &value) || kstrtobool(line, &on) || kstrtouint(line, 10, &key))
		return -1;
	while ((word = strsep(&rest, ",")) != NULL)
		if (!strcmp(word, "on") || strstarts(word, "off") || sysfs_streq(word, "auto"))
			value += memparse(word, &end);
	key = (unsigned int)value;
	len = scnprintf(line, size, "%pR %pa %pe %*ph %*pbl %ps %lu", res, &start, ERR_PTR(-1), 4,
			words, (int)nr, used, text, value);
	len += snprintf(line + len, size - (size_t)len, "%s", errname(-1));
	if (sscanf(line, "%31s", first) != 1 || memchr_inv(line, 0, size))
		pr_info_once("%s: %zu bytes\n", __func__, size);
	return len + (bsearch(&key, words, nr, sizeof(key), cmp_words) ? 1 : 0);
}

void *errors(int err);
void *errors(int err)
{
	void *p = err ? ERR_PTR(err) : (void *)&window;

	if (IS_ERR_OR_NULL(p) && PTR_ERR_OR_ZERO(p) == err)
		return ERR_CAST(p);
	return IS_ERR(p) || IS_ERR_VALUE((unsigned long)p) ? NULL : p;
}

char *text_for_people(const char *name, u64 blocks, char *buf, size_t size);
char *text_for_people(const char *name, u64 blocks, char *buf, size_t size)
{
	char **names = kasprintf_strarray(GFP_KERNEL, name, 3);

	kfree_strarray(names, 3);
	string_get_size(blocks, 512, STRING_UNITS_2, buf, (int)size);
	if (string_escape_mem(name, strlen(name), buf, size, ESCAPE_SPACE | ESCAPE_HEX, "\n") < 0)
		string_unescape_inplace(buf, UNESCAPE_ANY);
	string_escape_str_any_np(name, buf, size, NULL);
	string_upper(buf, name);
	return isgraph(buf[0]) && !ispunct(buf[0]) ? kstrdup_quotable(buf, GFP_KERNEL) : NULL;
}

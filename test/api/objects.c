// SPDX-License-Identifier: MIT
/* Objects of caches and of kmalloc(), pools, per-CPU counters, vmalloc areas. */
#include <linux/bug.h>
#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

struct session {
	u64 id;
	struct list_head node;
	char name[24];
	unsigned int nr;
	u32 values[];
} ____cacheline_aligned;

struct stats {
	u64 packets;
	unsigned long drops;
	int depth;
};

static DEFINE_PER_CPU(struct stats, stats);
static DEFINE_PER_CPU_ALIGNED(unsigned long, hits);
DECLARE_PER_CPU(int, current_depth);
DEFINE_PER_CPU(int, current_depth) = 3;

static struct kmem_cache *sessions;

static void session_ctor(void *object)
{
	INIT_LIST_HEAD(&((struct session *)object)->node);
}

int objects_init(void);
int objects_init(void)
{
	sessions = kmem_cache_create("session", sizeof(struct session), 0,
				     SLAB_HWCACHE_ALIGN | SLAB_RECLAIM_ACCOUNT | SLAB_MEM_SPREAD,
				     session_ctor);
	if (!sessions)
		return -1;
	kmem_cache_destroy(KMEM_CACHE(session, SLAB_PANIC | SLAB_TYPESAFE_BY_RCU | SLAB_ACCOUNT));
	kmem_cache_destroy(KMEM_CACHE_USERCOPY(session, SLAB_CACHE_DMA32, name));
	return kmem_cache_shrink(sessions) + (int)kmem_cache_size(sessions);
}

void *objects_use(unsigned int nr, const char *name);
void *objects_use(unsigned int nr, const char *name)
{
	struct session *s, *copy;
	void *many[8];
	u32 *array;

	s = kzalloc(struct_size(s, values, nr), GFP_KERNEL);
	if (!s)
		return NULL;
	strscpy(s->name, name, sizeof(s->name));
	copy = kmemdup(s, struct_size(s, values, nr), GFP_KERNEL);
	array = kmalloc_array(nr, sizeof(*array), GFP_KERNEL);
	array = krealloc_array(array, nr + 1, sizeof(*array), GFP_KERNEL);
	kfree(kcalloc(nr, 8, GFP_KERNEL));
	kfree(kmalloc_node(kmalloc_size_roundup(100), GFP_KERNEL, NUMA_NO_NODE));
	kfree(kmalloc_track_caller(10, GFP_KERNEL));
	kvfree(kvmalloc(array_size(nr, 4096), GFP_KERNEL));
	kvfree(kvcalloc(nr, 8, GFP_KERNEL));
	kfree_sensitive(kstrdup(name, GFP_KERNEL));
	kfree(kstrndup(name, 5, GFP_KERNEL));
	kfree(kasprintf(GFP_KERNEL, "%s-%u", name, nr));
	if (kmem_cache_alloc_bulk(sessions, GFP_KERNEL, ARRAY_SIZE(many), many))
		kmem_cache_free_bulk(sessions, ARRAY_SIZE(many), many);
	kmem_cache_free(sessions, kmem_cache_zalloc(sessions, GFP_ATOMIC));
	kmem_cache_free(sessions, kmem_cache_alloc_node(sessions, GFP_KERNEL, 0));
	if (!ZERO_OR_NULL_PTR(array) && ksize(array) >= nr)
		kfree(array);
	kfree(copy);
	return s;
}

int pools(void);
int pools(void)
{
	mempool_t *pool = mempool_create_slab_pool(4, sessions), bytes;
	void *element = mempool_alloc(pool, GFP_NOIO);

	mempool_free(element, pool);
	if (mempool_resize(pool, 8) || mempool_init_kmalloc_pool(&bytes, 2, 512))
		return -1;
	mempool_exit(&bytes);
	mempool_destroy(pool);
	mempool_destroy(mempool_create_page_pool(2, 1));
	mempool_destroy(mempool_create_kmalloc_pool(2, 64));
	return 0;
}

u64 counters(void);
u64 counters(void)
{
	struct stats __percpu *own = alloc_percpu(struct stats);
	u64 __percpu *words = __alloc_percpu_gfp(64, 16, GFP_ATOMIC);
	unsigned int cpu;
	u64 sum = 0;

	if (!own || !words)
		return 0;
	this_cpu_inc(own->packets);
	this_cpu_add(own->drops, 5);
	this_cpu_sub(own->depth, 1);
	this_cpu_write(hits, 1);
	this_cpu_or(hits, 6);
	this_cpu_and(hits, ~1UL);
	raw_cpu_inc(hits);
	__this_cpu_dec(hits);
	sum += this_cpu_xchg(current_depth, 4) + this_cpu_cmpxchg(current_depth, 4, 5) +
	       this_cpu_add_return(current_depth, 1) + this_cpu_inc_return(current_depth) +
	       __this_cpu_read(current_depth) + raw_cpu_read(current_depth) + this_cpu_read(hits) +
	       raw_cpu_add_return(hits, 1) + __this_cpu_xchg(hits, 2);
	for_each_possible_cpu (cpu)
		sum += per_cpu_ptr(own, cpu)->packets + per_cpu(stats, cpu).drops +
		       *per_cpu_ptr(words, cpu);
	get_cpu_var(stats).packets++;
	put_cpu_var(stats);
	get_cpu_ptr(own)->depth = 0;
	put_cpu_ptr(own);
	sum += this_cpu_ptr(own) == raw_cpu_ptr(own) && per_cpu_ptr_to_phys(this_cpu_ptr(own));
	free_percpu(own);
	free_percpu(words);
	return sum + num_online_cpus() + num_possible_cpus() + cpumask_weight(cpu_online_mask);
}

void areas(void);
void areas(void)
{
	void *a = vmalloc(3 * PAGE_SIZE), *b = vzalloc(PAGE_SIZE), *c = vmalloc_node(PAGE_SIZE, 0);

	if (is_vmalloc_addr(a) && vmalloc_to_page(a) && vmalloc_to_pfn(b))
		vfree(vmalloc_huge(1UL << 22, GFP_KERNEL));
	vfree(vmalloc_user(PAGE_SIZE));
	vfree(vmalloc_32(PAGE_SIZE));
	vfree(__vmalloc(PAGE_SIZE, GFP_KERNEL | __GFP_ZERO));
	vfree(a);
	vfree(b);
	vfree(c);
}

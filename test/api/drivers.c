// SPDX-License-Identifier: MIT
/* What a driver maps, keeps and says: with its device, not too often, and no more than there is. */
#include <linux/bitmap.h>
#include <linux/cacheflush.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/ratelimit.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/sysinfo.h>
#include <linux/vmalloc.h>

struct nic {
	struct device *dev;
	void __iomem *regs;
	u64 __percpu *packets;
	unsigned long *vlans;
	struct shrinker shrinker;
	struct kref kref;
	struct list_head peers;
};

static DEFINE_MUTEX(nics_lock);
static DEFINE_RATELIMIT_STATE(drops, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);

static void nic_release(struct kref *kref)
{
	free_prealloced_shrinker(&container_of(kref, struct nic, kref)->shrinker);
	mutex_unlock(&nics_lock);
}

int nic_probe(struct nic *nic, resource_size_t base);
int nic_probe(struct nic *nic, resource_size_t base)
{
	struct sysinfo info;
	int err;

	if (!devm_request_mem_region(nic->dev, base, SZ_4K, "nic"))
		return -EBUSY;
	nic->regs = devm_ioremap(nic->dev, base, SZ_4K);
	nic->packets = devm_alloc_percpu(nic->dev, u64);
	nic->vlans = devm_bitmap_zalloc(nic->dev, 4096, GFP_KERNEL);
	if (!nic->regs || !nic->packets || !nic->vlans)
		return -ENOMEM;
	err = prealloc_shrinker(&nic->shrinker, "nic-%s", dev_name(nic->dev));
	if (err)
		return err;
	register_shrinker_prepared(&nic->shrinker);
	dev_set_drvdata(nic->dev, nic);
	kref_init(&nic->kref);
	INIT_LIST_HEAD(&nic->peers);
	si_meminfo(&info);
	return si_mem_available() < (long)min(info.totalram / 8, 100UL) ? -ENOMEM : 0;
}

void nic_remove(struct device *dev);
void nic_remove(struct device *dev)
{
	struct nic *nic = dev_get_drvdata(dev);

	unregister_shrinker(&nic->shrinker);
	synchronize_shrinkers();
	kref_put_mutex(&nic->kref, nic_release, &nics_lock);
}

u64 nic_count(struct nic *nic, void *ring, int size);
u64 nic_count(struct nic *nic, void *ring, int size)
{
	struct list_head *pos;
	u64 sum = 0;
	int cpu;

	invalidate_kernel_vmap_range(ring, size);
	for_each_possible_cpu (cpu)
		sum += *per_cpu_ptr(nic->packets, cpu);
	rcu_read_lock();
	list_for_each_rcu(pos, &nic->peers) sum++;
	rcu_read_unlock();
	if (!sum && __ratelimit(&drops))
		pr_warn_ratelimited("%s: nothing came\n", dev_name(nic->dev));
	return umin(sum, 1000000) + COUNT_ARGS(ring, size) + is_vm_area_hugepages(ring);
}

ssize_t nic_read(char *to, size_t count, loff_t *pos, const struct cpumask *mask);
ssize_t nic_read(char *to, size_t count, loff_t *pos, const struct cpumask *mask)
{
	static const char version[MAX(8, 16)] = "1.0";
	ssize_t len = memory_read_from_buffer(to, count, pos, version, sizeof(version));

	pr_info("%zd bytes, then at %lld of %llu\n", len, (long long)*pos, (u64)sizeof(version));
	return len ?: cpumap_print_list_to_buf(to, mask, 0, count);
}

/* As the card reads it. */
struct nic_ring_entry {
	u_int32_t bytes;
	u_char flags;
	aligned_u64 address;
};
static_assert(offsetof(struct nic_ring_entry, address) == 8);

struct nic_queue {
	struct nic *nic;
	unsigned int index;
};

static void nic_queue_stop(struct device *dev, void *res)
{
	struct nic_queue *queue = res;

	dev_info(dev, "queue %u stops\n", queue->index);
	queue->nic->dev = NULL;
}

static int nic_queue_is(struct device *dev, void *res, void *data)
{
	return dev && ((struct nic_queue *)res)->index == *(unsigned int *)data;
}

int nic_add_queue(struct nic *nic, struct resource *window, struct resource *bar,
		  unsigned int index);
int nic_add_queue(struct nic *nic, struct resource *window, struct resource *bar,
		  unsigned int index)
{
	struct nic_queue *queue;
	void *group = devres_open_group(nic->dev, NULL, GFP_KERNEL);
	int err = -ENOMEM;

	if (!group)
		return err;
	if (devres_find(nic->dev, nic_queue_stop, nic_queue_is, &index))
		goto release;
	err = devm_request_resource(nic->dev, window, bar);
	if (err)
		goto release;
	nic->regs = devm_ioremap_resource(nic->dev, bar);
	err = IS_ERR(nic->regs) ? (int)PTR_ERR(nic->regs) : -ENOMEM;
	if (IS_ERR(nic->regs))
		goto release;
	nic->vlans = devm_krealloc(nic->dev, nic->vlans, SZ_4K, GFP_KERNEL);
	queue = devres_alloc(nic_queue_stop, sizeof(*queue), GFP_KERNEL);
	if (!queue || !nic->vlans)
		goto release;
	queue->nic = nic;
	queue->index = index;
	devres_add(nic->dev, queue);
	devres_close_group(nic->dev, group);
	return 0;
release:
	devres_release_group(nic->dev, group);
	return err;
}

// SPDX-License-Identifier: MIT
/* Hits that each CPU counts for itself, shown on a screen that may be memory or a device's. */
#include <asm/local.h>
#include <linux/init.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/iosys-map.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/srcu.h>

static DEFINE_PER_CPU(local_t, hits) = LOCAL_INIT(0);

struct screen {
	struct list_head node;
	struct iosys_map map;
	size_t pitch;
};

struct __packed cursor {
	u16 x, y;
	u32 colour;
};

static LIST_HEAD(screens);

void count_hit(void);
void count_hit(void)
{
	local_inc(&get_cpu_var(hits));
	put_cpu_var(hits);
}

long all_hits(void);
long all_hits(void)
{
	long sum = 0;
	int cpu;

	for_each_online_cpu (cpu)
		sum += local_read(&per_cpu(hits, cpu));
	return sum;
}

void show_hits(void __iomem *counter);
void show_hits(void __iomem *counter)
{
	struct list_head *pos;

	rcu_read_lock();
	list_for_each_rcu(pos, &screens)
	{
		struct screen *s = list_entry(pos, struct screen, node);
		struct iosys_map row = IOSYS_MAP_INIT_OFFSET(&s->map, s->pitch);
		u32 colour = iosys_map_rd_field(&s->map, 0, struct cursor, colour);

		if (iosys_map_is_null(&row))
			continue;
		iosys_map_memset(&row, 0, 0, s->pitch);
		iosys_map_wr(&row, 0, u32, colour);
		iosys_map_wr_field(&s->map, 0, struct cursor, x, 0);
	}
	rcu_read_unlock();
	lo_hi_writeq((u64)all_hits(), counter);
#ifdef readq
	if (readq(counter) != lo_hi_readq(counter))
		iowrite64be_lo_hi(0, counter);
#endif
}

/* What is const may be asked for, too. */
bool someone_reads(const struct srcu_struct *ssp);
bool someone_reads(const struct srcu_struct *ssp)
{
	return srcu_read_lock_held(ssp) != 0;
}

/* linux/mm.h alone has what the end of a file needs. */
void forget_file(struct address_space *mapping, struct folio *last, struct folio *copy);
void forget_file(struct address_space *mapping, struct folio *last, struct folio *copy)
{
	folio_copy(copy, last);
	truncate_inode_pages_range(mapping, 0, PAGE_SIZE - 1);
	truncate_inode_pages(mapping, PAGE_SIZE);
	truncate_inode_pages_final(mapping);
}

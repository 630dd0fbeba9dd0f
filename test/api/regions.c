// SPDX-License-Identifier: MIT
/* A replicated disk: sessions of its peers by their ports, and which regions are being written. */
#include <linux/btree.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/lru_cache.h>
#include <linux/module.h>
#include <linux/spinlock.h>

struct session {
	u32 port;
	u64 wwn;
	struct btree_head64 commands; /* by their tags */
};

struct region {
	struct lc_element lce;
	unsigned long writes;
};

struct disk {
	spinlock_t lock;
	struct btree_head32 ports;
	struct btree_head128 wwns; /* by WWN and port */
	struct lru_cache *active;
	char *title;
};

static struct kmem_cache *region_cache;
static mempool_t *tag_nodes;

int disk_init(struct disk *disk);
int disk_init(struct disk *disk)
{
	int err = btree_init32(&disk->ports);

	if (err)
		return err;
	err = btree_init128(&disk->wwns);
	if (err)
		goto out_ports;
	disk->active = lc_create("active", region_cache, 4, 61, sizeof(struct region),
				 offsetof(struct region, lce));
	if (!disk->active)
		goto out_wwns;
	spin_lock_init(&disk->lock);
	return 0;

out_wwns:
	err = -ENOMEM;
	btree_destroy128(&disk->wwns);
out_ports:
	btree_destroy32(&disk->ports);
	return err;
}

/* ---- Sessions ------------------------------------------------------------------------------ */

int session_add(struct disk *disk, struct session *session);
int session_add(struct disk *disk, struct session *session)
{
	int err = 0;

	btree_init_mempool64(&session->commands, tag_nodes);
	spin_lock(&disk->lock);
	if (btree_lookup32(&disk->ports, session->port))
		btree_update32(&disk->ports, session->port, session);
	else
		err = btree_insert32(&disk->ports, session->port, session, GFP_ATOMIC);
	if (!err)
		err = btree_insert128(&disk->wwns, session->wwn, session->port, session,
				      GFP_ATOMIC);
	spin_unlock(&disk->lock);
	return err;
}

static void command_lost(void *command, unsigned long opaque, u64 tag, size_t index)
{
	pr_info("%lu: tag %llu, %px (%zu)\n", opaque, tag, command, index);
}

void session_end(struct disk *disk, struct session *session);
void session_end(struct disk *disk, struct session *session)
{
	spin_lock(&disk->lock);
	btree_remove32(&disk->ports, session->port);
	btree_remove128(&disk->wwns, session->wwn, session->port);
	btree_grim_visitor64(&session->commands, session->port, command_lost);
	spin_unlock(&disk->lock);
}

void disk_end(struct disk *disk);
void disk_end(struct disk *disk)
{
	struct session *session;
	u64 wwn, port64;
	u32 port;

	btree_for_each_safe128(&disk->wwns, wwn, port64, session)
		btree_remove128(&disk->wwns, wwn, port64);
	btree_for_each_safe32(&disk->ports, port, session) btree_remove32(&disk->ports, port);
	btree_destroy128(&disk->wwns);
	btree_destroy32(&disk->ports);
	lc_destroy(disk->active);
}

/* ---- Regions ------------------------------------------------------------------------------- */

static int record(struct lru_cache *lc)
{
	struct lc_element *e;
	int nr = 0;

	list_for_each_entry (e, &lc->to_be_changed, list)
		pr_info("%u: %u, now %u (%d)\n", e->lc_index, e->lc_number, e->lc_new_number, nr++);
	return nr;
}

bool region_begin(struct disk *disk, unsigned int nr);
bool region_begin(struct disk *disk, unsigned int nr)
{
	struct lc_element *e;

	spin_lock(&disk->lock);
	e = lc_get(disk->active, nr);
	spin_unlock(&disk->lock);
	if (!e)
		return false;
	if (e->lc_number != nr && lc_try_lock_for_transaction(disk->active)) {
		record(disk->active);
		spin_lock(&disk->lock);
		lc_committed(disk->active);
		spin_unlock(&disk->lock);
		lc_unlock(disk->active);
	}
	lc_entry(e, struct region, lce)->writes++;
	return true;
}

void region_end(struct disk *disk, unsigned int nr);
void region_end(struct disk *disk, unsigned int nr)
{
	struct lc_element *e;

	spin_lock(&disk->lock);
	e = lc_find(disk->active, nr);
	if (!e)
		pr_err("region %u is not written\n", nr);
	else if (lc_put(disk->active, e) == 0 && lc_is_used(disk->active, nr))
		BUG();
	spin_unlock(&disk->lock);
}

static void show_region(struct seq_file *m, struct lc_element *e)
{
	seq_printf(m, "%lu", lc_entry(e, struct region, lce)->writes);
}

void disk_show(struct seq_file *m, struct disk *disk);
void disk_show(struct seq_file *m, struct disk *disk)
{
	if (!lc_try_lock(disk->active))
		return;
	lc_seq_printf_stats(m, disk->active);
	lc_seq_dump_details(m, disk->active, disk->title, show_region);
	lc_unlock(disk->active);
}

static int __init regions_init(void)
{
	region_cache = KMEM_CACHE(region, 0);
	if (!region_cache)
		return -ENOMEM;
	tag_nodes = mempool_create(16, btree_alloc, btree_free, NULL);
	if (!tag_nodes)
		kmem_cache_destroy(region_cache);
	return tag_nodes ? 0 : -ENOMEM;
}

static void __exit regions_exit(void)
{
	mempool_destroy(tag_nodes);
	kmem_cache_destroy(region_cache);
}

module_init(regions_init);
module_exit(regions_exit);
MODULE_LICENSE("Dual MIT/GPL");

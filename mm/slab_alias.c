// SPDX-License-Identifier: MIT
/*
 * Names of caches that were merged. Contract: slab_alias.h; of the dump, linux/slab.h.
 */
#include "slab_alias.h"

#include <linux/errno.h>
#include <linux/overflow.h>
#include <linux/seq_file.h>
#include <linux/string.h>

struct slab_alias {
	struct list_head list;
	char name[];
};

static bool has_alias(const struct kmem_cache *s, const char *name)
{
	struct slab_alias *alias;

	list_for_each_entry (alias, &s->aliases, list)
		if (!strcmp(alias->name, name))
			return true;
	return !strcmp(s->name, name);
}

int slab_add_alias(struct kmem_cache *s, const char *name)
{
	size_t bytes = strlen(name) + 1;
	struct slab_alias *alias;

	if (has_alias(s, name))
		return 0;
	alias = kmalloc(struct_size(alias, name, bytes), GFP_KERNEL);
	if (!alias)
		return -ENOMEM;
	memcpy(alias->name, name, bytes);
	list_add_tail(&alias->list, &s->aliases);
	return 0;
}

void slab_free_aliases(struct kmem_cache *s)
{
	struct slab_alias *alias, *next;

	list_for_each_entry_safe (alias, next, &s->aliases, list)
		kfree(alias);
	INIT_LIST_HEAD(&s->aliases);
}

bool slab_has_aliases(void)
{
	struct kmem_cache *s;
	bool has = false;

	spin_lock(&slab_mutex);
	list_for_each_entry (s, &slab_caches, list)
		has |= !list_empty(&s->aliases);
	spin_unlock(&slab_mutex);
	return has;
}

/* How many have it, and the names, in the order of Linux's slabinfo -a. */
static void show_aliases(struct seq_file *m, const struct kmem_cache *s)
{
	struct slab_alias *alias;

	seq_printf(m, "%-17s %6d <-", s->name, s->refcount);
	list_for_each_entry (alias, &s->aliases, list)
		seq_printf(m, " %s", alias->name);
	seq_puts(m, "\n");
}

void slab_aliases_show(struct seq_file *m)
{
	struct kmem_cache *s;

	seq_puts(m, "# name            <users> <- <aliases>\n");
	spin_lock(&slab_mutex);
	list_for_each_entry (s, &slab_caches, list)
		if (!list_empty(&s->aliases))
			show_aliases(m, s);
	spin_unlock(&slab_mutex);
}

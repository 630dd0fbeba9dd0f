// SPDX-License-Identifier: MIT
/* A table of sessions, by one who includes nothing but the allocator. */
#include <linux/slab.h>

struct session {
	struct list_head list;
	atomic_t users;
	u64 token;
	char name[16];
};

struct sessions {
	struct mutex lock;
	spinlock_t quick;
	struct list_head all;
	DECLARE_BITMAP(used, 64);
	unsigned long since;
};

struct sessions *sessions_open(void);
struct sessions *sessions_open(void)
{
	struct sessions *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return ERR_PTR(-ENOMEM);
	mutex_init(&s->lock);
	spin_lock_init(&s->quick);
	INIT_LIST_HEAD(&s->all);
	s->since = jiffies;
	return s;
}

int session_add(struct sessions *s, const char *name);
int session_add(struct sessions *s, const char *name)
{
	struct session *one = kmalloc(struct_size(one, name, 0), GFP_KERNEL);
	unsigned long id;

	if (IS_ERR_OR_NULL(s) || WARN_ON(!one))
		return -EINVAL;
	atomic_set(&one->users, 1);
	strscpy(one->name, name, ARRAY_SIZE(one->name));
	mutex_lock(&s->lock);
	id = find_first_zero_bit(s->used, 64);
	if (id < 64)
		set_bit(id, s->used);
	spin_lock(&s->quick);
	list_add_tail(&one->list, &s->all);
	spin_unlock(&s->quick);
	mutex_unlock(&s->lock);
	if (time_after(jiffies, s->since + HZ))
		pr_info("%s: session %lu\n", one->name, min(id, 64UL));
	return IS_ENABLED(CONFIG_NUMA) ? numa_node_id() : (int)ilog2(id + 1);
}

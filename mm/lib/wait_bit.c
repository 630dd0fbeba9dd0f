// SPDX-License-Identifier: MIT
/* Waits for bits and variables on shared queues. Contract: linux/wait_bit.h. */
#include <linux/wait_bit.h>

#include <linux/errno.h>
#include <linux/hash.h>

#define VARIABLE (-1) /* the bit_nr of a key that is one */

/* ---- The queues --------------------------------------------------------------------------- */

static struct wait_queue_head table[WAIT_TABLE_SIZE];
static DEFINE_SPINLOCK_RANK(table_lock, LOCK_RANK_LEAF);
static bool table_made;

/* The first one who asks makes them. */
static void make_table(void)
{
	unsigned long flags;

	if (smp_load_acquire(&table_made))
		return;
	spin_lock_irqsave(&table_lock, flags);
	if (!table_made) {
		for (unsigned int i = 0; i < WAIT_TABLE_SIZE; i++)
			init_waitqueue_head(&table[i]);
		smp_store_release(&table_made, true);
	}
	spin_unlock_irqrestore(&table_lock, flags);
}

struct wait_queue_head *__var_waitqueue(void *p)
{
	make_table();
	return &table[hash_ptr(p, WAIT_TABLE_BITS)];
}

struct wait_queue_head *bit_waitqueue(void *word, int bit)
{
	if (bit == VARIABLE)
		return __var_waitqueue(word);
	make_table();
	/* Bits of a word have queues of their own: what they are added to is no address. */
	return &table[hash_long(((unsigned long)word << 6) + (unsigned long)bit, WAIT_TABLE_BITS)];
}

/* ---- Waking --------------------------------------------------------------------------------- */

static struct wait_bit_queue_entry *of_entry(struct wait_queue_entry *entry)
{
	return container_of(entry, struct wait_bit_queue_entry, wq_entry);
}

static bool is_for(const struct wait_bit_key *waited, const struct wait_bit_key *told)
{
	return waited->flags == told->flags && waited->bit_nr == told->bit_nr;
}

int wake_bit_function(struct wait_queue_entry *wq_entry, unsigned int mode, int sync, void *key)
{
	const struct wait_bit_key *told = key;

	/* Where somebody took the bit already, he tells when he gives it back. */
	if (!is_for(&of_entry(wq_entry)->key, told) ||
	    test_bit((unsigned long)told->bit_nr, told->flags))
		return 0;
	return autoremove_wake_function(wq_entry, mode, sync, key);
}

static int wake_var_function(struct wait_queue_entry *wq_entry, unsigned int mode, int sync,
			     void *key)
{
	if (!is_for(&of_entry(wq_entry)->key, key))
		return 0;
	return autoremove_wake_function(wq_entry, mode, sync, key);
}

void __wake_up_bit(struct wait_queue_head *wq, void *word, int bit)
{
	struct wait_bit_key key = __WAIT_BIT_KEY_INITIALIZER(word, bit);

	if (waitqueue_active(wq))
		__wake_up(wq, TASK_NORMAL, 1, &key);
}

void wake_up_bit(void *word, int bit)
{
	__wake_up_bit(bit_waitqueue(word, bit), word, bit);
}

void wake_up_var(void *var)
{
	__wake_up_bit(__var_waitqueue(var), var, VARIABLE);
}

/* ---- Waiting ---------------------------------------------------------------------------------- */

void init_wait_var_entry(struct wait_bit_queue_entry *entry, void *var, int flags)
{
	*entry = (struct wait_bit_queue_entry){
		.key = __WAIT_BIT_KEY_INITIALIZER(var, VARIABLE),
		.wq_entry = {.flags = (unsigned int)flags, .func = wake_var_function},
	};
	INIT_LIST_HEAD(&entry->wq_entry.entry);
}

int bit_wait(struct wait_bit_key *key, int mode)
{
	struct wait_bit_queue_entry *entry = container_of(key, struct wait_bit_queue_entry, key);

	(void)mode;
	wait_until_told(bit_waitqueue(key->flags, key->bit_nr), &entry->wq_entry, NULL);
	return 0;
}

int bit_wait_timeout(struct wait_bit_key *key, int mode)
{
	struct wait_bit_queue_entry *entry = container_of(key, struct wait_bit_queue_entry, key);

	(void)mode;
	if (time_after_eq(jiffies, key->timeout))
		return -EAGAIN;
	while (!(__atomic_load_n(&entry->wq_entry.flags, __ATOMIC_ACQUIRE) & WQ_FLAG_WOKEN) &&
	       time_before(jiffies, key->timeout))
		wait_poll();
	return 0;
}

int __wait_on_bit(struct wait_queue_head *wq, struct wait_bit_queue_entry *entry,
		  wait_bit_action_f *action, unsigned int mode)
{
	unsigned long bit = (unsigned long)entry->key.bit_nr;
	int ret = 0;

	do {
		prepare_to_wait(wq, &entry->wq_entry, (int)mode);
		if (test_bit(bit, entry->key.flags))
			ret = action(&entry->key, (int)mode);
	} while (test_bit_acquire(bit, entry->key.flags) && !ret);
	finish_wait(wq, &entry->wq_entry);
	return ret;
}

int __wait_on_bit_lock(struct wait_queue_head *wq, struct wait_bit_queue_entry *entry,
		       wait_bit_action_f *action, unsigned int mode)
{
	unsigned long bit = (unsigned long)entry->key.bit_nr;
	int ret = 0;

	for (;;) {
		prepare_to_wait_exclusive(wq, &entry->wq_entry, (int)mode);
		if (test_bit(bit, entry->key.flags))
			ret = action(&entry->key, (int)mode);
		if (!test_and_set_bit(bit, entry->key.flags)) {
			ret = 0;
			break;
		}
		if (ret)
			break;
	}
	finish_wait(wq, &entry->wq_entry);
	/* The one wake-up may have been this waiter's, who does not take the bit. */
	if (ret && !test_bit(bit, entry->key.flags))
		__wake_up_bit(wq, entry->key.flags, entry->key.bit_nr);
	return ret;
}

int out_of_line_wait_on_bit(void *word, int bit, wait_bit_action_f *action, unsigned int mode)
{
	DEFINE_WAIT_BIT(entry, word, bit);

	return __wait_on_bit(bit_waitqueue(word, bit), &entry, action, mode);
}

int out_of_line_wait_on_bit_timeout(void *word, int bit, wait_bit_action_f *action,
				    unsigned int mode, unsigned long timeout)
{
	DEFINE_WAIT_BIT(entry, word, bit);

	entry.key.timeout = jiffies + timeout;
	return __wait_on_bit(bit_waitqueue(word, bit), &entry, action, mode);
}

int out_of_line_wait_on_bit_lock(void *word, int bit, wait_bit_action_f *action, unsigned int mode)
{
	DEFINE_WAIT_BIT(entry, word, bit);

	return __wait_on_bit_lock(bit_waitqueue(word, bit), &entry, action, mode);
}

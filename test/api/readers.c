// SPDX-License-Identifier: MIT
/* Counters that many read and few write, in each way that Linux has for it. */
#include <linux/bit_spinlock.h>
#include <linux/rwlock.h>
#include <linux/seqlock.h>

struct sums {
	rwlock_t lock;
	seqlock_t seq;
	seqcount_spinlock_t count;
	spinlock_t writers;
	seqcount_latch_t latch;
	unsigned long copies[2], state, bytes, packets;
};

static DEFINE_RWLOCK(all_lock);
static DEFINE_SEQLOCK(all_seq);

void sums_init(struct sums *s);
void sums_init(struct sums *s)
{
	rwlock_init(&s->lock);
	seqlock_init(&s->seq);
	spin_lock_init(&s->writers);
	seqcount_spinlock_init(&s->count, &s->writers);
	seqcount_latch_init(&s->latch);
}

void sums_add(struct sums *s, unsigned long bytes);
void sums_add(struct sums *s, unsigned long bytes)
{
	unsigned long flags;

	write_lock_irqsave(&s->lock, flags);
	write_seqlock(&s->seq);
	s->bytes += bytes;
	s->packets++;
	write_sequnlock(&s->seq);
	write_unlock_irqrestore(&s->lock, flags);
	spin_lock(&s->writers);
	write_seqcount_begin(&s->count);
	bit_spin_lock(0, &s->state);
	s->state += 2;
	bit_spin_unlock(0, &s->state);
	write_seqcount_end(&s->count);
	for (int i = 0; i < 2; i++) {
		raw_write_seqcount_latch(&s->latch);
		s->copies[i] += bytes;
	}
	spin_unlock(&s->writers);
}

unsigned long sums_mean(struct sums *s);
unsigned long sums_mean(struct sums *s)
{
	unsigned long bytes, packets, latched;
	unsigned int seq;
	int again = 0;

	do {
		seq = read_seqbegin(&s->seq);
		bytes = s->bytes;
		packets = s->packets;
	} while (read_seqretry(&s->seq, seq));
	do {
		seq = raw_read_seqcount_latch(&s->latch);
		latched = s->copies[seq & 1];
	} while (read_seqcount_latch_retry(&s->latch, seq));
	for (;; again = 1) {
		read_seqbegin_or_lock(&all_seq, &again);
		if (!need_seqretry(&all_seq, again))
			break;
	}
	done_seqretry(&all_seq, again);
	read_lock(&all_lock);
	bytes += latched;
	read_unlock(&all_lock);
	return packets ? bytes / packets : 0;
}

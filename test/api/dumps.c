// SPDX-License-Identifier: MIT
/* What a driver shows of itself: a table of its buffers, as /proc's files show theirs. */
#include <linux/list.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>

struct buffer {
	struct list_head list;
	const char *owner;
	unsigned long bytes;
	u32 note[16];
};

struct pool {
	spinlock_t lock;
	struct list_head buffers;
};

static void *buffers_start(struct seq_file *m, loff_t *pos)
{
	struct pool *pool = m->private;

	spin_lock(&pool->lock);
	return *pos ? (void *)seq_list_start(&pool->buffers, *pos - 1) : SEQ_START_TOKEN;
}

static void *buffers_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct pool *pool = m->private;

	if (v == SEQ_START_TOKEN)
		return seq_list_start(&pool->buffers, (*pos)++);
	return seq_list_next(v, &pool->buffers, pos);
}

static void buffers_stop(struct seq_file *m, void *v)
{
	struct pool *pool = m->private;

	(void)v;
	spin_unlock(&pool->lock);
}

static int buffers_show(struct seq_file *m, void *v)
{
	const struct buffer *buffer = list_entry(v, struct buffer, list);

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "owner           bytes\n");
		return 0;
	}
	if (!buffer->owner)
		return SEQ_SKIP;
	seq_setwidth(m, 16);
	seq_puts(m, buffer->owner);
	seq_pad(m, ' ');
	seq_put_decimal_ull(m, NULL, buffer->bytes);
	seq_show_option(m, "note", "one, two");
	seq_bprintf(m, "%s", buffer->note);
	seq_putc(m, '\n');
	return seq_has_overflowed(m) ? -1 : 0;
}

static const struct seq_operations buffers_op = {
	.start = buffers_start,
	.next = buffers_next,
	.stop = buffers_stop,
	.show = buffers_show,
};

int pool_show(struct seq_file *m, struct pool *pool);
int pool_show(struct seq_file *m, struct pool *pool)
{
	m->private = pool;
	return seq_run(m, &buffers_op);
}

int buffer_note(struct buffer *buffer, int times, char *text, size_t size);
int buffer_note(struct buffer *buffer, int times, char *text, size_t size)
{
	if (bprintf(buffer->note, ARRAY_SIZE(buffer->note), "used %d times", times) < 0)
		return 0;
	return bstr_printf(text, size, "used %d times", buffer->note);
}

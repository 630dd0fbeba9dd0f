// SPDX-License-Identifier: MIT
/* Which share of all writes is a device's, and of its queue, lately. */
#include <linux/flex_proportions.h>

static struct fprop_global writes;

struct writer {
	struct fprop_local_percpu device;
	struct fprop_local_single queue;
	int max_share; /* of FPROP_FRAC_BASE */
};

int shares_init(struct writer *writer);
int shares_init(struct writer *writer)
{
	int err = fprop_global_init(&writes, GFP_KERNEL);

	if (err)
		return err;
	err = fprop_local_init_percpu(&writer->device, GFP_KERNEL);
	if (err) {
		fprop_global_destroy(&writes);
		return err;
	}
	writer->max_share = FPROP_FRAC_BASE / 4;
	return fprop_local_init_single(&writer->queue);
}

unsigned long shares_wrote(struct writer *writer, long pages, unsigned long limit);
unsigned long shares_wrote(struct writer *writer, long pages, unsigned long limit)
{
	unsigned long part, all, flags;

	local_irq_save(flags);
	__fprop_add_percpu_max(&writes, &writer->device, writer->max_share, pages);
	local_irq_restore(flags);
	fprop_inc_percpu(&writes, &writer->device);
	fprop_inc_single(&writes, &writer->queue);
	if (!fprop_new_period(&writes, 1))
		return limit;
	fprop_fraction_single(&writes, &writer->queue, &part, &all);
	limit = limit * part / all;
	fprop_fraction_percpu(&writes, &writer->device, &part, &all);
	return limit * part / all;
}

void shares_end(struct writer *writer);
void shares_end(struct writer *writer)
{
	fprop_local_destroy_single(&writer->queue);
	fprop_local_destroy_percpu(&writer->device);
	fprop_global_destroy(&writes);
}

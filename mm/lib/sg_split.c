// SPDX-License-Identifier: MIT
/* Scatterlists divided into several. Contract: linux/scatterlist.h. */
#include <linux/scatterlist.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

/* A place in a list: @skip bytes into @sg; as the device has it, or the CPU. */
struct place {
	struct scatterlist *sg;
	u64 skip;
	bool device;
	unsigned int left; /* entries, for a device */
};

static u64 length_at(const struct place *p)
{
	return p->device ? sg_dma_len(p->sg) : p->sg->length;
}

static bool at_end(const struct place *p)
{
	return !p->sg || (p->device && !p->left);
}

static void to_next(struct place *p)
{
	p->sg = sg_next(p->sg);
	p->skip = 0;
	p->left--;
}

/* What of @want bytes the entry at hand has; moves past it. */
static u64 take(struct place *p, u64 want)
{
	u64 len = min(length_at(p) - p->skip, want);

	p->skip += len;
	if (p->skip == length_at(p))
		to_next(p);
	return len;
}

static bool skip_bytes(struct place *p, u64 bytes)
{
	while (bytes && !at_end(p))
		bytes -= take(p, bytes);
	return !bytes;
}

/* The entries that @bytes take from @p on, which moves; -EINVAL: there are not as many bytes. */
static int count_entries(struct place *p, u64 bytes)
{
	int nr = 0;

	for (; bytes && !at_end(p); nr++)
		bytes -= take(p, bytes);
	return bytes ? -EINVAL : nr;
}

static void fill(struct scatterlist *out, struct place *p, u64 bytes)
{
	for (; bytes; out++) {
		struct scatterlist *sg = p->sg;
		u64 skip = p->skip, len = take(p, bytes);

		if (p->device) {
			sg_dma_address(out) = sg_dma_address(sg) + skip;
			sg_dma_len(out) = (unsigned int)len;
		} else {
			sg_set_page(out, sg_page(sg), (unsigned int)len,
				    sg->offset + (unsigned int)skip);
		}
		bytes -= len;
	}
}

/* The next list of @bytes; both places move. */
static int split_one(struct place *cpu, struct place *device, size_t bytes,
		     struct scatterlist **out, int *mapped, gfp_t gfp)
{
	struct place end = *cpu, device_end = *device;
	int nents = bytes ? count_entries(&end, bytes) : -EINVAL;

	*mapped = nents > 0 && device->left ? count_entries(&device_end, bytes) : 0;
	if (nents < 0 || *mapped < 0)
		return -EINVAL;
	*out = kcalloc((size_t)max(nents, *mapped), sizeof(**out), gfp);
	if (!*out)
		return -ENOMEM;
	sg_init_marker(*out, (unsigned int)nents);
	fill(*out, cpu, bytes);
	if (*mapped)
		fill(*out, device, bytes);
	return 0;
}

int sg_split(struct scatterlist *in, int in_mapped_nents, off_t skip, int nb_splits,
	     const size_t *split_sizes, struct scatterlist **out, int *out_mapped_nents,
	     gfp_t gfp_mask)
{
	struct place cpu = {.sg = in};
	struct place device = {.sg = in, .device = true, .left = (unsigned int)in_mapped_nents};
	int err = skip_bytes(&cpu, (u64)skip) ? 0 : -EINVAL, mapped, i;

	if (!err && in_mapped_nents && !skip_bytes(&device, (u64)skip))
		err = -EINVAL;
	for (i = 0; !err && i < nb_splits; i++) {
		err = split_one(&cpu, &device, split_sizes[i], &out[i], &mapped, gfp_mask);
		if (!err && out_mapped_nents)
			out_mapped_nents[i] = mapped;
	}
	if (!err)
		return 0;
	for (i--; i > 0; i--)
		kfree(out[i - 1]);
	return err;
}

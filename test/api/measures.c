// SPDX-License-Identifier: MIT
/* What a driver measures, names and chooses. */
#include <linux/average.h>
#include <linux/base64.h>
#include <linux/cpu.h>
#include <linux/glob.h>
#include <linux/jiffies.h>
#include <linux/rational.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <linux/string.h>
#include <linux/win_minmax.h>

DECLARE_EWMA(latency, 10, 8)

struct measures {
	struct ewma_latency latency;
	struct minmax bandwidth;
	unsigned int cpus;
};

static unsigned long sum_bytes(const u8 *p, size_t n)
{
	unsigned long sum = 0;

	while (n--)
		sum += *p++;
	return sum;
}

static unsigned long sum_first(const u8 *p, size_t n)
{
	return n ? *p : 0;
}

DEFINE_STATIC_CALL(checksum, sum_bytes);

int api_measures(const char *name, const u8 *id, int len);
int api_measures(const char *name, const u8 *id, int len)
{
	unsigned long n, d;
	struct measures m = {};
	char *text;
	int ret;

	ewma_latency_init(&m.latency);
	minmax_reset(&m.bandwidth, (u32)jiffies, 0);
	ewma_latency_add(&m.latency, 70);
	minmax_running_max(&m.bandwidth, 10 * HZ, (u32)jiffies, 1000);
	rational_best_approximation(14533, 4626, 15000, 2400, &n, &d);
	cpus_read_lock();
	m.cpus = num_online_cpus();
	cpus_read_unlock();
	if (glob_match("dma-*", name))
		static_call_update(checksum, sum_first);
	text = kmalloc(BASE64_CHARS((size_t)len), GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	ret = base64_decode(text, base64_encode(id, len, text), (u8 *)text);
	ret += (int)static_call(checksum)((const u8 *)text, (size_t)len);
	kfree(text);
	return ret + (int)(ewma_latency_read(&m.latency) + minmax_get(&m.bandwidth) + n / d);
}

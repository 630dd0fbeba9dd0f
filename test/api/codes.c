// SPDX-License-Identifier: MIT
/* A disk's label: bytes from a ring, sums over them, a name, and fields of a foreign layout. */
#include <linux/bcd.h>
#include <linux/bitrev.h>
#include <linux/circ_buf.h>
#include <linux/crc-ccitt.h>
#include <linux/crc-itu-t.h>
#include <linux/crc-t10dif.h>
#include <linux/crc16.h>
#include <linux/crc32.h>
#include <linux/crc32c.h>
#include <linux/crc4.h>
#include <linux/crc64.h>
#include <linux/crc7.h>
#include <linux/crc8.h>
#include <linux/errno.h>
#include <linux/packing.h>
#include <linux/printk.h>
#include <linux/reciprocal_div.h>
#include <linux/spinlock.h>
#include <linux/uuid.h>
#include <asm/barrier.h>

struct label {
	guid_t type;
	uuid_t id;
	u32 sum;
};

static const guid_t esp =
	GUID_INIT(0xc12a7328, 0xf81f, 0x11d2, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b);

DECLARE_CRC8_TABLE(table);

/* Documentation/core-api/circular-buffers.rst's consumer. */
int ring_take(struct circ_buf *ring, int size, spinlock_t *lock);
int ring_take(struct circ_buf *ring, int size, spinlock_t *lock)
{
	int byte = -EAGAIN;

	spin_lock(lock);
	int head = smp_load_acquire(&ring->head), tail = ring->tail;

	if (CIRC_CNT(head, tail, size) >= 1 && CIRC_CNT_TO_END(head, tail, size)) {
		byte = (unsigned char)ring->buf[tail];
		smp_store_release(&ring->tail, (tail + 1) & (size - 1));
	}
	if (!CIRC_SPACE(ring->head, ring->tail, size) || !CIRC_SPACE_TO_END(head, tail, size))
		pr_warn("ring: full\n");
	spin_unlock(lock);
	return byte;
}

int label_read(struct label *label, const char *name, u8 *sector, size_t len);
int label_read(struct label *label, const char *name, u8 *sector, size_t len)
{
	u64 version = 0;
	int err;

	import_guid(&label->type, sector);
	if (!guid_equal(&label->type, &esp) || guid_is_null(&label->type))
		return -EINVAL;
	if (uuid_is_valid(name) && uuid_parse(name, &label->id))
		uuid_gen(&label->id);
	err = packing(sector, &version, 30, 16, len, UNPACK, QUIRK_LSW32_IS_FIRST);
	if (err)
		return err;
	label->sum = crc32(~0U, sector, len) ^ crc32c(0, sector, (unsigned int)len);
	label->sum ^= crc16(0, sector, len) ^ crc_ccitt(0xffff, sector, len) ^
		      crc_itu_t(0, sector, len) ^ crc_t10dif(sector, len) ^ crc7_be(0, sector, len);
	crc8_populate_msb(table, 0x07);
	label->sum ^= crc8(table, sector, len, CRC8_INIT_VALUE) ^ crc4(0, version, 15);
	label->sum ^= (u32)crc64_rocksoft(sector, len) ^ bitrev32((u32)version);
	pr_info("%pUl %pUb %u\n", &label->type, &label->id, bcd2bin(sector[20]));
	return (int)reciprocal_divide(label->sum, reciprocal_value(10));
}

/* SPDX-License-Identifier: MIT */
/*
 * Tables of sums, made by the compiler. The entry of a byte is the sum of those of its bits, so
 * eight constants make a table: the entry of bit 7 of a sum that takes the lowest bit first is
 * its polynomial, and that of each lower bit one step more of it.
 *
 *   entry(0x41) = entry(0x40) ^ entry(0x01)
 */
#ifndef _MM_LIB_CRC_TABLE_H
#define _MM_LIB_CRC_TABLE_H

/* One step: lowest bit first; highest bit first, of a sum whose highest bit is @top. */
#define CRC_LSB(crc, poly) (((crc)&1) ? (crc) >> 1 ^ (poly) : (crc) >> 1)
#define CRC_MSB(crc, poly, top) \
	(((crc) & (top)) ? ((crc) << 1 ^ (poly)) & ((top)*2 - 1) : (crc) << 1)

/* Constants @p_0 to @p_7, the entries of the bits of a byte. */
#define CRC_LSB_BITS(p, poly)                 \
	enum {                                \
		p##_7 = (poly),               \
		p##_6 = CRC_LSB(p##_7, poly), \
		p##_5 = CRC_LSB(p##_6, poly), \
		p##_4 = CRC_LSB(p##_5, poly), \
		p##_3 = CRC_LSB(p##_4, poly), \
		p##_2 = CRC_LSB(p##_3, poly), \
		p##_1 = CRC_LSB(p##_2, poly), \
		p##_0 = CRC_LSB(p##_1, poly), \
	}
#define CRC_MSB_BITS(p, poly, top)                 \
	enum {                                     \
		p##_0 = (poly),                    \
		p##_1 = CRC_MSB(p##_0, poly, top), \
		p##_2 = CRC_MSB(p##_1, poly, top), \
		p##_3 = CRC_MSB(p##_2, poly, top), \
		p##_4 = CRC_MSB(p##_3, poly, top), \
		p##_5 = CRC_MSB(p##_4, poly, top), \
		p##_6 = CRC_MSB(p##_5, poly, top), \
		p##_7 = CRC_MSB(p##_6, poly, top), \
	}

#define CRC_ENTRY(p, i)                                                            \
	((((i)&1) ? p##_0 : 0) ^ (((i)&2) ? p##_1 : 0) ^ (((i)&4) ? p##_2 : 0) ^   \
	 (((i)&8) ? p##_3 : 0) ^ (((i)&16) ? p##_4 : 0) ^ (((i)&32) ? p##_5 : 0) ^ \
	 (((i)&64) ? p##_6 : 0) ^ (((i)&128) ? p##_7 : 0))
#define CRC_ENTRIES_4(p, i) \
	CRC_ENTRY(p, i), CRC_ENTRY(p, (i) + 1), CRC_ENTRY(p, (i) + 2), CRC_ENTRY(p, (i) + 3)
#define CRC_ENTRIES_16(p, i)                                                       \
	CRC_ENTRIES_4(p, i), CRC_ENTRIES_4(p, (i) + 4), CRC_ENTRIES_4(p, (i) + 8), \
		CRC_ENTRIES_4(p, (i) + 12)
#define CRC_ENTRIES_64(p, i)                                                            \
	CRC_ENTRIES_16(p, i), CRC_ENTRIES_16(p, (i) + 16), CRC_ENTRIES_16(p, (i) + 32), \
		CRC_ENTRIES_16(p, (i) + 48)
#define CRC_ENTRIES(p)                                                               \
	{                                                                            \
		CRC_ENTRIES_64(p, 0), CRC_ENTRIES_64(p, 64), CRC_ENTRIES_64(p, 128), \
			CRC_ENTRIES_64(p, 192)                                       \
	}

#endif /* _MM_LIB_CRC_TABLE_H */

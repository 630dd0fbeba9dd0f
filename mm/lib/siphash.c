// SPDX-License-Identifier: MIT
/* Hashes with a key. Contract: linux/siphash.h. */
#include <linux/siphash.h>

#include <asm/unaligned.h>

/* SipHash with @each rounds a word and @last at the end. */
static __always_inline u64 sip(const void *data, size_t len, u64 key0, u64 key1, int each, int last)
{
	u64 v0 = SIPHASH_CONST_0 ^ key0, v1 = SIPHASH_CONST_1 ^ key1;
	u64 v2 = SIPHASH_CONST_2 ^ key0, v3 = SIPHASH_CONST_3 ^ key1;
	const u8 *p = data, *end = p + len / sizeof(u64) * sizeof(u64);
	u64 word = (u64)len << 56; /* the last: what is left, and the length's lowest byte */

	for (size_t i = 0; i < len % sizeof(u64); i++)
		word |= (u64)end[i] << 8 * i;
	for (;; p += sizeof(u64)) {
		u64 m = p == end ? word : get_unaligned_le64(p);

		v3 ^= m;
		for (int i = 0; i < each; i++)
			SIPHASH_PERMUTATION(v0, v1, v2, v3);
		v0 ^= m;
		if (p == end)
			break;
	}
	v2 ^= 0xff;
	for (int i = 0; i < last; i++)
		SIPHASH_PERMUTATION(v0, v1, v2, v3);
	return v0 ^ v1 ^ v2 ^ v3;
}

u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	return sip(data, len, key->key[0], key->key[1], 2, 4);
}

u64 siphash_1u64(u64 a, const siphash_key_t *key)
{
	__le64 words[] = {cpu_to_le64(a)};

	return siphash(words, sizeof(words), key);
}

u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key)
{
	__le64 words[] = {cpu_to_le64(a), cpu_to_le64(b)};

	return siphash(words, sizeof(words), key);
}

u64 siphash_3u64(u64 a, u64 b, u64 c, const siphash_key_t *key)
{
	__le64 words[] = {cpu_to_le64(a), cpu_to_le64(b), cpu_to_le64(c)};

	return siphash(words, sizeof(words), key);
}

u64 siphash_4u64(u64 a, u64 b, u64 c, u64 d, const siphash_key_t *key)
{
	__le64 words[] = {cpu_to_le64(a), cpu_to_le64(b), cpu_to_le64(c), cpu_to_le64(d)};

	return siphash(words, sizeof(words), key);
}

u64 siphash_1u32(u32 a, const siphash_key_t *key)
{
	__le32 words[] = {cpu_to_le32(a)};

	return siphash(words, sizeof(words), key);
}

u64 siphash_2u32(u32 a, u32 b, const siphash_key_t *key)
{
	return siphash_1u64((u64)b << 32 | a, key);
}

u64 siphash_3u32(u32 a, u32 b, u32 c, const siphash_key_t *key)
{
	__le32 words[] = {cpu_to_le32(a), cpu_to_le32(b), cpu_to_le32(c)};

	return siphash(words, sizeof(words), key);
}

u64 siphash_4u32(u32 a, u32 b, u32 c, u32 d, const siphash_key_t *key)
{
	return siphash_2u64((u64)b << 32 | a, (u64)d << 32 | c, key);
}

u32 hsiphash(const void *data, size_t len, const hsiphash_key_t *key)
{
	return (u32)sip(data, len, key->key[0], key->key[1], 1, 3);
}

u32 hsiphash_1u32(u32 a, const hsiphash_key_t *key)
{
	__le32 words[] = {cpu_to_le32(a)};

	return hsiphash(words, sizeof(words), key);
}

u32 hsiphash_2u32(u32 a, u32 b, const hsiphash_key_t *key)
{
	__le32 words[] = {cpu_to_le32(a), cpu_to_le32(b)};

	return hsiphash(words, sizeof(words), key);
}

u32 hsiphash_3u32(u32 a, u32 b, u32 c, const hsiphash_key_t *key)
{
	__le32 words[] = {cpu_to_le32(a), cpu_to_le32(b), cpu_to_le32(c)};

	return hsiphash(words, sizeof(words), key);
}

u32 hsiphash_4u32(u32 a, u32 b, u32 c, u32 d, const hsiphash_key_t *key)
{
	__le32 words[] = {cpu_to_le32(a), cpu_to_le32(b), cpu_to_le32(c), cpu_to_le32(d)};

	return hsiphash(words, sizeof(words), key);
}

/* SPDX-License-Identifier: MIT */
/*
 * Names of 16 bytes that nobody else has: a uuid_t has its numbers highest byte first, as they
 * are written; a guid_t the first three of them lowest byte first, as EFI has it. printk's %pU
 * and %pUl write them (linux/kernel.h).
 *
 *   00112233-4455-6677-8899-aabbccddeeff      UUID_STRING_LEN characters
 *
 * Locking: none.
 * Failure: -EINVAL for what is no such text; nothing changed.
 * Source:  Linux's uuid.h. Those that are made are random, by the arch's numbers, which keep no
 *          secret.
 */
#ifndef _LINUX_UUID_H
#define _LINUX_UUID_H

#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#define UUID_SIZE	16
#define UUID_STRING_LEN 36

typedef struct {
	u8 b[UUID_SIZE];
} uuid_t;

typedef struct {
	u8 b[UUID_SIZE];
} guid_t;

/* clang-format off */
#define UUID_INIT(a, b, c, d0, d1, d2, d3, d4, d5, d6, d7)                                       \
	((uuid_t){{((a) >> 24) & 0xff, ((a) >> 16) & 0xff, ((a) >> 8) & 0xff, (a) & 0xff,        \
		   ((b) >> 8) & 0xff, (b) & 0xff, ((c) >> 8) & 0xff, (c) & 0xff,                 \
		   (d0), (d1), (d2), (d3), (d4), (d5), (d6), (d7)}})
#define GUID_INIT(a, b, c, d0, d1, d2, d3, d4, d5, d6, d7)                                       \
	((guid_t){{(a) & 0xff, ((a) >> 8) & 0xff, ((a) >> 16) & 0xff, ((a) >> 24) & 0xff,        \
		   (b) & 0xff, ((b) >> 8) & 0xff, (c) & 0xff, ((c) >> 8) & 0xff,                 \
		   (d0), (d1), (d2), (d3), (d4), (d5), (d6), (d7)}})
/* clang-format on */

/* The guid_t by older names. */
typedef guid_t uuid_le;
#define UUID_LE(a, b, c, d0, d1, d2, d3, d4, d5, d6, d7) \
	GUID_INIT(a, b, c, d0, d1, d2, d3, d4, d5, d6, d7)
#define NULL_UUID_LE UUID_LE(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

extern const uuid_t uuid_null;
extern const guid_t guid_null;

static inline bool uuid_equal(const uuid_t *u1, const uuid_t *u2)
{
	return !memcmp(u1, u2, sizeof(uuid_t));
}

static inline bool guid_equal(const guid_t *u1, const guid_t *u2)
{
	return !memcmp(u1, u2, sizeof(guid_t));
}

static inline int uuid_le_cmp(const guid_t u1, const guid_t u2)
{
	return memcmp(&u1, &u2, sizeof(guid_t));
}

static inline bool uuid_is_null(const uuid_t *uuid)
{
	return uuid_equal(uuid, &uuid_null);
}

static inline bool guid_is_null(const guid_t *guid)
{
	return guid_equal(guid, &guid_null);
}

static inline void uuid_copy(uuid_t *dst, const uuid_t *src)
{
	*dst = *src;
}

static inline void guid_copy(guid_t *dst, const guid_t *src)
{
	*dst = *src;
}

/* From and to 16 bytes of a table or a disk. */
static inline void import_uuid(uuid_t *dst, const u8 *src)
{
	memcpy(dst, src, sizeof(uuid_t));
}

static inline void export_uuid(u8 *dst, const uuid_t *src)
{
	memcpy(dst, src, sizeof(uuid_t));
}

static inline void import_guid(guid_t *dst, const u8 *src)
{
	memcpy(dst, src, sizeof(guid_t));
}

static inline void export_guid(u8 *dst, const guid_t *src)
{
	memcpy(dst, src, sizeof(guid_t));
}

/* A random one, version 4 of RFC 4122. */
void generate_random_uuid(unsigned char uuid[UUID_SIZE]);
void generate_random_guid(unsigned char guid[UUID_SIZE]);
void uuid_gen(uuid_t *u);
void guid_gen(guid_t *u);

/* Do UUID_STRING_LEN characters at @uuid have the form above? What is behind them is not read. */
bool __must_check uuid_is_valid(const char *uuid);
int uuid_parse(const char *uuid, uuid_t *u);
int guid_parse(const char *uuid, guid_t *u);

/* Which byte of either the digits' n-th pair is. */
extern const u8 uuid_index[UUID_SIZE];
extern const u8 guid_index[UUID_SIZE];

#endif /* _LINUX_UUID_H */

// SPDX-License-Identifier: MIT
/* Names that nobody else has. Contract: linux/uuid.h. */
#include <linux/uuid.h>

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <baremm/arch.h>

const uuid_t uuid_null;
const guid_t guid_null;
const u8 uuid_index[UUID_SIZE] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
const u8 guid_index[UUID_SIZE] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

/* RFC 4122, 4.4: version and variant stand in bits that are not random. */
static void generate(u8 *bytes, const u8 *index)
{
	u64 random[2] = {arch_random(), arch_random()};

	memcpy(bytes, random, UUID_SIZE);
	bytes[index[6]] = (u8)((bytes[index[6]] & 0x0f) | 0x40);
	bytes[index[8]] = (u8)((bytes[index[8]] & 0x3f) | 0x80);
}

void generate_random_uuid(unsigned char uuid[UUID_SIZE])
{
	generate(uuid, uuid_index);
}

void generate_random_guid(unsigned char guid[UUID_SIZE])
{
	generate(guid, guid_index);
}

void uuid_gen(uuid_t *u)
{
	generate(u->b, uuid_index);
}

void guid_gen(guid_t *u)
{
	generate(u->b, guid_index);
}

bool uuid_is_valid(const char *uuid)
{
	for (int i = 0; i < UUID_STRING_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? uuid[i] != '-' : !isxdigit(uuid[i]))
			return false;
	}
	return true;
}

static int parse(const char *uuid, u8 *bytes, const u8 *index)
{
	if (!uuid_is_valid(uuid))
		return -EINVAL;
	for (int i = 0; i < UUID_SIZE; i++, uuid += 2) {
		uuid += *uuid == '-';
		bytes[index[i]] = (u8)(hex_to_bin((u8)uuid[0]) << 4 | hex_to_bin((u8)uuid[1]));
	}
	return 0;
}

int uuid_parse(const char *uuid, uuid_t *u)
{
	return parse(uuid, u->b, uuid_index);
}

int guid_parse(const char *uuid, guid_t *u)
{
	return parse(uuid, u->b, guid_index);
}

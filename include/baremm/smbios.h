/* SPDX-License-Identifier: MIT */
/*
 * What SMBIOS claims of the machine's memory: how much there is in its sockets, and at
 * which addresses.
 *
 * Owns:    nothing; the structures are the boot record's (boot_info.smbios_records).
 * Locking: none; pure functions of bytes.
 * Units:   bytes, [start, end).
 * Failure: structures that are too short are counted in `broken`, and left out.
 * Source:  SMBIOS 3.6, sections 7.18 (type 17) and 7.20 (type 19).
 */
#ifndef _BAREMM_SMBIOS_H
#define _BAREMM_SMBIOS_H

#include <linux/types.h>

#define SMBIOS_MAX_MAPPED 64

struct smbios_memory {
	u64 installed;		 /* bytes of all devices whose size is known */
	unsigned int nr_devices; /* sockets that hold one */
	unsigned int nr_unknown; /* of these, those of unknown size */
	unsigned int nr_mapped;
	unsigned int dropped; /* mapped ranges past SMBIOS_MAX_MAPPED */
	unsigned int broken;  /* structures that are too short */
	struct smbios_range {
		u64 start, end;
	} mapped[SMBIOS_MAX_MAPPED];
};

/* Reads structures that lie one behind the other, without strings. */
void smbios_read_memory(const u8 *records, size_t size, struct smbios_memory *memory);

#endif /* _BAREMM_SMBIOS_H */

/* SPDX-License-Identifier: MIT */
/*
 * The boot record: everything that the program knows of the machine when it has
 * left the firmware, in one plain structure.
 *
 * Owns:       nothing. It is filled by efi/ (or by the replay and the tests) and
 *             lies, with all that it points to, in memory that the map calls
 *             loader data; bring-up reserves [self, self + self_size) and `ranges`.
 * Invariants: physical addresses are phys_addr_t; 0 means "the firmware gave
 *             none". Pointers are identity-mapped and stay valid for ever.
 * Lifetime:   complete when ExitBootServices has returned; constant from then on
 *             but for `arena`, which bring-up takes memory from, and for the end of
 *             [self, self + self_size), which goes when the arena is closed.
 * Locking:    none; the boot CPU fills and reads it.
 * Units:      bytes, and nanoseconds since 1970 for the time.
 * Failure:    none here. What firmware said that cannot be true is repaired or
 *             left out by efi/, and counted in `efi.findings`.
 */
#ifndef _BAREMM_BOOT_INFO_H
#define _BAREMM_BOOT_INFO_H

#include <linux/types.h>
#include <baremm/e820.h>

struct arch_handoff;
struct bench_result;
struct lint_range;

#define BOOT_INFO_VERSION 1

/* Memory that belongs to the program itself, for the reserved list and iomem. */
enum boot_range_type {
	BOOT_RANGE_TEXT,	  /* the image's code, read and execute */
	BOOT_RANGE_RODATA,	  /* its constants, read */
	BOOT_RANGE_DATA,	  /* its data and bss, read and write */
	BOOT_RANGE_INIT_TEXT,	  /* code and data of linux/init.h: as text and data are, until */
	BOOT_RANGE_INIT_DATA,	  /* free_initmem(); mapped at no address of its own from then on */
	BOOT_RANGE_STACK,	  /* the boot stack, without its guard page */
	BOOT_RANGE_GUARD,	  /* a page below a stack: mapped nowhere */
	BOOT_RANGE_BOOT_SERVICES, /* firmware's, free once our CR3 is loaded */
	BOOT_RANGE_MIRRORED,	  /* of whatever owner: only in boot_info.mirrored, */
	BOOT_RANGE_HOTPLUG,	  /* or in boot_info.hotplug */
};

struct boot_range {
	phys_addr_t start; /* page aligned */
	phys_addr_t end;   /* exclusive, page aligned */
	enum boot_range_type type;
};

/* The firmware's memory map as the last GetMemoryMap() returned it. */
struct boot_efi_map {
	const void *descs; /* raw descriptors */
	u64 size;	   /* bytes in descs */
	u64 desc_size;	   /* stride */
	u32 desc_version;
	u32 exit_tries; /* calls of ExitBootServices until it succeeded */
	u32 map_tries;	/* calls of GetMemoryMap altogether */
	u32 findings;	/* descriptors that had to be repaired or left out */
	u64 unaccepted; /* bytes of unaccepted memory */
	u64 bytes;	/* of all descriptors */
	u64 system_table;
	u32 revision;	      /* of the UEFI specification, major << 16 | minor */
	char vendor[32];      /* firmware vendor, in ASCII */
	u64 memattr;	      /* memory attributes table */
	bool no_soft_reserve; /* efi=nosoftreserve: memory for a purpose is memory */
};

enum boot_fb_format { BOOT_FB_NONE, BOOT_FB_RGB, BOOT_FB_BGR, BOOT_FB_MASK };

/* A linear framebuffer of 32-bit pixels (or 16 and 24 bits with BOOT_FB_MASK). */
struct boot_framebuffer {
	enum boot_fb_format format;
	phys_addr_t base;
	u64 size;  /* bytes that are backed; never drawn past */
	u32 width; /* pixels */
	u32 height;
	u32 pitch; /* bytes from one row to the next */
	u32 bytes_per_pixel;
	u32 red_mask, green_mask, blue_mask;
};

/*
 * Memory for tables whose size follows the firmware's map, from before memblock
 * exists. Taken from the front; what is left when memblock exists is free memory.
 */
struct boot_arena {
	void *base;
	size_t size;
	size_t used;
};

struct boot_info {
	u32 version;	  /* BOOT_INFO_VERSION */
	u32 nr_cpus_hint; /* 0: not known */
	phys_addr_t self; /* this record and all it points to lie in here */
	u64 self_size;

	const struct e820_entry *e820; /* the firmware's ranges, as Linux's EFI stub makes them */
	u32 nr_e820;

	/* The map as the firmware gave it, for lint; NULL: the ranges above are all there is. */
	void (*map_entry)(const struct boot_info *info, u32 i, struct lint_range *range);
	u32 nr_map_entries;

	const struct boot_range *ranges;
	u32 nr_ranges;

	const struct boot_range *mirrored; /* memory that the hardware keeps twice, */
	const struct boot_range *hotplug;  /* and that may be unplugged */
	u32 nr_mirrored, nr_hotplug;

	struct boot_efi_map efi;
	struct boot_framebuffer fb;

	phys_addr_t rsdp;	  /* ACPI 2.0's if there is one, else 1.0's */
	phys_addr_t smbios;	  /* 32-bit entry point */
	phys_addr_t smbios3;	  /* 64-bit entry point */
	const u8 *smbios_records; /* its structures about memory (baremm/smbios.h), or NULL */
	u32 smbios_size;

	phys_addr_t image_base; /* where the firmware loaded the program */
	u64 image_size;
	phys_addr_t trampoline; /* a page below 1 MB, or 0 */

	/* The boot CPU as the firmware left it: its flags at the exit, the rest arch/'s own. */
	unsigned long handoff_flags;
	const struct arch_handoff *handoff;

	const char *options; /* baremm.cfg, then the load options; terminated */
	const char *build;   /* version and compiler, for the first line */

	s64 time;	/* ns since 1970 at start; 0 where there is no clock */
	u64 tsc_hz;	/* time-stamp counter's rate; 0 where it could not be measured */
	bool tsc_exact; /* that is the CPU's own word, and need not be measured again */
	u64 tsc_start;	/* its value at the program's first instruction */

	/* The firmware's allocators, with the option bench (baremm/bench.h). */
	const struct bench_result *bench;
	u32 nr_bench;

	struct boot_arena arena;
};

/*
 * Takes @size bytes, zeroed and aligned to 16, from the record's arena. NULL
 * where it is used up. Not for use once memblock can allocate.
 */
void *boot_arena_alloc(struct boot_info *info, size_t size);

/*
 * Gives the whole pages of the arena that are not used back to the map's free memory, where
 * the arena is the record's last part. Before the record is reserved.
 */
void boot_arena_close(struct boot_info *info);

/*
 * The record of this boot. Set by mm_bring_up(); NULL before.
 */
extern struct boot_info *boot_info;

#endif /* _BAREMM_BOOT_INFO_H */

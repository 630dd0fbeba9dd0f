/* SPDX-License-Identifier: MIT */
/*
 * Calling the firmware: what the files of efi/ that do it share.
 *
 * Owns:       struct firmware, on efi_main()'s stack.
 * Invariants: nothing of the firmware's is changed: no variable is written, for full or
 *             flooded flash bricks boards, and no table of its is patched. Nothing is
 *             executed but the image's sections of code, as the firmware mapped them, until
 *             our page tables are live: so no memory needs another protection, and the
 *             Memory Attribute Protocol (UEFI 2.10 section 37.9) has nothing to be asked.
 * Lifetime:   until ExitBootServices is first called; nothing of it is used after,
 *             but by exit.c for its repeats.
 * Locking:    none; boot CPU, at TPL_APPLICATION.
 * Units:      bytes, UEFI's 4 KB pages where a name says pages.
 * Failure:    EFI_STATUS. What the program can do without (options, graphics,
 *             tables, clock) has no status: it logs what is missing.
 */
#ifndef _EFI_FIRMWARE_H
#define _EFI_FIRMWARE_H

#include <efi.h>
#undef ALIGN /* an attribute there, rounding in linux/align.h */
#include <linux/align.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <baremm/boot_info.h>

struct firmware {
	EFI_HANDLE image;
	EFI_SYSTEM_TABLE *st;
	EFI_BOOT_SERVICES *bs;
	EFI_LOADED_IMAGE *loaded; /* NULL where the firmware does not say */
};

/* The interface @guid of @handle, or NULL. */
void *firmware_protocol(const struct firmware *fw, EFI_HANDLE handle, const EFI_GUID *guid);

/* Prints text on the firmware's console; lines end in "\n". */
void firmware_print(const struct firmware *fw, const char *fmt, ...) __printf(2, 3);

/* Says on the firmware's console why the program ends; returns @status. */
EFI_STATUS firmware_refuse(const struct firmware *fw, EFI_STATUS status, const char *fmt, ...)
	__printf(3, 4);

/* --- options.c --- */

/* The longest text of options, with its terminator. */
#define OPTIONS_SIZE 8192

/* Fills @out with baremm.cfg's words, then those of the load options. */
void options_read(const struct firmware *fw, char *out, size_t size);

/* --- graphics.c --- */

/*
 * Sets the resolution that video=efifb: in @options asks for, and fills @fb; its
 * format is BOOT_FB_NONE where there is no linear framebuffer.
 */
void graphics_find(const struct firmware *fw, const char *options, struct boot_framebuffer *fb);

/* --- tables.c --- */

/* Fills the specification's revision, the vendor and the tables' addresses. */
void tables_find(const struct firmware *fw, struct boot_info *info);

/* --- secure_boot.c --- */

/* Logs whether Secure Boot is on. */
void secure_boot_print(const struct firmware *fw);

/* --- random.c --- */

/* Random bits of the firmware's; 0 where it has none. */
u64 firmware_random(const struct firmware *fw);

/* --- devices.c --- */

/*
 * Takes the drivers of network adapters off, and with efi=disable_early_pci_dma in @options
 * keeps all PCI devices but displays from memory. Last of all before the exit: no file can be
 * read afterwards.
 */
void devices_quiet(const struct firmware *fw, const char *options);

/* --- clock.c --- */

/* Fills time and tsc_hz; tsc_start is filled already. */
void clock_read(const struct firmware *fw, struct boot_info *info);

/* --- bench.c --- */

/* With the word bench in the options: measures the firmware's allocators. */
void bench_firmware(const struct firmware *fw, struct boot_info *info);

/* --- record.c --- */

/*
 * Makes the boot record in loader data: room for the memory map at twice its
 * present size and 64 descriptors more, for as many e820 entries and ranges, for
 * the options, and the arena. Takes the trampoline page. The record is what
 * later steps fill; *@info is NULL where a status is returned.
 */
EFI_STATUS record_create(const struct firmware *fw, struct boot_info **info);

/*
 * After the exit: makes e820 entries and ranges of the map. Calls no firmware.
 * The record has no e820 entry where the map cannot be used; the log says why.
 */
void record_finish(struct boot_info *info);

/* Gives the record back, where the program has to return to the shell. */
void record_release(const struct firmware *fw, struct boot_info *info);

/* --- exit.c --- */

/* Turns the watchdog off: it would reset the machine after five minutes. */
void watchdog_off(const struct firmware *fw);

/*
 * The size and stride of the memory map as it is now, by taking it once into a
 * buffer of the firmware's pool. Bounded repeats.
 */
EFI_STATUS map_probe(const struct firmware *fw, UINTN *size, UINTN *stride);

/*
 * Takes the map into the record and leaves boot services. EFI_SUCCESS: nothing
 * of the firmware is left to call, interrupts are off. EFI_COMPROMISED_DATA: the map
 * cannot be used, and ExitBootServices was not called. Else *@called says
 * whether ExitBootServices was called, so that nothing but it may be called any
 * more.
 */
EFI_STATUS exit_boot_services(const struct firmware *fw, struct boot_info *info, bool *called);

#endif /* _EFI_FIRMWARE_H */

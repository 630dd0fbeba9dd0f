/* SPDX-License-Identifier: MIT */
/*
 * The program from its first instruction to its verdict.
 *
 * efi_main() runs while boot services exist: it gathers what the firmware knows
 * and leaves. Until ExitBootServices is first called a refusal returns to the
 * shell; from then on there is no way back, and no firmware. run() is the rest.
 */
#include "firmware.h"
#include "image.h"
#include "memmap.h"
#include "options_text.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/page_owner.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/arch_boot.h>
#include <baremm/bench.h>
#include <baremm/boot_info.h>
#include <baremm/bringup.h>
#include <baremm/console.h>
#include <baremm/options.h>
#include <baremm/panic.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

#ifdef __clang__
#define NUMBER_TEXT(n)	NUMBER_TEXT_(n)
#define NUMBER_TEXT_(n) #n
#define COMPILER                                                                                \
	"clang " NUMBER_TEXT(__clang_major__) "." NUMBER_TEXT(__clang_minor__) "." NUMBER_TEXT( \
		__clang_patchlevel__)
#else
#define COMPILER "gcc " __VERSION__
#endif

#define BOOT_STACK_SIZE SZ_64K

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *st);

static const char build_name[] = "baremm version " BAREMM_VERSION " (" COMPILER ")";

/* The stack from the exit on. Its lowest page is the guard. */
static u8 boot_stack[PAGE_SIZE + BOOT_STACK_SIZE] __aligned(PAGE_SIZE) __section(".bss..stacks");

static bool print_map; /* efi=debug */

struct boot_range image_boot_stack(void)
{
	phys_addr_t start = IMAGE_ADDR(boot_stack);

	return (struct boot_range){start + PAGE_SIZE, start + sizeof(boot_stack), BOOT_RANGE_STACK};
}

/*
 * efi=debug; and what was obeyed before (devices.c, record.c). Linux's other words are about
 * runtime services, which are not used.
 */
static int parse_efi(char *value)
{
	bool debug = value && parse_option_str(value, "debug");
	bool obeyed = value && (parse_option_str(value, "disable_early_pci_dma") ||
				parse_option_str(value, "nosoftreserve"));

	print_map |= debug;
	return obeyed || debug ? 0 : -EINVAL;
}

/* video=efifb:..., which was obeyed before the exit (graphics_mode.c). */
static int parse_video(char *value)
{
	return value && !strncmp(value, "efifb:", 6) ? 0 : -EINVAL;
}

static const struct boot_option efi_options[] = {
	{"efi", parse_efi},
	{"video", parse_video},
};

static void report_map(const struct boot_efi_map *map)
{
	if (print_map)
		efi_map_print(map);
	pr_info("memory map: %llu descriptors of %llu bytes (version %u), %u GetMemoryMap and %u "
		"ExitBootServices calls, %u findings\n",
		efi_map_count(map), map->desc_size, map->desc_version, map->map_tries,
		map->exit_tries, map->findings);
	if (map->unaccepted)
		pr_warn("%lluK of memory is not accepted and is not used\n", map->unaccepted >> 10);
}

/* Why the run failed; NULL where it did not. */
static const char *verdict(int faults, int failed)
{
	static char why[64];

	if (!faults && !failed)
		return NULL;
	snprintf(why, sizeof(why), "%d faults after bring-up, %d self-tests failed", faults,
		 failed);
	return why;
}

/* The way from the record to the verdict, on our own stack. */
static void __ref run(struct boot_info *info)
{
	int faults, failed;

	mm_register_options();
	arch_register_options();
	register_options(efi_options, ARRAY_SIZE(efi_options));
	parse_options(info->options);
	arch_console_init(info);
	report_map(&info->efi);
	if (!info->nr_e820)
		panic("efi: no usable memory map (%llu bytes at stride %llu) after %u GetMemoryMap "
		      "and %u ExitBootServices calls",
		      info->efi.size, info->efi.desc_size, info->efi.map_tries,
		      info->efi.exit_tries);

	mm_bring_up(info);
	console_stage("other CPUs");
	smp_init();
	console_stage("benchmark");
	mm_bench(info);
	console_stage("verification");
	faults = mm_verify_all();
	console_stage("dumps");
	arch_ptdump();
	mm_dump_all(&seq_console);
	console_stage("provoked fault");
	arch_lkdtm();
	failed = mm_selftest();
	console_stage("report");
	arch_poll_errors();
	page_owner_leaks_show(&seq_console);
	slab_owners_show(&seq_console);
	kmemleak_scan_now();
	mm_report();
	finish(verdict(faults, failed));
}

/* Fills the record with all that does not change until the exit. */
static void __init gather(const struct firmware *fw, struct boot_info *info, u64 tsc_start)
{
	char *options = (char *)(uintptr_t)info->options;

	info->tsc_start = tsc_start;
	info->build = build_name;
	info->image_base = IMAGE_ADDR(__image_base__);
	info->image_size = fw->loaded ? ALIGN(fw->loaded->ImageSize, PAGE_SIZE)
				      : IMAGE_ADDR(__init_data_end) - info->image_base;
	options_read(fw, options, OPTIONS_SIZE);
	printk(KERN_INFO "Command line: %s\n", options);
	tables_find(fw, info);
	secure_boot_print(fw);
	clock_read(fw, info);
	graphics_find(fw, options, &info->fb);
	bench_firmware(fw, info);
	pr_info("image at 0x%llx, 0x%llx bytes; record at 0x%llx, 0x%llx bytes\n", info->image_base,
		info->image_size, info->self, info->self_size);
}

/* The last map that was asked for is none, or has no memory; the record is gone. */
static EFI_STATUS __init refuse_map(const struct firmware *fw, EFI_STATUS status,
				    const struct boot_efi_map *map)
{
	return firmware_refuse(fw, status,
			       "the firmware gives no memory map that has memory in it: %llu "
			       "descriptors in %llu bytes, size %llu, version %u, call %u",
			       efi_map_count(map), map->size, map->desc_size, map->desc_version,
			       map->map_tries);
}

EFI_STATUS EFIAPI __section(".text.entry") __no_stack_protector
	efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *st)
{
	struct firmware fw = {.image = image, .st = st, .bs = st->BootServices};
	static const EFI_GUID loaded_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	u64 tsc_start = arch_cycles();
	struct boot_efi_map map;
	struct boot_info *info;
	EFI_STATUS status;
	bool called;

	arch_stack_protector_init(firmware_random(&fw));
	watchdog_off(&fw);
	printk(KERN_NOTICE "%s\n", build_name);
	firmware_print(&fw, "%s\n", build_name);
	if (arch_unsupported())
		return firmware_refuse(&fw, EFI_UNSUPPORTED, "%s", arch_unsupported());
	fw.loaded = firmware_protocol(&fw, image, &loaded_guid);
	status = record_create(&fw, &info);
	if (EFI_ERROR(status))
		return status;
	gather(&fw, info, tsc_start);
	devices_quiet(&fw, info->options);
	/* It stays on the screen until ours is drawn. */
	firmware_print(&fw, "baremm: leaving the firmware\n");
	status = exit_boot_services(&fw, info, &called);
	if (EFI_ERROR(status) && !called) {
		map = info->efi;
		record_release(&fw, info);
		return refuse_map(&fw, status, &map);
	}
	if (EFI_ERROR(status))
		pr_err("ExitBootServices failed %u times, status 0x%llx\n", info->efi.exit_tries,
		       (u64)status);
	else
		record_finish(info);
	arch_enter(info, run, boot_stack + sizeof(boot_stack));
}

/* SPDX-License-Identifier: MIT */
/*
 * Five-level paging: whether, and the switch from the firmware's four levels.
 *
 * CR4.LA57 can only change while the CPU is out of 64-bit mode and paging is off
 * (Intel SDM volume 3A, section 4.1.1), which takes the trampoline's page. The way
 * there goes over four-level tables, and the firmware's may forbid execution in
 * that page. Ours are at hand: the table below the first entry of a five-level
 * root maps the lowest 256 TB, and taken as a four-level root maps the same, our
 * identity map up to 128 TB, page for page:
 *
 *   five levels   root [0] -> table [0] -> ...   va 0 to 512 GB
 *   four levels               root  [0] -> ...   va 0 to 512 GB
 */
#include "la57.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <asm/page.h>
#include <baremm/boot_info.h>

#include "cpu.h"
#include "exceptions.h"
#include "mem_encrypt.h"
#include "mmu.h"
#include "trampoline.h"

static bool no5lvl;

/* Linux then takes the CPU for one that has no more, and prints its limit so. */
int la57_parse_no5lvl(char *value)
{
	if (value)
		return -EINVAL;
	no5lvl = true;
	if (live_pgtable.levels == 4)
		max_arch_pfn = MAX_ARCH_PFN_L4;
	return 0;
}

int la57_choose_levels(const struct boot_info *info)
{
	if (live_pgtable.levels == 5) {
		pr_info("x86/mm: five-level paging is on already%s\n",
			no5lvl ? ", no5lvl has no effect" : "");
		return 5;
	}
	if (!cpu_info.la57)
		return 4;
	if (no5lvl) {
		pr_info("x86/mm: no5lvl: five-level paging stays off\n");
		return 4;
	}
	if (mem_encrypt_is_host()) {
		pr_info("x86/mm: five-level paging stays off: who switches it on does not reach "
			"encrypted memory meanwhile\n");
		return 4;
	}
	if (!trampoline_page(info)) {
		pr_warn("x86/mm: five-level paging stays off: no page below 1 MB to switch it on "
			"in (the boot record names %#llx)\n",
			info->trampoline);
		return 4;
	}
	return 5;
}

/* CR4.PGE is off on the way: global translations would outlive a change of tables. */
int la57_enter(const struct pgtable *pgt, phys_addr_t page)
{
	unsigned long firmware_root = read_cr3(), firmware_cr4 = read_cr4();
	phys_addr_t bridge = entry_phys(pgt, *pgtable_at(pgt, pgt->root));

	if (pgt->root >= SZ_4G || bridge >= SZ_4G)
		return -EIO;
	write_cr4(firmware_cr4 & ~CR4_PGE);
	trampoline_fill(page, (firmware_cr4 & ~CR4_PGE) | CR4_LA57, pgt->root, bridge);
	trampoline_switch(page, bridge);
	descriptors_load();
	if (read_cr4() & CR4_LA57)
		return 0;
	write_cr3(firmware_root);
	write_cr4(firmware_cr4);
	return -EIO;
}

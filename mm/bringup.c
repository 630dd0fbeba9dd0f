/* SPDX-License-Identifier: MIT */
/*
 * The boot's table of contents: from the boot record to working allocators.
 */
#include <baremm/bringup.h>

#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/node.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <baremm/acpi.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>
#include <baremm/console.h>
#include <baremm/e820.h>
#include <baremm/panic.h>

#include "badpage.h"
#include "fault_inject.h"
#include "internal.h"
#include "memtest.h"
#include "page_alloc.h"

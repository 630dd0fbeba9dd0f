/* SPDX-License-Identifier: MIT */
/* Splitting the options into words, and finding who wants each. */
#include <baremm/options.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/string.h>

#include "fault_inject.h"
#include "badpage.h"
#include "internal.h"
#include "memtest.h"
#include "page_alloc.h"
	{"page_poison", page_poison_parse_option},

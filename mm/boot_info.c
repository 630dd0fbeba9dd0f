// SPDX-License-Identifier: MIT
/* The boot record of this run: see baremm/boot_info.h. */
#include <baremm/boot_info.h>

struct boot_info *boot_info;

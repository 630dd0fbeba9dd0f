/* SPDX-License-Identifier: MIT */
/* Machines that are brought up as the program brings them up. */
#ifndef _TEST_WHOLE_MACHINE_H
#define _TEST_WHOLE_MACHINE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <host/machine.h>
#include <baremm/bringup.h>
#include <baremm/options.h>

/* That of @info, with its options; bad_options are those that were not understood. */
static inline struct boot_info *whole_machine(struct boot_info *info)
{
	mm_reset();
	host_log_clear();
	mm_register_options();
	bad_options = 0;
	parse_options(info->options);
	mm_bring_up(info);
	return info;
}

#endif /* _TEST_WHOLE_MACHINE_H */

/* SPDX-License-Identifier: MIT */
/*
 * The machine's memory in numbers, as Linux's sysinfo() has it; filled by si_meminfo()
 * (linux/mm.h). Units: mem_unit bytes.
 */
#ifndef _LINUX_SYSINFO_H
#define _LINUX_SYSINFO_H

#include <linux/types.h>

struct sysinfo {
	long uptime;
	unsigned long loads[3];
	unsigned long totalram;
	unsigned long freeram;
	unsigned long sharedram;
	unsigned long bufferram;
	unsigned long totalswap;
	unsigned long freeswap;
	u16 procs;
	u16 pad;
	unsigned long totalhigh;
	unsigned long freehigh;
	u32 mem_unit;
};

#endif /* _LINUX_SYSINFO_H */

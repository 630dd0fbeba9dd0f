/* SPDX-License-Identifier: MIT */
/*
 * Copies from and to where nothing may be: the kernel, asked to copy from the process to itself,
 * says so instead of raising a signal. What simulated RAM may be used for it knows from map.c.
 */
#define _GNU_SOURCE
#include <baremm/arch.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include "host.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The kernel copies no more at once. */
#define COPY_MAX SZ_1G

static bool copy(unsigned long dst, unsigned long src, size_t size)
{
	struct iovec to = {(void *)dst, size}, from = {(void *)src, size};
	/* Sanitizers look at what the library's function would be given. */
	long copied = syscall(SYS_process_vm_readv, getpid(), &to, 1UL, &from, 1UL, 0UL);

	if (copied < 0 && errno != EFAULT)
		host_fail("process_vm_readv() of %zu bytes: %s", size, strerror(errno));
	return copied == (long)size;
}

bool arch_copy_nofault(void *dst, const void *src, size_t size)
{
	for (size_t done = 0; done < size; done += COPY_MAX)
		if (!copy((unsigned long)dst + done, (unsigned long)src + done,
			  min_t(size_t, size - done, COPY_MAX)))
			return false;
	return true;
}

/* Of x86-64 with four levels: a process's half and the kernel's. */
bool arch_canonical(unsigned long va)
{
	return (unsigned long)((long)(va << 16) >> 16) == va;
}

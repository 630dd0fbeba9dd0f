// SPDX-License-Identifier: MIT
/* Copies that may meet addresses of nothing. Contract: linux/uaccess.h. */
#include <linux/uaccess.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/arch.h>

#define PIECE 64UL /* of a string; no page ends within an aligned one */

bool copy_from_kernel_nofault_allowed(const void *unsafe_src, size_t size)
{
	unsigned long addr = (unsigned long)unsafe_src;

	(void)size;
	return addr >= PAGE_SIZE && arch_canonical(addr);
}

long copy_from_kernel_nofault(void *dst, const void *src, size_t size)
{
	if (!copy_from_kernel_nofault_allowed(src, size))
		return -ERANGE;
	return arch_copy_nofault(dst, src, size) ? 0 : -EFAULT;
}

long copy_to_kernel_nofault(void *dst, const void *src, size_t size)
{
	return arch_copy_nofault(dst, src, size) ? 0 : -EFAULT;
}

long strncpy_from_kernel_nofault(char *dst, const void *unsafe_addr, long count)
{
	unsigned long done = 0, room = count > 0 ? (unsigned long)count : 0;
	char piece[PIECE];

	if (!room)
		return 0;
	if (!copy_from_kernel_nofault_allowed(unsafe_addr, room))
		return -ERANGE;
	while (done < room) {
		unsigned long at = (unsigned long)unsafe_addr + done;
		size_t size = min(room - done, PIECE - at % PIECE);
		size_t len;

		if (!arch_copy_nofault(piece, (const void *)at, size)) {
			dst[done] = '\0';
			return -EFAULT;
		}
		len = strnlen(piece, size);
		memcpy(dst + done, piece, len);
		done += len;
		if (len < size) {
			dst[done] = '\0';
			return (long)done + 1;
		}
	}
	dst[room - 1] = '\0';
	return count;
}

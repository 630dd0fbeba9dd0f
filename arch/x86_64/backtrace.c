/* SPDX-License-Identifier: MIT */
/*
 * Backtraces by frame pointers. A frame may be garbage, as whoever asks is in
 * trouble already: nothing is read that the page tables do not map, and the
 * chain must go up.
 *
 *   fp ->  | caller's fp | return address |  ...  growing addresses
 */
#include "exceptions.h"

#include <linux/kernel.h>
#include <baremm/arch.h>
#include <asm/page.h>

#define MAX_FRAMES     48
#define MAX_FRAME_SIZE (64UL << 10)

/* Both words of the frame at @fp can be read. */
static bool frame_readable(unsigned long fp)
{
	struct arch_mapping mapping;

	if (fp & 7)
		return false;
	return !arch_query(fp, &mapping) && !arch_query(fp + 15, &mapping);
}

static void print_address(unsigned long addr)
{
	pr_emerg(" %pS\n", (void *)addr);
}

void backtrace_from(unsigned long rip, unsigned long fp)
{
	pr_emerg("Call Trace:\n");
	if (rip)
		print_address(rip);
	for (int i = 0; fp && i < MAX_FRAMES; i++) {
		const unsigned long *frame = (const unsigned long *)fp;

		if (!frame_readable(fp)) {
			pr_emerg(" ? bad frame pointer %#lx\n", fp);
			return;
		}
		/* A return address may be the first byte of the next function. */
		if (frame[1])
			print_address(frame[1]);
		if (!frame[0])
			return;
		if (frame[0] <= fp || frame[0] - fp > MAX_FRAME_SIZE) {
			pr_emerg(" ? frame pointer %#lx after %#lx\n", frame[0], fp);
			return;
		}
		fp = frame[0];
	}
}

void arch_backtrace(unsigned long fp)
{
	if (!fp)
		fp = (unsigned long)__builtin_frame_address(0);
	backtrace_from(0, fp);
}

/* SPDX-License-Identifier: MIT */
/*
 * Backtraces by frame pointers. A frame may be garbage, as whoever asks is in
 * trouble already: one that cannot be read ends the chain, which must go up.
 *
 *   fp ->  | caller's fp | return address |  ...  growing addresses
 */
#include "exceptions.h"

#include <linux/kernel.h>
#include <linux/uaccess.h>
#include <baremm/arch.h>
#include <asm/page.h>

#define MAX_FRAMES     1024
#define MAX_FRAME_SIZE (64UL << 10)

struct frame {
	unsigned long caller; /* its frame */
	unsigned long address;
};

static bool read_frame(struct frame *frame, unsigned long fp)
{
	return !(fp & 7) && !get_kernel_nofault(*frame, (const struct frame *)fp);
}

/* Prints one line; of a function that calls itself over and over, two. */
struct trace {
	unsigned long last;
	unsigned long repeats;
};

static void trace_end_repeats(struct trace *trace)
{
	if (trace->repeats)
		pr_emerg(" ... %lu times the same\n", trace->repeats);
	trace->repeats = 0;
}

/* A return address: where a call ends a function it lies past that function. */
static void trace_add(struct trace *trace, unsigned long addr)
{
	if (addr == trace->last) {
		trace->repeats++;
		return;
	}
	trace_end_repeats(trace);
	trace->last = addr;
	pr_emerg(" %pB\n", (void *)addr);
}

/* Follows the chain from @fp to its end; says where it breaks off. */
static void trace_frames(struct trace *trace, unsigned long fp)
{
	struct frame frame;

	for (int i = 0; fp && i < MAX_FRAMES; i++, fp = frame.caller) {
		if (!read_frame(&frame, fp)) {
			trace_end_repeats(trace);
			pr_emerg(" ? bad frame pointer %#lx\n", fp);
			return;
		}
		if (frame.address)
			trace_add(trace, frame.address);
		if (frame.caller && (frame.caller <= fp || frame.caller - fp > MAX_FRAME_SIZE)) {
			trace_end_repeats(trace);
			pr_emerg(" ? frame pointer %#lx after %#lx\n", frame.caller, fp);
			return;
		}
	}
	trace_end_repeats(trace);
}

/*
 * A function that calls nothing may have no frame: its caller is then known only
 * from the top of the stack, which may as well be a stale value. Linux marks such
 * guesses with a question mark.
 */
static void guess_caller(unsigned long rsp)
{
	unsigned long addr = 0, offset, size;

	if (get_kernel_nofault(addr, (const unsigned long *)rsp))
		return;
	if (arch_symbol(addr, &offset, &size))
		pr_emerg(" ? %pB\n", (void *)addr);
}

void backtrace_regs(const struct pt_regs *regs)
{
	struct trace trace = {.last = regs->rip};

	pr_emerg("Call Trace:\n");
	pr_emerg(" %pS\n", (void *)regs->rip);
	guess_caller(regs->rsp);
	trace_frames(&trace, regs->rbp);
}

void arch_backtrace(unsigned long fp)
{
	struct trace trace = {};

	pr_emerg("Call Trace:\n");
	trace_frames(&trace, fp ? fp : (unsigned long)__builtin_frame_address(0));
}

unsigned int arch_stack_save_regs(const struct pt_regs *regs, unsigned long *entries,
				  unsigned int nr)
{
	unsigned long fp = regs->rbp, next;
	unsigned int stored = 0;
	struct frame frame;

	if (nr)
		entries[stored++] = regs->rip;
	for (; stored < nr && fp && read_frame(&frame, fp); fp = next) {
		if (frame.address)
			entries[stored++] = frame.address;
		next = frame.caller > fp && frame.caller - fp <= MAX_FRAME_SIZE ? frame.caller : 0;
	}
	return stored;
}

/* Frames of the running stack are sound, and the first one's caller is 0 (entry.S). */
unsigned int arch_stack_save(unsigned long *entries, unsigned int nr, unsigned int skip)
{
	const unsigned long *frame = __builtin_frame_address(0);
	unsigned int stored = 0;

	while (stored < nr && frame[1]) {
		const unsigned long *caller = (const unsigned long *)frame[0];

		if (skip)
			skip--;
		else
			entries[stored++] = frame[1];
		if (caller <= frame)
			break;
		frame = caller;
	}
	return stored;
}

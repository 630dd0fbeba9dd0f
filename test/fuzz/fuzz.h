/* SPDX-License-Identifier: MIT */
/*
 * What the fuzzers share. A fuzzer is one function of bytes, which libFuzzer calls
 * with millions of inputs; a crash, a sanitizer's report or a cmocka assertion that
 * fails ends it, and the input is kept in a file.
 *
 *   fuzz_x FOLDER -runs=N   N inputs; the interesting ones are kept in FOLDER
 *   fuzz_x FILE             that input alone; BAREMM_VERBOSE=1 shows the log
 *
 * Owns:       the input's bytes that were not taken yet.
 * Invariants: an input says all: whatever the code under test keeps is reset before
 *             each. Bytes that an input lacks are 0.
 * Failure:    abort(), after the log of this input.
 */
#ifndef _TEST_FUZZ_FUZZ_H
#define _TEST_FUZZ_FUZZ_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <host/machine.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <baremm/panic.h>

#include "../../mm/internal.h"

/* libFuzzer's names. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/*
 * Each fuzzer's own: writes input @i of those that it starts from into @data, which
 * has room for FUZZ_SEED_MAX bytes, all 0. Its length; 0: there are no more.
 */
#define FUZZ_SEED_MAX 4096
static size_t fuzz_seed(unsigned int i, u8 *data);

/* For those whose inputs are steps: @steps of them, each operation in turn, over growing things. */
static inline size_t fuzz_seed_steps(unsigned int i, u8 *data, unsigned int steps)
{
	size_t len = 0;

	for (unsigned int n = 0; n < steps; n++) {
		data[len++] = (u8)(n * (i + 1));
		data[len++] = (u8)(n * 7 + i);
		data[len++] = (u8)(n * 29);
		data[len++] = (u8)(n >> i);
	}
	return len;
}

/* ---- The input ------------------------------------------------------------------- */

static struct {
	const u8 *at;
	size_t left;
} fuzz_in;

static inline void fuzz_start(const u8 *data, size_t size)
{
	fuzz_in.at = data;
	fuzz_in.left = size;
	host_log_clear();
}

static inline u8 fuzz_u8(void)
{
	if (!fuzz_in.left)
		return 0;
	fuzz_in.left--;
	return *fuzz_in.at++;
}

static inline u16 fuzz_u16(void)
{
	u16 low = fuzz_u8();

	return (u16)(low | fuzz_u8() << 8);
}

static inline u32 fuzz_u32(void)
{
	u32 low = fuzz_u16();

	return low | (u32)fuzz_u16() << 16;
}

static inline u64 fuzz_u64(void)
{
	u64 low = fuzz_u32();

	return low | (u64)fuzz_u32() << 32;
}

/* ---- Judging --------------------------------------------------------------------- */

static inline void __attribute__((__noreturn__, __format__(__printf__, 1, 2)))
fuzz_fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "%s\nfuzz: ", host_log());
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\n");
	va_end(args);
	abort();
}

#define fuzz_check(cond)                                                             \
	do {                                                                         \
		if (!(cond))                                                         \
			fuzz_fail("%s:%d: not true: %s", __FILE__, __LINE__, #cond); \
	} while (0)

/* Is each of @size bytes @byte? Faster than memchr_inv(), as the C library is not watched. */
static inline bool fuzz_all_are(const void *at, u8 byte, size_t size)
{
	return !size || (*(const u8 *)at == byte && !memcmp(at, (const u8 *)at + 1, size - 1));
}

/* Runs @fn, which may not panic. */
static inline void fuzz_run(void (*fn)(void *arg), void *arg)
{
	const char *why = host_expect_panic(fn, arg);

	if (why)
		fuzz_fail("panic: %s", why);
}

/* ---- Seeds -------------------------------------------------------------------------- */

static void fuzz_write_seed(const char *folder, unsigned int i, const u8 *data, size_t size)
{
	char path[4096];
	FILE *file;

	sprintf(path, "%.4000s/seed-%02u", folder, i);
	file = fopen(path, "wb");
	if (!file || fwrite(data, 1, size, file) != size || fclose(file))
		fuzz_fail("cannot write %s", path);
}

/* Puts the seeds into the folder that FUZZ_SEEDS names. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *folder = getenv("FUZZ_SEEDS");
	u8 data[FUZZ_SEED_MAX] = {0};
	size_t size;

	(void)argc;
	(void)argv;
	for (unsigned int i = 0; folder && (size = fuzz_seed(i, data)); i++) {
		fuzz_write_seed(folder, i, data, size);
		memset(data, 0, sizeof(data));
	}
	return 0;
}

#endif /* _TEST_FUZZ_FUZZ_H */

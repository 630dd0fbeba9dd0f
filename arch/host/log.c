/* SPDX-License-Identifier: MIT */
/*
 * The log's console in a host process: a buffer that tests read, and standard
 * error where BAREMM_VERBOSE is set.
 */
#include <host/machine.h>
#include <baremm/console.h>
#include <linux/printk.h>
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t text_len, text_max;
static bool verbose;

static void write_log(struct console *con, const char *s, size_t len)
{
	(void)con;
	if (text_len + len + 1 > text_max) {
		text_max = 2 * (text_len + len + 1);
		text = realloc(text, text_max);
		if (!text)
			host_fail("no memory for %zu bytes of log", text_max);
	}
	memcpy(text + text_len, s, len);
	text_len += len;
	text[text_len] = '\0';
	if (verbose)
		fwrite(s, 1, len, stderr);
}

static struct console host_console = {.name = "host", .write = write_log};

/* Before main(), so that every test finds its log. */
static void __attribute__((__constructor__)) open_log(void)
{
	verbose = getenv("BAREMM_VERBOSE") != NULL;
	console_loglevel = 8;
	register_console(&host_console);
}

const char *host_log(void)
{
	return text ? text : "";
}

void host_log_clear(void)
{
	text_len = 0;
	if (text)
		text[0] = '\0';
}

bool host_log_contains(const char *what)
{
	return strstr(host_log(), what) != NULL;
}

unsigned int host_log_count(const char *what)
{
	unsigned int n = 0;

	for (const char *p = host_log(); (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

/* SPDX-License-Identifier: MIT */
/* The options numa= and movable_node. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memory_hotplug.h>
#include <linux/string.h>

#include "internal.h"

#define NUMA_FAKE_MAX 256

bool numa_off;
bool numa_no_acpi;
bool numa_no_hmat;
const char *numa_fake;
bool numa_fake_used;

static char fake_text[NUMA_FAKE_MAX];

int __init numa_parse_option(char *value)
{
	if (!value)
		return -EINVAL;
	if (strcmp(value, "off") == 0) {
		numa_off = true;
	} else if (strcmp(value, "noacpi") == 0) {
		numa_no_acpi = true;
	} else if (strcmp(value, "nohmat") == 0) {
		numa_no_hmat = true;
	} else if (strncmp(value, "fake=", 5) == 0) {
		if (strscpy(fake_text, value + 5, sizeof(fake_text)) < 0)
			return -EINVAL;
		numa_fake = fake_text;
	} else {
		return -EINVAL;
	}
	return 0;
}

int __init movable_node_parse_option(char *value)
{
	if (value)
		return -EINVAL;
	movable_node_enabled = true;
	return 0;
}

void __init numa_forget_options(void)
{
	numa_off = numa_no_acpi = numa_no_hmat = numa_fake_used = false;
	numa_fake = NULL;
}

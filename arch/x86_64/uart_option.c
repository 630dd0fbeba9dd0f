/* SPDX-License-Identifier: MIT */
/* Serial ports as text: Linux's console=uart,... and earlycon=. */
#include "uart.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

static const struct {
	const char *name;
	bool mmio;
	u8 width;
} kinds[] = {
	{"io", false, 1},    {"mmio", true, 1},		{"mmio16", true, 2},
	{"mmio32", true, 4}, {"mmio32native", true, 4},
};

int uart_parse_baud(const char *text, u32 *baud)
{
	char *rest;
	unsigned long long rate = simple_strtoull(text, &rest, 10);

	if (rest == text || rate < 50 || rate > 115200 || 115200 % rate)
		return -EINVAL;
	if (*rest && strcmp(rest, "n8"))
		return -EINVAL;
	*baud = (u32)rate;
	return 0;
}

/* Takes the word of @text up to its comma for a kind; false where it is none. */
static bool parse_kind(const char **text, struct uart_place *place)
{
	size_t len = 0;

	while ((*text)[len] && (*text)[len] != ',')
		len++;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strlen(kinds[i].name) != len || strncmp(*text, kinds[i].name, len) ||
		    (*text)[len] != ',')
			continue;
		place->mmio = kinds[i].mmio;
		place->width = place->stride = kinds[i].width;
		*text += len + 1;
		return true;
	}
	return false;
}

int uart_parse(const char *text, struct uart_place *place)
{
	struct uart_place found = {.mmio = true, .width = 1, .stride = 1};
	char *rest;

	if (*text++ != ',')
		return -EINVAL;
	if (!parse_kind(&text, &found) && strncmp(text, "0x", 2))
		return -EINVAL;
	found.base = simple_strtoull(text, &rest, 0);
	if (rest == text || (*rest && *rest != ',') || !uart_place_possible(&found))
		return -EINVAL;
	if (*rest && uart_parse_baud(rest + 1, &found.baud))
		return -EINVAL;
	*place = found;
	return 0;
}

int uart_describe(const struct uart_place *place, char *text, size_t size)
{
	const char *kind = "io";
	int len;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (place->mmio && kinds[i].mmio && kinds[i].width == place->stride) {
			kind = kinds[i].name;
			break;
		}
	len = scnprintf(text, size, "uart,%s,0x%llx", kind, place->base);
	if (place->baud)
		len += scnprintf(text + len, size - (size_t)len, ",%u", place->baud);
	return len;
}

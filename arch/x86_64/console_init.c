/* SPDX-License-Identifier: MIT */
/* Which consoles there are: console= and what is found. */
#include <baremm/arch_boot.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/boot_info.h>
#include <baremm/options.h>

#include "clock.h"
#include "consoles.h"
#include "cpu.h"
#include "handoff.h"
#include "la57.h"
#include "lkdtm.h"
#include "mce.h"

/* What console= and earlycon= asked for; several add up. */
static struct {
	bool given;
	bool fb;
	bool serial[NR_SERIAL_PORTS];
	u32 baud[NR_SERIAL_PORTS];
	struct uart_place place;
	bool placed;
} wanted;

static struct boot_info *early_info;
static bool initialised;

/* "S0", "S1,115200n8": what follows "tty". */
static int parse_serial(const char *text)
{
	unsigned int n = (unsigned int)(text[1] - '0');
	u32 baud = SERIAL_BAUD;
	int err = 0;

	if (n >= NR_SERIAL_PORTS || (text[2] && text[2] != ','))
		return -EINVAL;
	if (text[2] && text[3])
		err = uart_parse_baud(text + 3, &baud);
	if (err)
		return err;
	wanted.serial[n] = true;
	wanted.baud[n] = baud;
	return 0;
}

/* "uart8250,io,0x3f8,9600n8": Linux takes either name. */
static int parse_uart(const char *text)
{
	int err = uart_parse(text + (strncmp(text, "uart8250", 8) ? 4 : 8), &wanted.place);

	if (!err)
		wanted.placed = true;
	return err;
}

static int parse_console(char *value)
{
	int err = 0;

	if (!value)
		return -EINVAL;
	if (!strcmp(value, "fb") || !strcmp(value, "tty0"))
		wanted.fb = true;
	else if (!strncmp(value, "ttyS", 4))
		err = parse_serial(value + 3);
	else if (!strncmp(value, "uart", 4))
		err = parse_uart(value);
	else if (*value && strcmp(value, "none") && strcmp(value, "null"))
		err = -EINVAL;
	if (!err)
		wanted.given = true;
	return err;
}

static int parse_rotate(char *value)
{
	return fb_parse_turn(value);
}

/* Of Linux's words for its framebuffer console, the one that matters here. */
static int parse_fbcon(char *value)
{
	return value && !strncmp(value, "rotate:", 7) ? fb_parse_turn(value + 7) : -EINVAL;
}

/* Without a value Linux asks SPCR, which is done anyway. */
static int parse_earlycon(char *value)
{
	if (!value)
		return 0;
	return strncmp(value, "uart", 4) ? -EINVAL : parse_console(value);
}

static const struct boot_option options[] = {
	{"console", parse_console},    {"earlycon", parse_earlycon}, {"lkdtm", lkdtm_parse},
	{"fbcon", parse_fbcon},	       {"rotate", parse_rotate},     {"mce", mce_parse_option},
	{"no5lvl", la57_parse_no5lvl}, {"ptdump", ptdump_parse},
};

void arch_register_options(void)
{
	register_options(options, ARRAY_SIZE(options));
}

/* ---- Registering ---------------------------------------------------------------- */

static void add(struct console *con)
{
	register_console(con);
	pr_info("printk: console [%s] enabled\n", con->name);
}

static void add_serial(unsigned int n)
{
	struct console *con = serial_console(n, wanted.baud[n]);

	if (con)
		add(con);
	else
		pr_warn("console: ttyS%u: no UART answers at I/O 0x%x\n", n, serial_base(n));
}

static void add_placed(const struct boot_info *info)
{
	struct console *con;
	char text[48];
	int err = serial_place(info, &wanted.place, UART_PRESENT, &con);

	if (con)
		add(con);
	uart_describe(&wanted.place, text, sizeof(text));
	if (err == -EINVAL)
		pr_warn("console: %s: the memory map has memory there\n", text);
	else if (err == -ENODEV)
		pr_warn("console: %s: no UART answers\n", text);
}

static void __init add_fb(struct boot_info *info)
{
	struct console *con = fb_console(info);

	if (con) {
		add(con);
		pr_info("fb: %ux%u, %s\n", info->fb.width, info->fb.height, fb_console_describe());
	} else if (wanted.fb && wanted.given) {
		pr_warn("console: fb: no linear framebuffer that can be drawn to\n");
	}
}

void console_early_init(struct boot_info *info)
{
	early_info = info;
}

static void __init register_consoles(struct boot_info *info)
{
	initialised = true;
	for (unsigned int n = 0; n < NR_SERIAL_PORTS; n++)
		if (wanted.serial[n])
			add_serial(n);
	if (wanted.placed)
		add_placed(info);
	if (!wanted.given)
		serial_find(info, add);
	if (wanted.fb || !wanted.given)
		add_fb(info);
}

void console_late_init(void)
{
	struct console *con;

	while ((con = serial_place_waiting(early_info)))
		add(con);
}

/* From arch_console_init() on there is nothing to do. */
void __ref console_ensure(void)
{
	if (!initialised && early_info)
		register_consoles(early_info);
}

void __init arch_console_init(struct boot_info *info)
{
	if (!initialised)
		register_consoles(info);
	cpu_print();
	handoff_print(info->handoff);
	clock_print();
	mce_init();
}

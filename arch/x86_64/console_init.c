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
#include "la57.h"
#include "lkdtm.h"
#include "mce.h"

/* What console= asked for; several add up. */
static struct {
	bool given;
	bool fb;
	bool serial[NR_SERIAL_PORTS];
	u32 baud[NR_SERIAL_PORTS];
} wanted;

static struct boot_info *early_info;
static bool initialised;

/* "115200", "115200n8": Linux's form; parity other than none is refused. */
static int parse_baud(const char *text, u32 *baud)
{
	char *rest;
	unsigned long long rate = simple_strtoull(text, &rest, 10);

	if (rate < 50 || rate > SERIAL_BAUD || SERIAL_BAUD % rate)
		return -EINVAL;
	if (*rest && strncmp(rest, "n8", 2))
		return -EINVAL;
	*baud = (u32)rate;
	return 0;
}

/* "S0", "S1,115200n8": what follows "tty". */
static int parse_serial(const char *text)
{
	unsigned int n = (unsigned int)(text[1] - '0');
	u32 baud = SERIAL_BAUD;
	int err = 0;

	if (n >= NR_SERIAL_PORTS || (text[2] && text[2] != ','))
		return -EINVAL;
	if (text[2] && text[3])
		err = parse_baud(text + 3, &baud);
	if (err)
		return err;
	wanted.serial[n] = true;
	wanted.baud[n] = baud;
	return 0;
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
	else if (*value && strcmp(value, "none") && strcmp(value, "null"))
		err = -EINVAL;
	if (!err)
		wanted.given = true;
	return err;
}

static const struct boot_option options[] = {
	{"console", parse_console},    {"lkdtm", lkdtm_parse},	 {"mce", mce_parse_option},
	{"no5lvl", la57_parse_no5lvl}, {"ptdump", ptdump_parse},
};

void arch_register_options(void)
{
	register_options(options, ARRAY_SIZE(options));
}

/* ---- Registering ---------------------------------------------------------------- */

static void add_serial(unsigned int n)
{
	struct console *con = serial_console(n, wanted.baud[n]);

	if (con) {
		register_console(con);
		pr_info("printk: console [%s] enabled\n", con->name);
	} else if (wanted.given) {
		pr_warn("console: ttyS%u: no UART answers at I/O 0x%x\n", n, serial_base(n));
	}
}

static void add_fb(const struct boot_info *info)
{
	struct console *con = fb_console(&info->fb);

	if (con) {
		register_console(con);
		pr_info("printk: console [%s] enabled\n", con->name);
		pr_info("fb: %ux%u, %s\n", info->fb.width, info->fb.height, fb_console_describe());
	} else if (wanted.fb && wanted.given) {
		pr_warn("console: fb: no linear framebuffer that can be drawn to\n");
	}
}

void console_early_init(struct boot_info *info)
{
	early_info = info;
}

static void register_consoles(const struct boot_info *info)
{
	initialised = true;
	if (!wanted.given) {
		wanted.fb = true;
		wanted.serial[0] = true;
		wanted.baud[0] = SERIAL_BAUD;
	}
	for (unsigned int n = 0; n < NR_SERIAL_PORTS; n++)
		if (wanted.serial[n])
			add_serial(n);
	if (wanted.fb)
		add_fb(info);
}

void console_ensure(void)
{
	if (!initialised && early_info)
		register_consoles(early_info);
}

void arch_console_init(struct boot_info *info)
{
	if (!initialised)
		register_consoles(info);
	cpu_print();
	clock_print();
	mce_init();
}

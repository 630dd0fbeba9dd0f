/* SPDX-License-Identifier: MIT */
/*
 * Serial ports: sending through a 16550 that is made here, and finding one in options,
 * ACPI tables and on a PCI bus.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <baremm/boot_info.h>
#include "../../arch/x86_64/acpi_early.h"
#include "../../arch/x86_64/uart_find.h"

/* ---- A 16550 ------------------------------------------------------------------ */

static struct {
	u8 lcr, mcr, loop_data;
	u16 divisor;
	bool stuck;	  /* never drains */
	bool no_loopback; /* some other device */
	bool fifo, absent;
	unsigned int polls; /* reads of the status register */
	unsigned int queue; /* characters in the transmitter */
	unsigned int lost;  /* written to a full one */
	char sent[4096];
	unsigned int nr_sent;
} chip;

static u32 chip_read(const struct uart *uart, unsigned int reg)
{
	(void)uart;
	if (chip.absent)
		return 0xff;
	switch (reg) {
	case 0:
		return chip.no_loopback ? 0 : chip.loop_data;
	case 2:
		return chip.fifo ? 0xc1 : 0x01;
	case 5:
		chip.polls++;
		if (!chip.stuck)
			chip.queue = 0;
		return (chip.queue ? 0 : 0x20) | (chip.mcr & 0x10 ? 1 : 0);
	default:
		return 0;
	}
}

static void chip_send(u8 value)
{
	if (chip.mcr & 0x10) {
		chip.loop_data = value;
		return;
	}
	chip.lost += chip.queue >= (chip.fifo ? 16 : 1);
	chip.queue++;
	if (chip.nr_sent < sizeof(chip.sent) - 1)
		chip.sent[chip.nr_sent++] = (char)value;
}

static void chip_write(const struct uart *uart, unsigned int reg, u32 value)
{
	(void)uart;
	if (reg == 0 && chip.lcr & 0x80)
		chip.divisor = (u16)((chip.divisor & 0xff00) | value);
	else if (reg == 1 && chip.lcr & 0x80)
		chip.divisor = (u16)((chip.divisor & 0xff) | value << 8);
	else if (reg == 0)
		chip_send((u8)value);
	else if (reg == 3)
		chip.lcr = (u8)value;
	else if (reg == 4)
		chip.mcr = (u8)value;
}

static const struct uart_access chip_access = {chip_read, chip_write};

static struct uart new_uart(u32 baud)
{
	memset(&chip, 0, sizeof(chip));
	chip.divisor = 0x1234;
	chip.fifo = true;
	return (struct uart){.place = {.base = 0x3f8, .width = 1, .stride = 1, .baud = baud},
			     .access = &chip_access};
}

static void text_is_sent_with_carriage_returns_and_no_character_lost(void **state)
{
	struct uart uart = new_uart(115200);
	char text[200];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[99] = '\n';
	assert_true(uart_init(&uart, UART_LOOPBACK));
	uart_write(&uart, text, sizeof(text));
	assert_int_equal(chip.nr_sent, 201);
	assert_memory_equal(chip.sent + 98, "x\r\nx", 4);
	assert_int_equal(chip.lost, 0);
}

static void a_port_without_queue_gets_a_character_at_a_time(void **state)
{
	struct uart uart = new_uart(0);

	(void)state;
	chip.fifo = false;
	assert_true(uart_init(&uart, UART_LOOPBACK));
	uart_write(&uart, "0123456789", 10);
	assert_int_equal(chip.nr_sent, 10);
	assert_int_equal(chip.lost, 0);
}

static void rate_is_set_from_the_clock_and_left_alone_where_none_is_given(void **state)
{
	struct uart uart = new_uart(9600);

	(void)state;
	assert_true(uart_init(&uart, UART_PRESENT));
	assert_int_equal(chip.divisor, 12);
	uart = new_uart(115200);
	uart.place.clock = 48000000;
	assert_true(uart_init(&uart, UART_PRESENT));
	assert_int_equal(chip.divisor, 26);
	uart = new_uart(0);
	assert_true(uart_init(&uart, UART_PRESENT));
	assert_int_equal(chip.divisor, 0x1234);
	assert_int_equal(chip.lcr, 3);
}

static void a_transmitter_that_stops_is_given_up_after_bounded_polls(void **state)
{
	struct uart uart = new_uart(0);
	unsigned int polls;

	(void)state;
	assert_true(uart_init(&uart, UART_LOOPBACK));
	chip.stuck = true;
	uart_write(&uart, "0123456789abcdefghijklmnop", 26);
	assert_false(uart.usable);
	assert_in_range(chip.polls, 1, 500000);
	polls = chip.polls;
	uart_write(&uart, "more", 4);
	assert_int_equal(chip.polls, polls);
}

static void what_answers_to_nothing_is_no_port(void **state)
{
	struct uart uart = new_uart(0);

	(void)state;
	chip.absent = true;
	assert_false(uart_init(&uart, UART_PRESENT));
	uart = new_uart(0);
	chip.stuck = true;
	chip.queue = 1;
	assert_false(uart_init(&uart, UART_PRESENT));
	uart = new_uart(0);
	chip.no_loopback = true;
	assert_false(uart_init(&uart, UART_LOOPBACK));
	uart_write(&uart, "x", 1);
	assert_int_equal(chip.nr_sent, 0);
}

/* ---- Options -------------------------------------------------------------------- */

static void options_name_ports_as_linux_does(void **state)
{
	static const struct {
		const char *text;
		struct uart_place place;
	} cases[] = {
		{",io,0x3f8", {false, 1, 1, 0x3f8, 0, 0}},
		{",io,0x2e0,9600n8", {false, 1, 1, 0x2e0, 9600, 0}},
		{",mmio,0xfe030000,115200", {true, 1, 1, 0xfe030000, 115200, 0}},
		{",mmio16,0xfe030000", {true, 2, 2, 0xfe030000, 0, 0}},
		{",mmio32,0x4000000000", {true, 4, 4, 0x4000000000, 0, 0}},
		{",mmio32native,0xfe030000", {true, 4, 4, 0xfe030000, 0, 0}},
		{",0xfe030000", {true, 1, 1, 0xfe030000, 0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct uart_place place;

		assert_int_equal(uart_parse(cases[i].text, &place), 0);
		assert_int_equal(place.mmio, cases[i].place.mmio);
		assert_int_equal(place.width, cases[i].place.width);
		assert_int_equal(place.stride, cases[i].place.stride);
		assert_int_equal(place.base, cases[i].place.base);
		assert_int_equal(place.baud, cases[i].place.baud);
	}
}

static void options_that_name_no_port_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		",",
		",io",
		",io,",
		",io,x",
		",io,0x3f8x",
		",io,0x3f8,",
		",io,0x3f8,115200e7",
		",io,0x3f8,0",
		",io,0x3f8,7",
		",io,0x70",
		",io,0xffff",
		",io,0x10000",
		",mmio,0x1000",
		",mmio32,0xfe030002",
		",mmio,0xfffffffffffffff0",
		",mmio32,0xfffffffffffffff0",
		",mmio32be,0xfe030000",
		",3f8",
	};
	struct uart_place place = {.base = 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(uart_parse(texts[i], &place), -EINVAL);
	assert_int_equal(place.base, 1);
}

static void a_description_can_be_given_as_an_option(void **state)
{
	struct uart_place place = {true, 4, 4, 0xfe030000, 115200, 0}, again;
	char text[48];

	(void)state;
	uart_describe(&place, text, sizeof(text));
	assert_string_equal(text, "uart,mmio32,0xfe030000,115200");
	assert_int_equal(uart_parse(text + 4, &again), 0);
	assert_int_equal(again.base, place.base);
	assert_int_equal(again.stride, 4);
}

/* ---- Tables ----------------------------------------------------------------------- */

/* The firmware's memory starts at this address. */
#define MEMORY 0x7f000000ULL

static u8 memory[4096];

static void put(size_t at, u64 value, unsigned int bytes)
{
	for (; bytes; bytes--, value >>= 8)
		memory[at++] = (u8)value;
}

static const void *reach(phys_addr_t addr, size_t size)
{
	if (addr < MEMORY || addr - MEMORY > sizeof(memory) ||
	    size > sizeof(memory) - (addr - MEMORY))
		return NULL;
	return memory + (addr - MEMORY);
}

static void seal(size_t at, size_t length, size_t checksum)
{
	u8 sum = 0;

	memory[at + checksum] = 0;
	for (size_t i = 0; i < length; i++)
		sum = (u8)(sum + memory[at + i]);
	memory[at + checksum] = (u8)-sum;
}

static void seal_table(size_t at)
{
	seal(at, memory[at + 4] | memory[at + 5] << 8, 9);
}

static void new_table(size_t at, const char *signature, size_t length, u8 revision)
{
	memset(memory + at, 0, length);
	memcpy(memory + at, signature, 4);
	put(at + 4, length, 4);
	memory[at + 8] = revision;
	seal_table(at);
}

/* RSDP at 0, XSDT at 0x100 with three entries, SPCR at 0x200, DBG2 at 0x300. */
static void new_memory(void)
{
	memset(memory, 0, sizeof(memory));
	memcpy(memory, "RSD PTR ", 8);
	memory[15] = 2;
	put(24, MEMORY + 0x100, 8);
	seal(0, 20, 8);
	new_table(0x100, "XSDT", 36 + 3 * 8, 1);
	put(0x100 + 36, 0x10, 8); /* nowhere */
	put(0x100 + 44, MEMORY + 0x200, 8);
	put(0x100 + 52, MEMORY + 0x300, 8);
	seal_table(0x100);
	new_table(0x200, "SPCR", 80, 2);
	put(0x200 + 40, 0x01000801, 4);
	put(0x200 + 44, 0x3f8, 8);
	memory[0x200 + 58] = 7;
	seal_table(0x200);
	new_table(0x300, "DBG2", 44 + 38, 0);
	put(0x300 + 36, 44, 4);
	put(0x300 + 40, 1, 4);
	put(0x300 + 44 + 1, 38, 2);
	memory[0x300 + 44 + 3] = 1;
	put(0x300 + 44 + 12, 0x8000, 2);
	put(0x300 + 44 + 18, 22, 2);
	put(0x300 + 44 + 22, 0x03002000, 4);
	put(0x300 + 44 + 26, 0xfe030000, 8);
	seal_table(0x300);
}

static int find(const char *signature, int (*parse)(const void *, size_t, struct uart_place *),
		struct uart_place *place)
{
	size_t length;
	const void *table = early_acpi_find(reach, MEMORY, signature, &length);

	return table ? parse(table, length, place) : -ENOENT;
}

static void spcr_names_a_port_and_its_rate(void **state)
{
	struct uart_place place;

	(void)state;
	new_memory();
	assert_int_equal(find("SPCR", uart_from_spcr, &place), 0);
	assert_false(place.mmio);
	assert_int_equal(place.base, 0x3f8);
	assert_int_equal(place.baud, 115200);
	memory[0x200 + 58] = 0;
	seal_table(0x200);
	assert_int_equal(find("SPCR", uart_from_spcr, &place), 0);
	assert_int_equal(place.baud, 0);
}

/* A rate cannot be set without knowing what it divides. */
static void spcr_rate_in_memory_needs_a_clock(void **state)
{
	struct uart_place place;

	(void)state;
	new_memory();
	put(0x200 + 40, 0x03002000, 4);
	put(0x200 + 44, 0xfe030000, 8);
	seal_table(0x200);
	assert_int_equal(find("SPCR", uart_from_spcr, &place), 0);
	assert_true(place.mmio);
	assert_int_equal(place.stride, 4);
	assert_int_equal(place.baud, 0);
	memory[0x200 + 8] = 4;
	put(0x200 + 76, 48000000, 4);
	seal_table(0x200);
	assert_int_equal(find("SPCR", uart_from_spcr, &place), 0);
	assert_int_equal(place.clock, 48000000);
	assert_int_equal(place.baud, 115200);
}

static void dbg2_names_the_first_serial_port_of_its_devices(void **state)
{
	struct uart_place place;

	(void)state;
	new_memory();
	assert_int_equal(find("DBG2", uart_from_dbg2, &place), 0);
	assert_true(place.mmio);
	assert_int_equal(place.base, 0xfe030000);
	assert_int_equal(place.width, 4);
	assert_int_equal(place.baud, 0);
}

static void old_root_table_is_read_where_there_is_no_new_one(void **state)
{
	struct uart_place place;

	(void)state;
	new_memory();
	memory[15] = 0;
	put(16, MEMORY + 0x400, 4);
	seal(0, 20, 8);
	new_table(0x400, "RSDT", 36 + 4, 1);
	put(0x400 + 36, MEMORY + 0x200, 4);
	seal_table(0x400);
	assert_int_equal(find("SPCR", uart_from_spcr, &place), 0);
	assert_int_equal(place.base, 0x3f8);
}

/* Each byte of the tables that could matter, wrong in turn: never a read past the memory. */
static void broken_tables_name_no_port_outside_of_what_is_possible(void **state)
{
	(void)state;
	for (size_t at = 0; at < 0x360; at++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			struct uart_place place;

			new_memory();
			memory[at] ^= (u8)(1 << bit);
			seal(0, 20, 8);
			if (at >= 0x100 && at < 0x13c && (at - 0x104 > 3))
				seal_table(0x100);
			if (at >= 0x200 && at < 0x250 && (at - 0x204 > 3))
				seal_table(0x200);
			if (at >= 0x300 && at < 0x352 && (at - 0x304 > 3))
				seal_table(0x300);
			if (!find("SPCR", uart_from_spcr, &place))
				assert_true(uart_place_possible(&place));
			if (!find("DBG2", uart_from_dbg2, &place))
				assert_true(uart_place_possible(&place));
		}
	}
}

static void tables_that_lie_about_their_length_are_left_out(void **state)
{
	static const u32 lengths[] = {0, 35, 79, 4096, 0xffffffff};
	struct uart_place place;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		new_memory();
		put(0x204, lengths[i], 4);
		seal(0x200, 80, 9);
		assert_true(find("SPCR", uart_from_spcr, &place) < 0);
	}
}

/*   1M        2M        3M        4M        5M
 *   |-- RAM --|         | reserved | ACPI's |
 */
static void registers_are_not_where_the_map_has_memory(void **state)
{
	static struct e820_entry map[] = {{0x300000, 0x100000, E820_TYPE_RESERVED, 0},
					  {0x400000, 0x100000, E820_TYPE_ACPI, 0},
					  {0x100000, 0x100000, E820_TYPE_RAM, 0}};
	struct boot_info info = {.e820 = map, .nr_e820 = ARRAY_SIZE(map)};

	(void)state;
	assert_false(early_is_memory(&info, 0xff000, 0x100000));
	assert_true(early_is_memory(&info, 0xff000, 0x100001));
	assert_true(early_is_memory(&info, 0x1fffff, 0x201000));
	assert_false(early_is_memory(&info, 0x200000, 0x400000));
	assert_true(early_is_memory(&info, 0x3ff000, 0x401000));
	assert_false(early_is_memory(&info, 0x500000, 0x501000));
}

/* ---- The PCI bus ---------------------------------------------------------------------- */

#define NR_PCI 6

static struct pci_device {
	struct pci_function at;
	u32 regs[16];
} bus[NR_PCI] = {
	{{0, 0, 0}, {0x12378086, 0, 0x06000000}},
	{{0, 1, 0}, {0x70008086, 0, 0x06040000, 0x00810000, 0, 0, 0x00030300}},
	{{0, 1, 3}, {0x70018086, 0x02800000, 0x07000200, 0, 0xe001}},
	{{0, 4, 0}, {0x70028086, 0, 0x07000200, 0, 0}},
	{{3, 2, 0}, {0x70038086, 0, 0x07000200, 0, 0xfe000004, 0x10}},
	{{3, 5, 0}, {0x70048086, 0, 0x07800000, 0, 0xe101}},
};

static struct pci_device *pci_device(struct pci_function at)
{
	for (int i = 0; i < NR_PCI; i++)
		if (!memcmp(&bus[i].at, &at, sizeof(at)))
			return &bus[i];
	return NULL;
}

static u32 pci_read(struct pci_function at, unsigned int reg)
{
	struct pci_device *device = pci_device(at);

	return device ? device->regs[reg / 4] : ~0U;
}

static void pci_write(struct pci_function at, unsigned int reg, u32 value)
{
	pci_device(at)->regs[reg / 4] = value;
}

static const struct pci_access pci = {pci_read, pci_write};

static void pci_ports_are_found_behind_bridges_and_switched_on(void **state)
{
	struct uart_place place;

	(void)state;
	assert_int_equal(uart_from_pci(&pci, 0, &place), 0);
	assert_false(place.mmio);
	assert_int_equal(place.base, 0xe000);
	assert_int_equal(bus[2].regs[1], 1);
	assert_int_equal(uart_from_pci(&pci, 1, &place), 0);
	assert_true(place.mmio);
	assert_int_equal(place.base, 0x10fe000000);
	assert_int_equal(bus[4].regs[1], 2);
	assert_int_equal(uart_from_pci(&pci, 2, &place), -ENODEV);
}

/* A bridge to its own bus must not be walked for ever. */
static void pci_bridges_in_a_circle_end_the_search(void **state)
{
	struct uart_place place;

	(void)state;
	bus[1].regs[6] = 0;
	assert_int_equal(uart_from_pci(&pci, 1, &place), -ENODEV);
	bus[1].regs[6] = 0x00030300;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_sent_with_carriage_returns_and_no_character_lost),
		cmocka_unit_test(a_port_without_queue_gets_a_character_at_a_time),
		cmocka_unit_test(rate_is_set_from_the_clock_and_left_alone_where_none_is_given),
		cmocka_unit_test(a_transmitter_that_stops_is_given_up_after_bounded_polls),
		cmocka_unit_test(what_answers_to_nothing_is_no_port),
		cmocka_unit_test(options_name_ports_as_linux_does),
		cmocka_unit_test(options_that_name_no_port_are_refused),
		cmocka_unit_test(a_description_can_be_given_as_an_option),
		cmocka_unit_test(spcr_names_a_port_and_its_rate),
		cmocka_unit_test(spcr_rate_in_memory_needs_a_clock),
		cmocka_unit_test(dbg2_names_the_first_serial_port_of_its_devices),
		cmocka_unit_test(old_root_table_is_read_where_there_is_no_new_one),
		cmocka_unit_test(broken_tables_name_no_port_outside_of_what_is_possible),
		cmocka_unit_test(tables_that_lie_about_their_length_are_left_out),
		cmocka_unit_test(registers_are_not_where_the_map_has_memory),
		cmocka_unit_test(pci_ports_are_found_behind_bridges_and_switched_on),
		cmocka_unit_test(pci_bridges_in_a_circle_end_the_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

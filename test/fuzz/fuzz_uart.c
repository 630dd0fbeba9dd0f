// SPDX-License-Identifier: MIT
/*
 * Where a serial port is: any bytes as ACPI tables, as a PCI bus, as console=uart, and as the
 * registers of the port itself. Nothing is read outside of the tables, no port lies where none
 * can, and every wait comes to its end.
 *
 *   input   | form | ... bytes
 *
 * With FORM_TABLES the bytes are tables' bodies: RSDP, XSDT, headers and checksums are made.
 */
#include "fuzz.h"

#include "../../arch/x86_64/acpi_early.h"
#include "../../arch/x86_64/tsc.h"
#include "../../arch/x86_64/uart_find.h"

enum { FORM_TABLES = 1, FORM_PCI = 2, FORM_TEXT = 4, FORM_SPCR_3 = 8 };

/* The firmware's memory is the input's copy at this address, with nothing to spare. */
#define MEMORY 0x7f000000ULL

static u8 *memory;
static size_t memory_size;

static const void *reach(phys_addr_t addr, size_t size)
{
	if (addr < MEMORY || addr - MEMORY > memory_size || size > memory_size - (addr - MEMORY))
		return NULL;
	return memory + (addr - MEMORY);
}

/* ---- Tables ---------------------------------------------------------------------- */

#define XSDT_AT	  64
#define XSDT_SIZE (36 + 2 * 8)
#define FIRST_AT  128

static void put(size_t at, u64 value, unsigned int bytes)
{
	for (; bytes; bytes--, value >>= 8)
		memory[at++] = (u8)value;
}

static void seal(size_t at, size_t length, size_t checksum)
{
	u8 sum = 0;

	memory[at + checksum] = 0;
	for (size_t i = 0; i < length; i++)
		sum = (u8)(sum + memory[at + i]);
	memory[at + checksum] = (u8)-sum;
}

/* A table at @at whose body is there already, of @length bytes with its header. */
static void make_table(size_t at, const char *signature, size_t length, u8 revision)
{
	memcpy(memory + at, signature, 4);
	put(at + 4, length, 4);
	memory[at + 8] = revision;
	seal(at, length, 9);
}

/* Two tables share the input's bytes, and follow what leads to them. */
static void make_memory(u8 form)
{
	size_t half = fuzz_in.left / 2, rest = fuzz_in.left - half;

	memory_size = FIRST_AT + 2 * 36 + fuzz_in.left;
	memory = calloc(1, memory_size);
	memcpy(memory, "RSD PTR ", 8);
	memory[15] = 2;
	put(24, MEMORY + XSDT_AT, 8);
	seal(0, 20, 8);
	put(XSDT_AT + 36, MEMORY + FIRST_AT, 8);
	put(XSDT_AT + 44, MEMORY + FIRST_AT + 36 + half, 8);
	make_table(XSDT_AT, "XSDT", XSDT_SIZE, 1);
	memcpy(memory + FIRST_AT + 36, fuzz_in.at, half);
	memcpy(memory + FIRST_AT + 72 + half, fuzz_in.at + half, rest);
	make_table(FIRST_AT, "SPCR", 36 + half, form & FORM_SPCR_3 ? 3 : 2);
	make_table(FIRST_AT + 36 + half, "DBG2", 36 + rest, 0);
}

static void check_place(const struct uart_place *place)
{
	char text[48];

	fuzz_check(uart_place_possible(place));
	fuzz_check(place->width == 1 || place->width == 2 || place->width == 4);
	fuzz_check((size_t)uart_describe(place, text, sizeof(text)) == strlen(text));
}

/* Any bytes for FADT and HPET. */
static void check_counters(const void *table, size_t length)
{
	struct tsc_reference ref;

	if (!tsc_reference_pmtimer(table, length, &ref))
		fuzz_check(ref.at && ref.at <= U16_MAX - 3 && ref.hz && ref.mask);
	if (!tsc_reference_hpet(table, length, &ref) && !tsc_reference_hpet_rate(ref.at, &ref))
		fuzz_check(ref.at && ref.hz >= 10000000 && ref.mask);
}

static void check_tables(void)
{
	struct uart_place place;
	const void *table;
	size_t length;

	table = early_acpi_find(reach, MEMORY, "SPCR", &length);
	if (table && !uart_from_spcr(table, length, &place))
		check_place(&place);
	if (table)
		check_counters(table, length);
	table = early_acpi_find(reach, MEMORY, "DBG2", &length);
	if (table && !uart_from_dbg2(table, length, &place))
		check_place(&place);
	if (table)
		check_counters(table, length);
}

/* ---- PCI ------------------------------------------------------------------------- */

static u32 pci_read(struct pci_function at, unsigned int reg)
{
	size_t where = (size_t)at.bus * 331 + at.device * 37 + at.function * 17 + reg;
	u32 value = 0;

	if (fuzz_in.left < 4)
		return ~0U;
	memcpy(&value, fuzz_in.at + where % (fuzz_in.left - 3), sizeof(value));
	return value;
}

static void pci_write(struct pci_function at, unsigned int reg, u32 value)
{
	(void)at;
	/* Status bits are cleared by ones: none may be written. */
	fuzz_check(reg == 4 && !(value >> 16) && value & 3);
}

static void check_pci(void)
{
	static const struct pci_access pci = {pci_read, pci_write};
	struct uart_place place;

	for (unsigned int n = 0; n < 3 && !uart_from_pci(&pci, n, &place); n++)
		check_place(&place);
}

/* ---- Text and registers ------------------------------------------------------------ */

static void check_text(void)
{
	char text[64];
	struct uart_place place, again;
	size_t len = min(fuzz_in.left, sizeof(text) - 1);

	memcpy(text, fuzz_in.at, len);
	text[len] = '\0';
	if (uart_parse(text, &place))
		return;
	check_place(&place);
	uart_describe(&place, text, sizeof(text));
	fuzz_check(!uart_parse(text + 4, &again));
	fuzz_check(again.base == place.base && again.mmio == place.mmio &&
		   again.stride == place.stride && again.baud == place.baud);
}

static unsigned long accesses;

static u32 register_read(const struct uart *uart, unsigned int reg)
{
	(void)uart;
	fuzz_check(reg < UART_REGISTERS);
	accesses++;
	/* What the input has, then what it had last. */
	return fuzz_in.left > 1 ? fuzz_u8() : fuzz_in.left ? *fuzz_in.at : 0;
}

static void register_write(const struct uart *uart, unsigned int reg, u32 value)
{
	(void)uart;
	fuzz_check(reg < UART_REGISTERS && value < 256);
	accesses++;
}

static void check_registers(enum uart_check how)
{
	static const struct uart_access access = {register_read, register_write};
	struct uart uart = {.place = {.base = 0x3f8, .width = 1, .stride = 1, .baud = 9600},
			    .access = &access};

	accesses = 0;
	if (uart_init(&uart, how))
		uart_write(&uart, "hello, world\n", 13);
	fuzz_check(accesses < 14 * 400100UL);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 form;

	fuzz_start(data, size);
	form = fuzz_u8();
	if (form & FORM_TABLES) {
		make_memory(form);
	} else {
		memory_size = fuzz_in.left;
		memory = malloc(memory_size + !memory_size);
		memcpy(memory, fuzz_in.at, memory_size);
	}
	check_tables();
	free(memory);
	if (form & FORM_PCI)
		check_pci();
	else if (form & FORM_TEXT)
		check_text();
	else
		check_registers(form & FORM_SPCR_3 ? UART_PRESENT : UART_LOOPBACK);
	return 0;
}

/* ---- Seeds --------------------------------------------------------------------------- */

static size_t seed_of_tables(u8 *data)
{
	u8 *spcr = data + 1, *dbg2 = data + 1 + 44;

	data[0] = FORM_TABLES;
	memcpy(spcr + 4, "\x01\x08\x00\x01\xf8\x03", 6);
	spcr[22] = 7;
	dbg2[0] = 44;
	dbg2[4] = 1;
	memcpy(dbg2 + 8 + 1, "\x26\x00\x01", 3);
	dbg2[8 + 13] = 0x80;
	dbg2[8 + 18] = 22;
	memcpy(dbg2 + 8 + 22, "\x00\x20\x00\x03\x00\x00\x03\xfe", 8);
	return 1 + 44 + 46;
}

static size_t fuzz_seed(unsigned int i, u8 *data)
{
	static const char *const texts[] = {",io,0x3f8,115200n8", ",mmio32,0xfe030000",
					    ",0x1fe030000,9600"};

	if (!i)
		return seed_of_tables(data);
	if (i <= ARRAY_SIZE(texts)) {
		data[0] = FORM_TEXT;
		memcpy(data + 1, texts[i - 1], strlen(texts[i - 1]));
		return 1 + strlen(texts[i - 1]);
	}
	if (i > ARRAY_SIZE(texts) + 1)
		return 0;
	/* A port on the bus: its class, and its first base address. */
	data[0] = FORM_PCI;
	memcpy(data + 1, "\x86\x80\x00\x70\0\0\0\0\0\x02\0\x07\0\0\0\0\x01\xe0\0\0", 20);
	return 1 + 400;
}

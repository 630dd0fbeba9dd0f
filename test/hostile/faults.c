/* SPDX-License-Identifier: MIT */
/* The faults by name, and cases made of them. */
#include "hostile.h"

/* Those that make MUST_LEAVE of a machine that has some memory left. */
const struct fault_info faults[NR_FAULTS] = {
	[FAULT_EXIT_FAILS] = {"exit-fails", 5, MUST_LEAVE},
	[FAULT_STALE_KEY] = {"stale-key", 3, MUST_LEAVE},
	[FAULT_MAP_GROWS] = {"map-grows", 12, MUST_LEAVE},
	[FAULT_STRIDE] = {"stride", 24, MUST_LEAVE},
	[FAULT_BAD_STRIDE] = {"bad-stride", 44, MUST_REFUSE},
	[FAULT_REVERSE] = {"reverse", 0, MUST_LEAVE},
	[FAULT_SHUFFLE] = {"shuffle", 0, MUST_LEAVE},
	[FAULT_OVERLAP] = {"overlap", 0, MUST_LEAVE},
	[FAULT_EMPTY_ENTRIES] = {"empty-entries", 0, MUST_LEAVE},
	[FAULT_WRAP] = {"wrap", 0, MUST_LEAVE},
	[FAULT_UNKNOWN_TYPE] = {"unknown-type", 0, MUST_LEAVE},
	[FAULT_HUNDREDS] = {"hundreds", 700, MUST_LEAVE},
	[FAULT_RUNTIME_RAM] = {"runtime-ram", 0, MUST_LEAVE},
	[FAULT_NO_WB] = {"no-wb", 0, MUST_LEAVE},
	[FAULT_NO_ATTRIBUTES] = {"no-attributes", 0, MUST_LEAVE},
	[FAULT_UNALIGNED] = {"unaligned", 0, MUST_LEAVE},
	[FAULT_SOFT_RESERVED] = {"soft-reserved", 0, MUST_LEAVE},
	[FAULT_PERSISTENT] = {"persistent", 0, MUST_LEAVE},
	[FAULT_HOT_PLUGGABLE] = {"hot-pluggable", 0, MUST_LEAVE},
	[FAULT_UNACCEPTED] = {"unaccepted", 0, MUST_LEAVE},
	[FAULT_PROTECTION] = {"protection", 0, MUST_LEAVE},
	[FAULT_FAR_MMIO] = {"far-mmio", 0, MUST_LEAVE},
	[FAULT_PHANTOM_RAM] = {"phantom-ram", 300, MUST_LEAVE},
	[FAULT_EMPTY_MAP] = {"empty-map", 0, MUST_REFUSE},
	[FAULT_NO_RAM] = {"no-ram", 0, MUST_REFUSE},
	[FAULT_MAP_ERROR] = {"map-error", 1, MUST_REFUSE},
	[FAULT_PROBE_NEVER_ENDS] = {"probe-never-ends", 0, MUST_REFUSE},
	[FAULT_PROBE_SAYS_NOTHING] = {"probe-says-nothing", 0, MUST_LEAVE},
	[FAULT_NO_LOW_MEMORY] = {"no-low-memory", 0, MUST_LEAVE},
	[FAULT_LOW_RESERVED] = {"low-reserved", 0, MUST_LEAVE},
	[FAULT_NO_PROTOCOLS] = {"no-protocols", 0, MUST_LEAVE},
	[FAULT_NULL_PROTOCOLS] = {"null-protocols", 0, MUST_LEAVE},
	[FAULT_NO_GRAPHICS] = {"no-graphics", 0, MUST_LEAVE},
	[FAULT_BLT_ONLY] = {"blt-only", 0, MUST_LEAVE},
	[FAULT_GOP_MODELESS] = {"gop-modeless", 0, MUST_LEAVE},
	[FAULT_GOP_MASKS] = {"gop-masks", 0, MUST_LEAVE},
	[FAULT_GOP_WRONG] = {"gop-wrong", 0, MUST_LEAVE},
	[FAULT_GOP_HIGH] = {"gop-high", 0, MUST_LEAVE},
	[FAULT_NO_TABLES] = {"no-tables", 0, MUST_LEAVE},
	[FAULT_NO_ACPI] = {"no-acpi", 0, MUST_LEAVE},
	[FAULT_BAD_RSDP] = {"bad-rsdp", 0, MUST_LEAVE},
	[FAULT_BAD_XSDT] = {"bad-xsdt", 0, MUST_LEAVE},
	[FAULT_LOST_XSDT] = {"lost-xsdt", 0, MUST_LEAVE},
	[FAULT_BAD_TABLES] = {"bad-tables", 0, MUST_LEAVE},
	[FAULT_NO_SMBIOS] = {"no-smbios", 0, MUST_LEAVE},
	[FAULT_BAD_STRUCTURES] = {"bad-structures", 0, MUST_LEAVE},
	[FAULT_BAD_SMBIOS] = {"bad-smbios", 0, MUST_LEAVE},
	[FAULT_BAD_MEMATTR] = {"bad-memattr", 0, MUST_LEAVE},
	[FAULT_MANY_TABLES] = {"many-tables", 0, MUST_LEAVE},
	[FAULT_NO_CLOCK] = {"no-clock", 0, MUST_LEAVE},
	[FAULT_WRONG_CLOCK] = {"wrong-clock", 0, MUST_LEAVE},
	[FAULT_NO_PMTIMER] = {"no-pmtimer", 0, MUST_LEAVE},
	[FAULT_NO_CONSOLE] = {"no-console", 0, MUST_LEAVE},
	[FAULT_CPU_STATE] = {"cpu-state", 0, MUST_LEAVE},
	[FAULT_OTHER_CPU] = {"other-cpu", 0, MUST_LEAVE},
	[FAULT_FIVE_LEVELS] = {"five-levels", 0, MUST_LEAVE},
	[FAULT_ABSENT_CPU] = {"absent-cpu", 0, MUST_LEAVE},
};

/* Never 0. */
UINT64 random_state = 0x2545f4914f6cdd1dULL;

/* Marsaglia's xorshift. */
UINTN random_below(UINTN n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % n;
}

/* ---- Words ---------------------------------------------------------------------- */

/* The length of the name that @words begin with; 0: it is not @name. */
static UINTN match(const CHAR16 *words, const char *name)
{
	UINTN n = 0;

	while (name[n] && words[n] == (CHAR16)name[n])
		n++;
	if (name[n] || (words[n] && words[n] != '+' && words[n] != '=' && words[n] != ' '))
		return 0;
	return n;
}

static UINTN number(const CHAR16 **words)
{
	UINTN value = 0;

	while (**words >= '0' && **words <= '9')
		value = value * 10 + (*(*words)++ - '0');
	return value;
}

static BOOLEAN parse_one(const CHAR16 **words, struct hostile_case *c)
{
	for (int i = 0; i < NR_FAULTS; i++) {
		UINTN n = match(*words, faults[i].name);

		if (!n)
			continue;
		*words += n;
		c->on[i] = TRUE;
		c->value[i] = faults[i].value;
		if (**words == '=') {
			(*words)++;
			c->value[i] = number(words);
		}
		return TRUE;
	}
	return FALSE;
}

BOOLEAN case_parse(const CHAR16 *words, struct hostile_case *c)
{
	*c = (struct hostile_case){};
	if (match(words, "none"))
		return TRUE;
	if (match(words, "seed")) {
		words += 5;
		random_state = number(&words) * 0x9e3779b97f4a7c15ULL + 1;
		case_random(c);
		return TRUE;
	}
	for (;; words++) {
		if (!parse_one(&words, c))
			return FALSE;
		if (*words != '+')
			return !*words || *words == ' ';
	}
}

/* ---- Combinations ------------------------------------------------------------------ */

/*
 * Two to five faults that the program has to live with, and no refusal. A CPU that is absent is not
 * among them: it takes a PC with hot-plug to have one.
 */
void case_random(struct hostile_case *c)
{
	UINTN nr = 2 + random_below(4);

	*c = (struct hostile_case){};
	while (nr) {
		UINTN i = random_below(FAULT_ABSENT_CPU);

		if (c->on[i] || faults[i].outcome != MUST_LEAVE || i == FAULT_OTHER_CPU ||
		    i == FAULT_FIVE_LEVELS)
			continue;
		c->on[i] = TRUE;
		c->value[i] = faults[i].value ? 1 + random_below(faults[i].value) : 0;
		if (i == FAULT_STRIDE)
			c->value[i] = (c->value[i] + 7) / 8 * 8;
		nr--;
	}
}

enum outcome case_outcome(const struct hostile_case *c)
{
	enum outcome outcome = MUST_LEAVE;

	if (c->failing_call)
		return MAY_REFUSE;
	for (int i = 0; i < NR_FAULTS; i++)
		if (c->on[i] && faults[i].outcome != MUST_LEAVE)
			outcome = faults[i].outcome;
	return outcome;
}

void case_print(const struct hostile_case *c)
{
	const char *plus = "";

	for (int i = 0; i < NR_FAULTS; i++) {
		if (!c->on[i])
			continue;
		say(plus);
		say(faults[i].name);
		if (faults[i].value) {
			say("=");
			say_number(c->value[i], 10);
		}
		plus = "+";
	}
	if (c->failing_call) {
		say("call ");
		say_number(c->failing_call, 10);
	}
}

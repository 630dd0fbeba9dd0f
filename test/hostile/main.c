/* SPDX-License-Identifier: MIT */
/* Starting the program with faults, once or many times, and judging how it comes back. */
#include "hostile.h"

#define PROGRAM	    L"\\EFI\\BOOT\\BAREMM.EFI"
#define PROGRAM_MAX (16 * 1024 * 1024)
/* More than this some firmware remembers, and does not start any more. */
#define PAGES_MAX 1024
#define PASS	  0x10 /* for QEMU: see run.sh */
#define FAIL	  0x11

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

EFI_SYSTEM_TABLE *st;
struct hostile_case now;

static EFI_HANDLE self;
static EFI_LOADED_IMAGE *self_image;
static EFI_GUID loaded_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID fs_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static void *program;
static UINTN program_size;
static const CHAR16 *options;
static UINTN options_size;
static UINTN nr_cases, nr_wrong;

/* The program's path, as the firmware would give it. */
static struct {
	UINT8 type, subtype;
	UINT16 length;
	CHAR16 path[ARRAY_SIZE(PROGRAM)];
	UINT8 end[4];
} __attribute__((__packed__)) path = {4, 4, 4 + sizeof(PROGRAM), PROGRAM, {0x7f, 0xff, 4, 0}};

/* ---- Words --------------------------------------------------------------------- */

void say(const char *text)
{
	CHAR16 piece[2] = {0, 0};

	for (; *text; text++) {
		piece[0] = (UINT8)*text;
		st->ConOut->OutputString(st->ConOut, piece);
	}
}

void say_number(UINTN number, UINTN base)
{
	char digits[24];
	int at = sizeof(digits) - 1;

	digits[at] = '\0';
	do
		digits[--at] = "0123456789abcdef"[number % base];
	while (number /= base);
	say(digits + at);
}

static void leave_qemu(UINT8 status)
{
	__asm__ __volatile__("outb %0, %1" : : "a"(status), "Nd"((UINT16)0xf4));
}

static const CHAR16 *skip_word(const CHAR16 *text)
{
	while (*text && *text != ' ')
		text++;
	while (*text == ' ')
		text++;
	return text;
}

/* ---- The program ----------------------------------------------------------------- */

static EFI_STATUS read_program(void)
{
	EFI_FILE_IO_INTERFACE *fs;
	static CHAR16 name[] = PROGRAM;
	EFI_FILE_HANDLE root, file;
	EFI_STATUS status;

	status = st->BootServices->HandleProtocol(self_image->DeviceHandle, &fs_guid, (void **)&fs);
	if (!EFI_ERROR(status))
		status = fs->OpenVolume(fs, &root);
	if (!EFI_ERROR(status))
		status = root->Open(root, &file, name, EFI_FILE_MODE_READ, 0);
	if (!EFI_ERROR(status))
		status = st->BootServices->AllocatePool(EfiLoaderData, PROGRAM_MAX, &program);
	program_size = PROGRAM_MAX;
	if (!EFI_ERROR(status))
		status = file->Read(file, &program_size, program);
	return status;
}

static EFI_STATUS load_program(void)
{
	EFI_LOADED_IMAGE *loaded;
	EFI_STATUS status;

	guest = (struct guest){};
	status = st->BootServices->LoadImage(FALSE, self, NULL, program, program_size,
					     &guest.handle);
	if (EFI_ERROR(status))
		return status;
	st->BootServices->HandleProtocol(guest.handle, &loaded_guid, (void **)&loaded);
	loaded->DeviceHandle = self_image->DeviceHandle;
	loaded->FilePath = (void *)&path;
	loaded->LoadOptions = (void *)(UINTN)options;
	loaded->LoadOptionsSize = options_size;
	guest.start = (UINTN)loaded->ImageBase;
	guest.end = guest.start + loaded->ImageSize;
	return EFI_SUCCESS;
}

/* Runs @now's case; what the program returned. */
static EFI_STATUS run(void)
{
	EFI_STATUS status = load_program();

	if (EFI_ERROR(status))
		return status;
	services_hook();
	tables_hook();
	status = st->BootServices->StartImage(guest.handle, NULL, NULL);
	tables_unhook();
	services_unhook();
	guest.handle = NULL;
	return status;
}

/* ---- Many cases -------------------------------------------------------------------- */

/* What is wrong with how the program came back; NULL: nothing. */
static const char *judge(EFI_STATUS status)
{
	enum outcome outcome = case_outcome(&now);

	if (guest.wrote_variable)
		return "it wrote a variable";
	if (guest.at_exit && guest.pages > PAGES_MAX)
		return "it took a lot of memory";
	if (guest.at_exit)
		return outcome == MUST_REFUSE ? "it went on" : NULL;
	if (outcome == MUST_LEAVE)
		return "it refused";
	if (!EFI_ERROR(status))
		return "it came back without an error";
	if (!guest.complained)
		return "it said nothing";
	return guest.pages || guest.pools ? "it kept memory" : NULL;
}

static void run_case(void)
{
	EFI_STATUS status;
	const char *wrong;

	now.come_back = TRUE;
	status = run();
	wrong = judge(status);
	nr_wrong += wrong != NULL;
	say(wrong ? "not ok " : "ok ");
	say_number(++nr_cases, 10);
	say(" - ");
	case_print(&now);
	say(guest.at_exit ? ": left the firmware" : ": refused with ");
	if (!guest.at_exit)
		say_number(status & 0xff, 10);
	if (wrong) {
		say(", but ");
		say(wrong);
	}
	say("\r\n");
}

static void plan(UINTN cases)
{
	say("KTAP version 1\r\n1..");
	say_number(cases, 10);
	say("\r\n");
}

/* As many cases as the program makes calls when none fails, and one that fails none. */
static void each_call(void)
{
	UINTN calls;

	now = (struct hostile_case){.come_back = TRUE};
	run();
	calls = guest.calls;
	plan(calls + 1);
	for (UINTN i = 1; i <= calls + 1; i++) {
		now = (struct hostile_case){.failing_call = i};
		run_case();
	}
}

static void each_fault(void)
{
	plan(NR_FAULTS);
	for (int i = 0; i < NR_FAULTS; i++) {
		now = (struct hostile_case){};
		now.on[i] = TRUE;
		now.value[i] = faults[i].value;
		run_case();
	}
}

static void random_cases(const CHAR16 *words)
{
	UINTN nr = 0;

	for (; *words >= '0' && *words <= '9'; words++)
		nr = nr * 10 + (*words - '0');
	random_state = 0x2545f4914f6cdd1dULL;
	plan(nr);
	for (UINTN i = 0; i < nr; i++) {
		case_random(&now);
		run_case();
	}
}

static BOOLEAN starts(const CHAR16 *text, const char *word)
{
	while (*word && *text == (CHAR16)*word)
		text++, word++;
	return !*word;
}

/* FALSE: @words are no such mode. */
static BOOLEAN run_many(const CHAR16 *words)
{
	if (starts(words, "each-call"))
		each_call();
	else if (starts(words, "each-fault"))
		each_fault();
	else if (starts(words, "random="))
		random_cases(words + 7);
	else
		return FALSE;
	say(nr_wrong ? "baremm: verdict: FAIL: hostile firmware\r\n" : "baremm: verdict: PASS\r\n");
	leave_qemu(nr_wrong ? FAIL : PASS);
	return TRUE;
}

static void run_one(const CHAR16 *words)
{
	EFI_STATUS status;

	if (!case_parse(words, &now)) {
		say("hostile: words that are no faults\r\n");
		leave_qemu(FAIL);
	}
	say("hostile: ");
	case_print(&now);
	say("\r\n");
	status = run();
	say("baremm: verdict: FAIL: the program refused with status 0x");
	say_number(status, 16);
	say("\r\n");
	leave_qemu(FAIL);
}

EFI_STATUS EFIAPI __attribute__((__section__(".text.entry")))
efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	const CHAR16 *words;
	EFI_STATUS status;

	st = table;
	self = image;
	st->BootServices->HandleProtocol(image, &loaded_guid, (void **)&self_image);
	words = skip_word(self_image->LoadOptions);
	options = skip_word(words);
	options_size = self_image->LoadOptionsSize -
		       (UINTN)((const UINT8 *)options - (const UINT8 *)self_image->LoadOptions);
	status = read_program();
	if (EFI_ERROR(status)) {
		say("hostile: the program cannot be read\r\n");
		return status;
	}
	if (!run_many(words))
		run_one(words);
	return EFI_SUCCESS;
}

/* The compiler may call these. */
void *memset(void *to, int byte, UINTN n);
void *memcpy(void *to, const void *from, UINTN n);

void *memset(void *to, int byte, UINTN n)
{
	for (volatile UINT8 *p = to; n; n--)
		*p++ = byte;
	return to;
}

void *memcpy(void *to, const void *from, UINTN n)
{
	const UINT8 *q = from;

	for (volatile UINT8 *p = to; n; n--)
		*p++ = *q++;
	return to;
}

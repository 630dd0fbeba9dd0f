/* SPDX-License-Identifier: MIT */
/* Boot and runtime services as the program sees them. */
#include "hostile.h"

EFI_BOOT_SERVICES real;
EFI_RUNTIME_SERVICES real_rt;
struct guest guest;

static EFI_GUID gop_guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
static SIMPLE_TEXT_OUTPUT_INTERFACE *console;
static EFI_TEXT_OUTPUT_STRING real_output;

static BOOLEAN same_guid(const EFI_GUID *a, const EFI_GUID *b)
{
	const UINT64 *x = (const void *)a, *y = (const void *)b;

	return x[0] == y[0] && x[1] == y[1];
}

/* Is it the program that called, at @from? */
static BOOLEAN is_guest(const void *from)
{
	return guest.handle && (UINTN)from >= guest.start && (UINTN)from < guest.end;
}

/* Counts a call of the program's; TRUE: this is the one that fails. */
static BOOLEAN call_fails(void)
{
	return ++guest.calls == now.failing_call;
}

#define CALLER __builtin_return_address(0)

/* ---- Memory ---------------------------------------------------------------------- */

static EFI_STATUS EFIAPI allocate_pages(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory, UINTN pages,
					EFI_PHYSICAL_ADDRESS *addr)
{
	BOOLEAN ours = is_guest(CALLER);
	EFI_STATUS status;

	if (ours && call_fails())
		return EFI_OUT_OF_RESOURCES;
	if (ours && now.on[FAULT_NO_LOW_MEMORY] && type == AllocateMaxAddress && *addr < 0x100000)
		return EFI_NOT_FOUND;
	status = real.AllocatePages(type, memory, pages, addr);
	if (ours && !EFI_ERROR(status))
		guest.pages += (INTN)pages;
	return status;
}

static EFI_STATUS EFIAPI free_pages(EFI_PHYSICAL_ADDRESS addr, UINTN pages)
{
	if (is_guest(CALLER))
		guest.pages -= (INTN)pages;
	return real.FreePages(addr, pages);
}

static EFI_STATUS EFIAPI allocate_pool(EFI_MEMORY_TYPE type, UINTN size, void **buffer)
{
	BOOLEAN ours = is_guest(CALLER);
	EFI_STATUS status;

	if (ours && call_fails())
		return EFI_OUT_OF_RESOURCES;
	status = real.AllocatePool(type, size, buffer);
	if (ours && !EFI_ERROR(status))
		guest.pools++;
	return status;
}

static EFI_STATUS EFIAPI free_pool(void *buffer)
{
	if (is_guest(CALLER))
		guest.pools--;
	return real.FreePool(buffer);
}

/* ---- Map and exit ------------------------------------------------------------------ */

static EFI_STATUS EFIAPI get_memory_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
					UINTN *stride, UINT32 *version)
{
	if (!is_guest(CALLER))
		return real.GetMemoryMap(size, map, key, stride, version);
	guest.map_calls++;
	if (call_fails())
		return EFI_DEVICE_ERROR;
	if (now.on[FAULT_MAP_ERROR] && guest.map_calls >= now.value[FAULT_MAP_ERROR])
		return EFI_DEVICE_ERROR;
	return map_get(size, map, key, stride, version);
}

/* As a driver that is told of the exit would do. */
static void change_map(void)
{
	void *pool;

	if (!EFI_ERROR(real.AllocatePool(EfiBootServicesData, 4096 * guest.exit_calls, &pool)) &&
	    guest.exit_calls % 2)
		real.FreePool(pool);
}

static EFI_STATUS EFIAPI exit_boot_services(EFI_HANDLE image, UINTN key)
{
	EFI_STATUS status;

	if (!is_guest(CALLER))
		return real.ExitBootServices(image, key);
	guest.at_exit = TRUE;
	guest.exit_calls++;
	if (now.on[FAULT_EXIT_FAILS] && guest.exit_calls <= now.value[FAULT_EXIT_FAILS])
		return EFI_INVALID_PARAMETER;
	if (now.on[FAULT_STALE_KEY] && guest.exit_calls <= now.value[FAULT_STALE_KEY])
		change_map();
	if (now.come_back)
		real.Exit(image, EFI_SUCCESS, 0, NULL); /* does not return */
	if (now.on[FAULT_OTHER_CPU])
		cpu_other_prepare();
	if (now.on[FAULT_FIVE_LEVELS])
		cpu_levels_prepare();
	status = real.ExitBootServices(image, key);
	if (!EFI_ERROR(status) && now.on[FAULT_CPU_STATE])
		cpu_state_spoil();
	if (!EFI_ERROR(status) && now.on[FAULT_FIVE_LEVELS])
		cpu_levels_switch();
	if (!EFI_ERROR(status) && now.on[FAULT_OTHER_CPU])
		cpu_other_start();
	return status;
}

/* ---- Protocols ---------------------------------------------------------------------- */

static EFI_STATUS EFIAPI handle_protocol(EFI_HANDLE handle, EFI_GUID *guid, void **interface)
{
	if (!is_guest(CALLER))
		return real.HandleProtocol(handle, guid, interface);
	if (call_fails() || now.on[FAULT_NO_PROTOCOLS])
		return EFI_UNSUPPORTED;
	if (now.on[FAULT_NULL_PROTOCOLS]) {
		*interface = NULL;
		return EFI_SUCCESS;
	}
	if (same_guid(guid, &gop_guid)) {
		if (now.on[FAULT_NO_GRAPHICS])
			return EFI_UNSUPPORTED;
		*interface = graphics_of_fault();
		if (*interface)
			return EFI_SUCCESS;
	}
	return real.HandleProtocol(handle, guid, interface);
}

static EFI_STATUS EFIAPI locate_handle_buffer(EFI_LOCATE_SEARCH_TYPE type, EFI_GUID *guid,
					      void *key, UINTN *nr, EFI_HANDLE **handles)
{
	BOOLEAN ours = is_guest(CALLER);
	EFI_STATUS status;

	if (ours && (call_fails() || now.on[FAULT_NO_PROTOCOLS] || now.on[FAULT_NO_GRAPHICS]))
		return EFI_NOT_FOUND;
	status = real.LocateHandleBuffer(type, guid, key, nr, handles);
	if (ours && !EFI_ERROR(status))
		guest.pools++;
	return status;
}

static EFI_STATUS EFIAPI disconnect_controller(EFI_HANDLE controller, EFI_HANDLE driver,
					       EFI_HANDLE child)
{
	if (is_guest(CALLER) && call_fails())
		return EFI_DEVICE_ERROR;
	return real.DisconnectController(controller, driver, child);
}

static EFI_STATUS EFIAPI locate_protocol(EFI_GUID *guid, void *registration, void **interface)
{
	if (!is_guest(CALLER))
		return real.LocateProtocol(guid, registration, interface);
	if (call_fails() || now.on[FAULT_NO_PROTOCOLS])
		return EFI_NOT_FOUND;
	if (now.on[FAULT_NULL_PROTOCOLS]) {
		*interface = NULL;
		return EFI_SUCCESS;
	}
	return real.LocateProtocol(guid, registration, interface);
}

/* ---- The rest ------------------------------------------------------------------------ */

static EFI_STATUS EFIAPI set_watchdog(UINTN timeout, UINT64 code, UINTN size, CHAR16 *data)
{
	if (is_guest(CALLER) && call_fails())
		return EFI_DEVICE_ERROR;
	return real.SetWatchdogTimer(timeout, code, size, data);
}

static EFI_STATUS EFIAPI stall(UINTN microseconds)
{
	if (is_guest(CALLER) && (call_fails() || now.on[FAULT_NO_CLOCK]))
		return EFI_DEVICE_ERROR;
	return real.Stall(microseconds);
}

static EFI_STATUS EFIAPI get_time(EFI_TIME *time, EFI_TIME_CAPABILITIES *capabilities)
{
	if (is_guest(CALLER) && (call_fails() || now.on[FAULT_NO_CLOCK]))
		return EFI_DEVICE_ERROR;
	if (is_guest(CALLER) && now.on[FAULT_WRONG_CLOCK]) {
		for (UINTN i = 0; i < sizeof(*time); i++)
			((UINT8 *)time)[i] = 0xff;
		return EFI_SUCCESS;
	}
	return real_rt.GetTime(time, capabilities);
}

static EFI_STATUS EFIAPI get_variable(CHAR16 *name, EFI_GUID *guid, UINT32 *attributes, UINTN *size,
				      void *data)
{
	if (is_guest(CALLER) && call_fails())
		return EFI_DEVICE_ERROR;
	return real_rt.GetVariable(name, guid, attributes, size, data);
}

/* A variable that is written wears a PC's flash, and a full one may brick it. */
static EFI_STATUS EFIAPI set_variable(CHAR16 *name, EFI_GUID *guid, UINT32 attributes, UINTN size,
				      void *data)
{
	if (is_guest(CALLER))
		guest.wrote_variable = TRUE;
	return real_rt.SetVariable(name, guid, attributes, size, data);
}

/* A refusal begins so (efi/console.c). */
static EFI_STATUS EFIAPI output_string(SIMPLE_TEXT_OUTPUT_INTERFACE *self, CHAR16 *text)
{
	static const CHAR16 complaint[] = L"baremm: ";
	UINTN n = 0;

	while (complaint[n] && text[n] == complaint[n])
		n++;
	if (is_guest(CALLER) && !complaint[n])
		guest.complained = TRUE;
	return real_output(self, text);
}

void services_hook(void)
{
	EFI_BOOT_SERVICES *bs = st->BootServices;

	real = *bs;
	real_rt = *st->RuntimeServices;
	console = st->ConOut;
	real_output = console->OutputString;
	bs->AllocatePages = allocate_pages;
	bs->FreePages = free_pages;
	bs->GetMemoryMap = get_memory_map;
	bs->AllocatePool = allocate_pool;
	bs->FreePool = free_pool;
	bs->HandleProtocol = handle_protocol;
	bs->LocateHandleBuffer = locate_handle_buffer;
	bs->LocateProtocol = locate_protocol;
	bs->DisconnectController = disconnect_controller;
	bs->ExitBootServices = exit_boot_services;
	bs->SetWatchdogTimer = set_watchdog;
	bs->Stall = stall;
	st->RuntimeServices->GetTime = get_time;
	st->RuntimeServices->GetVariable = get_variable;
	st->RuntimeServices->SetVariable = set_variable;
	console->OutputString = output_string;
	if (now.on[FAULT_NO_CONSOLE])
		st->ConOut = NULL;
}

void services_unhook(void)
{
	*st->BootServices = real;
	*st->RuntimeServices = real_rt;
	st->ConOut = console;
	console->OutputString = real_output;
}

/* SPDX-License-Identifier: MIT */
/* A firmware that does what real ones do wrong, for the tests of what calls it. */
#ifndef _TEST_EFI_FIRMWARE_H
#define _TEST_EFI_FIRMWARE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "efi/graphics.h"

#define CALLS_MAX 1024

static struct {
	char calls[CALLS_MAX]; /* a letter for each call, in order */
	int pools;	       /* allocated and not freed */
	UINTN map_bytes, map_grows, stride;
	EFI_STATUS map_status; /* where not success, from call map_fails on */
	int map_calls, map_fails, map_recovers;
	int exit_calls, exit_fails; /* how often ExitBootServices fails */
	UINTN key;
	bool no_memory;	     /* in a map that is good otherwise */
	bool lie_about_size; /* a too small buffer reports no size and no stride */
} fw_state;

static inline void called(char letter)
{
	size_t n = strlen(fw_state.calls);

	if (n < CALLS_MAX - 1)
		fw_state.calls[n] = letter;
}

static inline EFI_STATUS EFIAPI fake_watchdog(UINTN timeout, UINT64 code, UINTN size, CHAR16 *data)
{
	(void)code, (void)size, (void)data;
	called(timeout ? 'W' : 'w');
	return EFI_SUCCESS;
}

static inline EFI_STATUS EFIAPI fake_allocate_pool(EFI_MEMORY_TYPE type, UINTN size, void **buffer)
{
	(void)type;
	called('a');
	fw_state.pools++;
	*buffer = malloc(size);
	return EFI_SUCCESS;
}

static inline EFI_STATUS EFIAPI fake_free_pool(void *buffer)
{
	called('f');
	fw_state.pools--;
	free(buffer);
	return EFI_SUCCESS;
}

static inline EFI_STATUS EFIAPI fake_get_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
					     UINTN *stride, UINT32 *version)
{
	UINTN room = *size;

	called('m');
	fw_state.map_calls++;
	if (fw_state.map_fails && fw_state.map_calls >= fw_state.map_fails &&
	    fw_state.map_calls < fw_state.map_recovers)
		return fw_state.map_status;
	fw_state.map_bytes += fw_state.map_grows;
	if (room < fw_state.map_bytes) {
		if (!fw_state.lie_about_size)
			*size = fw_state.map_bytes;
		return EFI_BUFFER_TOO_SMALL;
	}
	memset(map, 0x5a, fw_state.map_bytes);
	if (fw_state.map_bytes >= sizeof(*map) && !fw_state.no_memory)
		map->Type = EfiConventionalMemory;
	*size = fw_state.map_bytes;
	*stride = fw_state.stride;
	*version = 1;
	*key = ++fw_state.key;
	return EFI_SUCCESS;
}

static inline EFI_STATUS EFIAPI fake_exit(EFI_HANDLE image, UINTN key)
{
	(void)image;
	called('x');
	fw_state.exit_calls++;
	if (key != fw_state.key || fw_state.exit_calls <= fw_state.exit_fails)
		return EFI_INVALID_PARAMETER;
	return EFI_SUCCESS;
}

/* Handles are small numbers; what protocols they have is in this table. */
#define BROKEN_HANDLE 7 /* its drivers stay */
static struct {
	EFI_HANDLE handle;
	EFI_GUID guid;
	void *interface;
} protocols[8];

static inline EFI_STATUS EFIAPI fake_handle_protocol(EFI_HANDLE handle, EFI_GUID *guid,
						     void **interface)
{
	size_t i;

	for (i = 0; i < 8; i++)
		if (handle && protocols[i].handle == handle &&
		    !memcmp(&protocols[i].guid, guid, sizeof(*guid))) {
			*interface = protocols[i].interface;
			return EFI_SUCCESS;
		}
	return EFI_UNSUPPORTED;
}

static inline EFI_STATUS EFIAPI fake_locate(EFI_LOCATE_SEARCH_TYPE type, EFI_GUID *guid, void *key,
					    UINTN *nr, EFI_HANDLE **buffer)
{
	size_t i;

	(void)type, (void)key;
	*nr = 0;
	*buffer = calloc(8, sizeof(**buffer));
	for (i = 0; i < 8; i++)
		if (protocols[i].handle && !memcmp(&protocols[i].guid, guid, sizeof(*guid)))
			(*buffer)[(*nr)++] = protocols[i].handle;
	if (*nr) {
		fw_state.pools++;
		return EFI_SUCCESS;
	}
	free(*buffer);
	return EFI_NOT_FOUND;
}

/* The first handle that has it. */
static inline EFI_STATUS EFIAPI fake_locate_protocol(EFI_GUID *guid, void *registration,
						     void **interface)
{
	size_t i;

	(void)registration;
	for (i = 0; i < 8; i++)
		if (protocols[i].handle && !memcmp(&protocols[i].guid, guid, sizeof(*guid))) {
			*interface = protocols[i].interface;
			return EFI_SUCCESS;
		}
	return EFI_NOT_FOUND;
}

static inline EFI_STATUS EFIAPI fake_disconnect(EFI_HANDLE handle, EFI_HANDLE driver,
						EFI_HANDLE child)
{
	(void)driver, (void)child;
	called((char)('0' + (size_t)handle));
	return (size_t)handle == BROKEN_HANDLE ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

static EFI_TIME fake_time;

static inline EFI_STATUS EFIAPI fake_get_time(EFI_TIME *time, EFI_TIME_CAPABILITIES *capabilities)
{
	(void)capabilities;
	*time = fake_time;
	return fake_time.Year ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

static inline EFI_STATUS EFIAPI fake_stall(UINTN microseconds)
{
	(void)microseconds;
	return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES bs;
static EFI_RUNTIME_SERVICES rs;
static EFI_SYSTEM_TABLE st;
static EFI_LOADED_IMAGE loaded;
static struct firmware fw;
static struct boot_info info;
static u8 map_buffer[16 * 1024];

static inline int setup(void **state)
{
	(void)state;
	memset(&fw_state, 0, sizeof(fw_state));
	memset(protocols, 0, sizeof(protocols));
	fw_state.map_bytes = 480;
	fw_state.stride = 48;
	fw_state.map_status = EFI_DEVICE_ERROR;
	fw_state.map_recovers = 1000000;
	bs = (EFI_BOOT_SERVICES){.SetWatchdogTimer = fake_watchdog,
				 .AllocatePool = fake_allocate_pool,
				 .FreePool = fake_free_pool,
				 .GetMemoryMap = fake_get_map,
				 .ExitBootServices = fake_exit,
				 .HandleProtocol = fake_handle_protocol,
				 .LocateHandleBuffer = fake_locate,
				 .LocateProtocol = fake_locate_protocol,
				 .DisconnectController = fake_disconnect,
				 .Stall = fake_stall};
	rs = (EFI_RUNTIME_SERVICES){.GetTime = fake_get_time};
	st = (EFI_SYSTEM_TABLE){.BootServices = &bs, .RuntimeServices = &rs};
	loaded = (EFI_LOADED_IMAGE){0};
	fw = (struct firmware){.st = &st, .bs = &bs, .loaded = &loaded};
	info = (struct boot_info){.efi = {.descs = map_buffer, .size = sizeof(map_buffer)}};
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	return fw_state.pools; /* all that was allocated is freed */
}

static inline void add_protocol(size_t i, size_t handle, EFI_GUID guid, void *interface)
{
	protocols[i].handle = (EFI_HANDLE)handle;
	protocols[i].guid = guid;
	protocols[i].interface = interface;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif /* _TEST_EFI_FIRMWARE_H */

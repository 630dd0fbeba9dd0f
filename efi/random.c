/* SPDX-License-Identifier: MIT */
/* Random bits of the firmware, for CPUs that have none of their own (UEFI 2.10 section 37.5). */
#include "firmware.h"

u64 firmware_random(const struct firmware *fw)
{
	EFI_GUID guid = EFI_RNG_PROTOCOL_GUID;
	EFI_RNG_PROTOCOL *rng = NULL;
	u64 bits = 0;

	if (EFI_ERROR(fw->bs->LocateProtocol(&guid, NULL, (void **)&rng)) || !rng)
		return 0;
	if (EFI_ERROR(rng->GetRNG(rng, NULL, sizeof(bits), (UINT8 *)&bits)))
		return 0;
	return bits;
}

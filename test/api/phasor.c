// SPDX-License-Identifier: MIT
/* A tone's next sample, in whole numbers. */
#include <linux/cordic.h>

struct tone {
	s32 theta, step; /* degrees */
	s32 volume;
};

struct cordic_iq tone_next(struct tone *tone);
struct cordic_iq tone_next(struct tone *tone)
{
	struct cordic_iq at = cordic_calc_iq(tone->theta);

	tone->theta = (tone->theta + tone->step) % 360;
	at.i = CORDIC_FLOAT(at.i * tone->volume);
	at.q = CORDIC_FLOAT(at.q * tone->volume);
	return at;
}

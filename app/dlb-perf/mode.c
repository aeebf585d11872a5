/* SPDX-License-Identifier: BSD-3-Clause */
/* The ways to measure. */
#include "mode.h"

const struct mode *const modes[MODE_COUNT] = {
	&one_core_mode, &two_core_mode, &driver_mode, &latency_mode, &scaling_mode,
};

uint32_t
mode_metrics(const struct mode *mode)
{
	uint32_t count = 0;

	while (count < METRICS_MAX && mode->metrics[count].name != NULL)
		count++;
	return count;
}

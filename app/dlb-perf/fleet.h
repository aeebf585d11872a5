/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fleet: the event devices of this process.
 */
#ifndef FLEET_H
#define FLEET_H

#include "device.h"

struct fleet {
	struct device devices[RTE_EVENT_MAX_DEVS];
	uint32_t count;
};

/** Find those that the program was started with, maybe none. Returns 0 or a negative errno value. */
int fleet_open(struct fleet *fleet);

/**
 * A device of this driver, whose scheduler is a service or is not; made, if there is none.
 * @return NULL after it was said why there is none
 */
struct device *fleet_get(struct fleet *fleet, const char *driver, bool has_service,
			 const char *devargs);

/** Put all away. */
void fleet_close(struct fleet *fleet);

#endif /* FLEET_H */

/* SPDX-License-Identifier: BSD-3-Clause */
/* The event devices of this process. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fleet.h"

int
fleet_open(struct fleet *f)
{
	uint32_t present = rte_event_dev_count();
	uint8_t id;
	int ret;

	f->count = 0;
	for (id = 0; id < RTE_EVENT_MAX_DEVS && f->count < present; id++) {
		ret = device_open(&f->devices[f->count], id);
		if (ret == -EINVAL)
			continue;
		if (ret < 0) {
			fprintf(stderr, "dpdk-dlb-perf: event device %u: %s\n", id, strerror(-ret));
			return ret;
		}
		f->count++;
	}
	return 0;
}

struct device *
fleet_get(struct fleet *f, const char *driver, bool has_service, const char *devargs)
{
	struct device *device;
	uint32_t i;
	int ret;

	for (i = 0; i < f->count; i++) {
		device = &f->devices[i];
		if (strcmp(device->info.driver_name, driver) == 0 &&
		    device->has_service == has_service)
			return device;
	}
	if (f->count == RTE_EVENT_MAX_DEVS) {
		fprintf(stderr, "dpdk-dlb-perf: no room for %s beside %u devices\n", devargs,
			f->count);
		return NULL;
	}
	device = &f->devices[f->count];
	ret = device_create(device, devargs);
	if (ret < 0) {
		fprintf(stderr, "dpdk-dlb-perf: --vdev=%s cannot be had: %s\n", devargs,
			strerror(-ret));
		return NULL;
	}
	f->count++;
	return device;
}

void
fleet_close(struct fleet *f)
{
	uint32_t i;

	for (i = 0; i < f->count; i++)
		device_stop(&f->devices[i]);
	f->count = 0;
}

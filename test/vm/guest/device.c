/* SPDX-License-Identifier: BSD-3-Clause */
/* Set-up and end of the event device, by the public eventdev API alone. */
#include <stdio.h>

#include <rte_eventdev.h>

#include "device.h"

void
device_create(uint32_t event_dev_cfg)
{
	struct rte_event_dev_info info;
	struct rte_event_dev_config conf = {
		.nb_event_queues = 1,
		.nb_event_ports = PORTS,
		.event_dev_cfg = event_dev_cfg,
	};
	const uint8_t queue = QUEUE;
	uint8_t port;

	CHECK(rte_event_dev_count() == 1);
	CHECK(rte_event_dev_info_get(DEVICE, &info) == 0);
	printf("driver %s\n", info.driver_name);
	conf.nb_events_limit = info.max_num_events;
	conf.nb_event_queue_flows = info.max_event_queue_flows;
	conf.nb_event_port_dequeue_depth = (uint32_t)info.max_event_port_dequeue_depth;
	conf.nb_event_port_enqueue_depth = info.max_event_port_enqueue_depth;
	CHECK(rte_event_dev_configure(DEVICE, &conf) == 0);
	CHECK(rte_event_queue_setup(DEVICE, QUEUE, NULL) == 0);
	for (port = 0; port < PORTS; port++)
		CHECK(rte_event_port_setup(DEVICE, port, NULL) == 0);
	CHECK(rte_event_port_link(DEVICE, WORKER, &queue, NULL, 1) == 1);
	CHECK(rte_event_dev_start(DEVICE) == 0);
}

void
device_destroy(void)
{
	rte_event_dev_stop(DEVICE);
	CHECK(rte_event_dev_close(DEVICE) == 0);
}

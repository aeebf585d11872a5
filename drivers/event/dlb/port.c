/* SPDX-License-Identifier: BSD-3-Clause */
/* Event ports: recorded here, given hardware when the device starts. */
#include <errno.h>
#include <inttypes.h>

#include <rte_malloc.h>

#include "dpdk_release.h"
#include "evdev.h"
#include "log.h"

#define DEFAULT_DEPTH 32

void
dlb_event_port_def_conf(struct rte_eventdev *dev, uint8_t id __rte_unused,
			struct rte_event_port_conf *conf)
{
	const struct rte_event_dev_config *dev_conf = &dev->data->dev_conf;

	*conf = (struct rte_event_port_conf){
		.new_event_threshold = dev_conf->nb_events_limit,
		.dequeue_depth = (uint16_t)RTE_MIN(dev_conf->nb_event_port_dequeue_depth,
						   (uint32_t)DEFAULT_DEPTH),
		.enqueue_depth = (uint16_t)RTE_MIN(dev_conf->nb_event_port_enqueue_depth,
						   (uint32_t)DEFAULT_DEPTH),
	};
}

static int
port_conf_check(const struct dlb_evdev *evdev, uint8_t id, const struct rte_event_port_conf *conf)
{
	const uint32_t known = RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL |
			       RTE_EVENT_PORT_CFG_SINGLE_LINK | RTE_EVENT_PORT_CFG_HINT_PRODUCER |
			       RTE_EVENT_PORT_CFG_HINT_CONSUMER | RTE_EVENT_PORT_CFG_HINT_WORKER |
			       DLB_PORT_CFG_INDEPENDENT_ENQ;

	if (conf->event_port_cfg & ~known) {
		DLB_LOG(ERR, evdev,
			"port %u: event_port_cfg 0x%" PRIx32 ": accepted are bits of 0x%" PRIx32,
			id, conf->event_port_cfg, known);
		return -EINVAL;
	}
	/* The library checks the upper end only. */
	if (conf->new_event_threshold < 1) {
		DLB_LOG(ERR, evdev,
			"port %u: new_event_threshold %" PRId32 ": accepted are 1 to %" PRId32, id,
			conf->new_event_threshold, evdev->data->dev_conf.nb_events_limit);
		return -EINVAL;
	}
	return 0;
}

static struct dlb_event_port *
port_create(struct dlb_evdev *evdev, uint8_t id)
{
	struct dlb_event_port *port =
		rte_zmalloc_socket("dlb_event_port", sizeof(*port), RTE_CACHE_LINE_SIZE,
				   evdev->data->socket_id);

	if (port == NULL) {
		DLB_LOG(ERR, evdev, "port %u: no memory for %zu bytes", id, sizeof(*port));
		return NULL;
	}
	port->id = id;
	port->evdev = evdev;
	return port;
}

/* What rte_pmd_dlb.h may change later. */
static struct dlb_port_tuning
tuning_by_arguments(const struct dlb_devargs *args, uint8_t id)
{
	struct dlb_port_tuning tuning = { .cq_weight_limit = args->cq_weight[id] };

	tuning.has_cos = args->port_cos[id] > 0;
	if (tuning.has_cos)
		tuning.cos = (uint8_t)(args->port_cos[id] - 1);
	return tuning;
}

static void
links_clear(struct dlb_event_port *port)
{
	uint32_t profile, q;

	for (profile = 0; profile < DLB_PROFILES_MAX; profile++) {
		port->links[profile].count = 0;
		for (q = 0; q < RTE_DIM(port->links[profile].priority); q++)
			port->links[profile].priority[q] = DLB_LINK_NONE;
	}
}

int
dlb_event_port_setup(struct rte_eventdev *dev, uint8_t id, const struct rte_event_port_conf *conf)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	struct dlb_event_port *port = dev->data->ports[id];
	int ret;

	ret = port_conf_check(evdev, id, conf);
	if (ret < 0)
		return ret;
	if (port == NULL)
		port = port_create(evdev, id);
	if (port == NULL)
		return -ENOMEM;

	port->conf = *conf;
	port->tuning = tuning_by_arguments(&evdev->args, id);
	links_clear(port);
	dev->data->ports[id] = port;
	return 0;
}

/* When a device is configured with fewer ports, the library keeps pointers to those it releases. */
void
dlb_event_port_release(void *arg)
{
	struct dlb_event_port *port = arg;

	if (port == NULL)
		return;
	port->evdev->data->ports[port->id] = NULL;
	rte_free(port);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A DLB moves events, not packets or crypto operations: the library's own adapters do that, as services
 * with an event port each. Only timers have a port of the driver's, unless the device is a service
 * itself: then there is a service core, and the library's timers use it, too.
 */
#include <rte_common.h>

#include "adapters.h"
#include "evdev.h"
#include "timers.h"

int
dlb_eth_rx_adapter_caps_get(const struct rte_eventdev *dev __rte_unused,
			    const struct rte_eth_dev *eth __rte_unused, uint32_t *caps)
{
	*caps = RTE_EVENT_ETH_RX_ADAPTER_SW_CAP;
	return 0;
}

int
dlb_eth_tx_adapter_caps_get(const struct rte_eventdev *dev __rte_unused,
			    const struct rte_eth_dev *eth __rte_unused, uint32_t *caps)
{
	*caps = RTE_EVENT_ETH_TX_ADAPTER_CAP_EVENT_VECTOR;
	return 0;
}

int
dlb_crypto_adapter_caps_get(const struct rte_eventdev *dev __rte_unused,
			    const struct rte_cryptodev *cdev __rte_unused, uint32_t *caps)
{
	*caps = RTE_EVENT_CRYPTO_ADAPTER_SW_CAP;
	return 0;
}

int
dlb_timer_adapter_caps_get(const struct rte_eventdev *dev, uint64_t flags __rte_unused,
			   uint32_t *caps, const struct event_timer_adapter_ops **ops)
{
	if (dlb_evdev_of(dev)->args.sched == DLB_SCHED_SERVICE) {
		*caps = RTE_EVENT_TIMER_ADAPTER_SW_CAP;
		*ops = NULL;
		return 0;
	}
	*caps = RTE_EVENT_TIMER_ADAPTER_CAP_INTERNAL_PORT | RTE_EVENT_TIMER_ADAPTER_CAP_PERIODIC;
	*ops = &dlb_timer_adapter_ops;
	return 0;
}

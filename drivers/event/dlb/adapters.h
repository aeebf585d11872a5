/* SPDX-License-Identifier: BSD-3-Clause */
/* What the library's adapters are told of the device. */
#ifndef DLB_EVDEV_ADAPTERS_H
#define DLB_EVDEV_ADAPTERS_H

#include <stdint.h>

#include <eventdev_pmd.h>

int dlb_eth_rx_adapter_caps_get(const struct rte_eventdev *dev, const struct rte_eth_dev *eth,
				uint32_t *caps);
int dlb_eth_tx_adapter_caps_get(const struct rte_eventdev *dev, const struct rte_eth_dev *eth,
				uint32_t *caps);
int dlb_crypto_adapter_caps_get(const struct rte_eventdev *dev, const struct rte_cryptodev *cdev,
				uint32_t *caps);
int dlb_timer_adapter_caps_get(const struct rte_eventdev *dev, uint64_t flags, uint32_t *caps,
			       const struct event_timer_adapter_ops **ops);

#endif /* DLB_EVDEV_ADAPTERS_H */

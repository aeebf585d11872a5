/* SPDX-License-Identifier: BSD-3-Clause */
/* What rte_pmd_dlb.h asks of a port or a queue beyond the library's configuration; all 0: nothing. */
#ifndef DLB_EVDEV_TUNING_H
#define DLB_EVDEV_TUNING_H

#include <stdbool.h>
#include <stdint.h>

#include "rte_pmd_dlb.h"

struct dlb_port_tuning {
	uint16_t hist_entries;       /* of each load-balanced hardware port; 0: an even share */
	uint16_t cq_weight_limit;    /* 0: off */
	uint16_t inflight_threshold; /* 0: off */
	uint8_t cos;
	bool has_cos;
	enum rte_pmd_dlb_token_pop token_pop;
	enum rte_pmd_dlb_wait wait;
};

struct dlb_queue_tuning {
	uint16_t depth_threshold; /* 0: the driver's */
	uint16_t aqed_entries;    /* 0: an even share */
};

#endif /* DLB_EVDEV_TUNING_H */

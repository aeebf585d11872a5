/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Watchdogs: a CQ that has entries and gets no token back for a while. See the specification, section
 * "Watchdogs". The unit in which the device counts is not public; it is taken for a microsecond here.
 */
#include <errno.h>

#include "device.h"
#include "port.h"

/* The device takes that many samples before a CQ counts as stuck. */
#define SAMPLES 8
#define US_IN_MS 1000u

/* CQs have a bit each in two words; the last directed ones of 2.5 have none. */
#define WORDS 2
#define WORD_CQS 32

static const struct watchdog_kind {
	enum dlb_reg enable, clock, threshold;
	enum dlb_reg disable[WORDS], expired[WORDS];
} kinds[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_CHP_LDB_CQ_WD_ENB,
		      DLB_CHP_CFG_LDB_WD_ENB_INTERVAL,
		      DLB_CHP_CFG_LDB_WD_THRESHOLD,
		      { DLB_CHP_CFG_LDB_WD_DISABLE0, DLB_CHP_CFG_LDB_WD_DISABLE1 },
		      { DLB_CHP_CFG_LDB_WDTO_0, DLB_CHP_CFG_LDB_WDTO_1 } },
	[DLB_DIR] = { DLB_CHP_DIR_CQ_WD_ENB,
		      DLB_CHP_CFG_DIR_WD_ENB_INTERVAL,
		      DLB_CHP_CFG_DIR_WD_THRESHOLD,
		      { DLB_CHP_CFG_DIR_WD_DISABLE0, DLB_CHP_CFG_DIR_WD_DISABLE1 },
		      { DLB_CHP_CFG_DIR_WDTO_0, DLB_CHP_CFG_DIR_WDTO_1 } },
};

/* Fields have one place in the registers of both kinds. */
_Static_assert(DLB_CHP_LDB_CQ_WD_ENB_WD_ENABLE == DLB_CHP_DIR_CQ_WD_ENB_WD_ENABLE, "one layout");
_Static_assert(DLB_CHP_CFG_LDB_WD_ENB_INTERVAL_ENB == DLB_CHP_CFG_DIR_WD_ENB_INTERVAL_ENB,
	       "one layout");

void
dlb_watchdog_time_set(struct dlb_device *device, uint32_t timeout_ms)
{
	uint32_t interval = timeout_ms * US_IN_MS / SAMPLES - 1;
	uint32_t kind;

	pf_device_lock(device);
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		pf_write(device, kinds[kind].threshold, 0, SAMPLES);
		pf_write(device, kinds[kind].clock, 0,
			 dlb_field(DLB_CHP_CFG_LDB_WD_ENB_INTERVAL_SAMPLE_INTERVAL, interval) |
				 DLB_CHP_CFG_LDB_WD_ENB_INTERVAL_ENB);
	}
	pf_device_unlock(device);
}

/* The watchdog of a CQ that expired stands still until it is no longer disabled. */
static void
disabled_set(const struct dlb_port *port, bool disabled)
{
	const struct dlb_device *device = port->domain->device;
	enum dlb_reg reg = kinds[port->kind].disable[port->id / WORD_CQS];
	uint32_t bit = UINT32_C(1) << port->id % WORD_CQS;
	uint32_t word = pf_read(device, reg, 0);

	pf_write(device, reg, 0, disabled ? word | bit : word & ~bit);
}

int
dlb_port_watchdog_set(struct dlb_port *port, bool on)
{
	struct dlb_device *device = port->domain->device;

	if (port->id >= WORDS * WORD_CQS)
		return -ENOTSUP;
	pf_device_lock(device);
	disabled_set(port, !on);
	pf_write(device, kinds[port->kind].enable, port->id, on);
	pf_device_unlock(device);
	return 0;
}

bool
dlb_port_watchdog_take(struct dlb_port *port)
{
	struct dlb_device *device = port->domain->device;
	uint32_t bit = UINT32_C(1) << port->id % WORD_CQS;
	enum dlb_reg reg;
	bool expired;

	if (port->id >= WORDS * WORD_CQS)
		return false;
	reg = kinds[port->kind].expired[port->id / WORD_CQS];
	pf_device_lock(device);
	expired = pf_read(device, reg, 0) & bit;
	if (expired) {
		pf_write(device, reg, 0, bit);
		disabled_set(port, false);
	}
	pf_device_unlock(device);
	return expired;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts: a CQ that is armed signals a vector when it has QEs. The device is in packed mode,
 * its reset state, where each CQ can have a vector of its own; see the specification, section
 * "Interrupts, watchdog, alarms".
 */
#include <errno.h>

#include "device.h"
#include "log.h"
#include "port.h"

/* SYS_*_CQ_ISR.EN_CODE */
#define ISR_MSIX 2

static const struct interrupt_kind {
	enum dlb_reg depth_threshold, enable, route;
} kinds[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_CHP_LDB_CQ_INT_DEPTH_THRSH, DLB_CHP_LDB_CQ_INT_ENB, DLB_SYS_LDB_CQ_ISR },
	[DLB_DIR] = { DLB_CHP_DIR_CQ_INT_DEPTH_THRSH, DLB_CHP_DIR_CQ_INT_ENB, DLB_SYS_DIR_CQ_ISR },
};

/* Fields have one place in the registers of both kinds. */
_Static_assert(DLB_SYS_LDB_CQ_ISR_VECTOR == DLB_SYS_DIR_CQ_ISR_VECTOR, "one layout");
_Static_assert(DLB_SYS_LDB_CQ_ISR_EN_CODE == DLB_SYS_DIR_CQ_ISR_EN_CODE, "one layout");
_Static_assert(DLB_CHP_LDB_CQ_INT_ENB_EN_DEPTH == DLB_CHP_DIR_CQ_INT_ENB_EN_DEPTH, "one layout");

static int
vector_find(const struct dlb_device *device)
{
	int v;

	for (v = 0; v < DLB_CQ_VECTORS; v++) {
		if (!device->vectors[v])
			return v;
	}
	return pf_refuse(device->log, -ENOSPC, "interrupt vector %u: the device has %u for CQs",
			 DLB_CQ_VECTORS + 1, DLB_CQ_VECTORS);
}

static int
vector_take(struct dlb_device *device, uint32_t *vector, int *fd)
{
	const struct dlb_bus_ops *ops = device->bus->ops;
	int v, f;

	v = vector_find(device);
	if (v < 0)
		return v;
	f = ops->vector_fd == NULL ? -ENOTSUP
				   : ops->vector_fd(device->bus, DLB_CQ_VECTOR_FIRST + (uint32_t)v);
	if (f < 0)
		return pf_refuse(device->log, f, "interrupt vector %d: the bus has none, error %d",
				 v, -f);
	device->vectors[v] = true;
	*vector = (uint32_t)v;
	*fd = f;
	return 0;
}

int
dlb_vector_take(struct dlb_device *device, uint32_t *vector, int *fd)
{
	int ret;

	pf_device_lock(device);
	ret = vector_take(device, vector, fd);
	pf_device_unlock(device);
	return ret;
}

void
dlb_vector_put(struct dlb_device *device, uint32_t vector)
{
	pf_device_lock(device);
	if (vector < DLB_CQ_VECTORS)
		device->vectors[vector] = false;
	pf_device_unlock(device);
}

static int
interrupt_check(const struct dlb_port *port, uint32_t vector, uint32_t threshold)
{
	const struct dlb_device *device = port->domain->device;

	if (threshold > port->cq_depth)
		return pf_refuse(device->log, -EINVAL,
				 "interrupt threshold %u: accepted are 0 to %u, the CQ's depth",
				 threshold, port->cq_depth);
	if (threshold > 0 && (vector >= DLB_CQ_VECTORS || !device->vectors[vector]))
		return pf_refuse(device->log, -EINVAL,
				 "interrupt vector %u: accepted is one from dlb_vector_take()",
				 vector);
	return 0;
}

/* The route comes before the enable, which comes last. */
static void
interrupt_program(const struct dlb_port *port, uint32_t vector, uint32_t threshold)
{
	const struct dlb_device *device = port->domain->device;
	const struct interrupt_kind *kind = &kinds[port->kind];

	pf_write(device, kind->enable, port->id, 0);
	if (threshold > 0) {
		pf_write(device, kind->route, port->id,
			 dlb_field(DLB_SYS_LDB_CQ_ISR_VECTOR, vector) |
				 dlb_field(DLB_SYS_LDB_CQ_ISR_EN_CODE, ISR_MSIX));
		pf_write(device, kind->depth_threshold, port->id, threshold - 1);
		pf_write(device, kind->enable, port->id, DLB_CHP_LDB_CQ_INT_ENB_EN_DEPTH);
	} else {
		pf_write_reset(device, kind->route, port->id);
		pf_write_reset(device, kind->depth_threshold, port->id);
	}
	pf_flush(device);
}

int
dlb_port_interrupt_set(struct dlb_port *port, uint32_t vector, uint32_t threshold)
{
	struct dlb_device *device = port->domain->device;
	int ret;

	pf_device_lock(device);
	ret = interrupt_check(port, vector, threshold);
	if (ret == 0)
		interrupt_program(port, vector, threshold);
	pf_device_unlock(device);
	return ret;
}

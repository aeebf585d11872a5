/* SPDX-License-Identifier: BSD-3-Clause */
/* Device; see device.h and the specification, sections "Bring-up order" and "Power enable". */
#include <errno.h>
#include <stdlib.h>

#include "device.h"
#include "domain.h"
#include "global.h"
#include "link.h"
#include "log.h"
#include "reset.h"
#include "sequence.h"

#define READY_LIMIT_US 1000000
#define READY_STEP_US 1000
#define PMSM_RUN 1

/* Most of the device has no power before this; a reset does not undo it. */
static void
device_power_up(struct dlb_device *device)
{
	uint32_t word = pf_read(device, DLB_CM_CFG_PM_PMCSR_DISABLE, 0);

	word = dlb_field_set(word, DLB_CM_CFG_PM_PMCSR_DISABLE_DISABLE, 0);
	pf_write(device, DLB_CM_CFG_PM_PMCSR_DISABLE, 0, word);
}

/* Power state of a device that answers and is idle; 0 otherwise. */
static uint32_t
device_state(const struct dlb_device *device)
{
	uint32_t power = pf_read(device, DLB_CM_CFG_PM_STATUS, 0);
	uint32_t idle = pf_read(device, DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS, 0);

	/* Nobody there reads as all ones, in which every status bit is good. */
	if (power == UINT32_MAX || idle == UINT32_MAX)
		return 0;
	if (!(idle & DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS_DLB_FUNC_IDLE))
		return 0;
	return dlb_field_get(power, DLB_CM_CFG_PM_STATUS_PMSM);
}

static int
device_wait_ready(struct dlb_device *device)
{
	uint32_t waited_us = 0, state;

	while ((state = device_state(device)) == 0) {
		if (waited_us >= READY_LIMIT_US)
			return pf_refuse(device->log, -ETIMEDOUT,
					 "power state 0x%08x, idle status 0x%08x: not ready after "
					 "%u us",
					 pf_read(device, DLB_CM_CFG_PM_STATUS, 0),
					 pf_read(device, DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS, 0),
					 waited_us);
		pf_wait_us(device, READY_STEP_US);
		waited_us += READY_STEP_US;
	}
	if (state != PMSM_RUN)
		pf_log(device->log, DLB_LOG_WARNING, "power state %u: %u was expected", state,
		       PMSM_RUN);
	return 0;
}

/* From a function in any state to one that is reset, powered and programmed. */
static int
device_start(struct dlb_device *device, bool reset, bool *quiet)
{
	int ret;

	if (reset)
		ret = pf_function_reset(device->bus, device->log, quiet);
	else
		ret = pf_pasid_disable(device->bus, device->log);
	if (ret < 0)
		return ret;
	device_power_up(device);
	ret = device_wait_ready(device);
	if (ret < 0)
		return ret;
	device->threshold_ports = 0;
	pf_global_program(device);
	pf_sn_modes_program(device);
	return 0;
}

int
dlb_device_create(struct dlb_bus *bus, const struct dlb_device_conf *conf,
		  struct dlb_device **device)
{
	struct dlb_device *d;
	bool quiet;
	int ret;

	ret = pf_global_check(conf);
	if (ret < 0)
		return ret;
	ret = pf_function_check(bus, &conf->log);
	if (ret < 0)
		return ret;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return pf_refuse(&conf->log, -ENOMEM, "device: no memory for %zu bytes",
				 sizeof(*d));
	d->bus = bus;
	d->gen = bus->gen;
	d->limits = &dlb_limits[bus->gen];
	d->conf = *conf;
	d->log = &d->conf.log;
	pf_ledger_init(&d->ledger, bus->gen, conf->spread_ports);

	ret = device_start(d, !conf->bus_has_reset, &quiet);
	if (ret < 0)
		goto free_device;
	pthread_mutex_init(&d->lock, NULL);
	*device = d;
	return 0;

free_device:
	free(d);
	return ret;
}

/* Free domains that would not drain; their CQs only if the device cannot write there any more. */
static void
failed_domains_free(struct dlb_device *device, bool quiet)
{
	uint32_t i;

	for (i = 0; i < DLB_DOMAINS; i++) {
		struct dlb_domain *domain = device->domains[i];

		if (domain == NULL || !domain->failed)
			continue;
		if (quiet)
			pf_domain_free_cqs(domain);
		else
			pf_log(device->log, DLB_LOG_ERROR,
			       "domain %u: its CQs are not freed, the device may write to them", i);
		pf_domain_free(domain);
	}
}

void
dlb_device_destroy(struct dlb_device *device)
{
	bool quiet;
	uint32_t i;

	pf_device_lock(device);
	for (i = 0; i < DLB_DOMAINS; i++) {
		if (device->domains[i] != NULL && !device->domains[i]->failed)
			pf_domain_destroy(device->domains[i]);
	}
	pf_function_reset(device->bus, device->log, &quiet);
	failed_domains_free(device, quiet);
	pf_device_unlock(device);
	pthread_mutex_destroy(&device->lock);
	free(device);
}

static int
device_reset(struct dlb_device *device)
{
	bool quiet = false;
	uint32_t i;
	int ret;

	for (i = 0; i < DLB_DOMAINS; i++) {
		if (device->domains[i] != NULL && !device->domains[i]->failed)
			return pf_refuse(device->log, -EBUSY,
					 "device reset: domain %u must be destroyed before", i);
	}
	ret = device_start(device, true, &quiet);
	if (quiet)
		failed_domains_free(device, quiet);
	device->failed = ret < 0;
	return ret;
}

int
dlb_device_reset(struct dlb_device *device)
{
	int ret;

	pf_device_lock(device);
	ret = device_reset(device);
	pf_device_unlock(device);
	return ret;
}

bool
dlb_device_has_failed(struct dlb_device *device)
{
	bool failed;

	pf_device_lock(device);
	failed = device->failed;
	pf_device_unlock(device);
	return failed;
}

void
dlb_device_free_counts(struct dlb_device *device, struct dlb_free_counts *counts)
{
	uint32_t group;

	pf_device_lock(device);
	pf_ledger_free_counts(&device->ledger, counts);
	for (group = 0; group < DLB_SN_GROUPS; group++)
		counts->sn_slots[group] = pf_sn_slots_left(device, group);
	pf_device_unlock(device);
}

int
dlb_device_poll(struct dlb_device *device)
{
	uint32_t waiting = 0, i;

	pf_device_lock(device);
	for (i = 0; i < DLB_DOMAINS; i++) {
		if (device->domains[i] != NULL && !device->domains[i]->failed)
			waiting += pf_links_poll(device->domains[i]);
	}
	pf_device_unlock(device);
	return (int)waiting;
}

int
dlb_domain_poll(struct dlb_domain *domain)
{
	uint32_t waiting;

	pf_device_lock(domain->device);
	waiting = pf_links_poll(domain);
	pf_device_unlock(domain->device);
	return (int)waiting;
}

uint64_t
pf_read_count(const struct dlb_device *device, enum dlb_reg low, enum dlb_reg high, uint32_t index)
{
	uint32_t top, bottom, again = pf_read(device, high, index);

	do {
		top = again;
		bottom = pf_read(device, low, index);
		again = pf_read(device, high, index);
	} while (again != top);
	return (uint64_t)top << 32 | bottom;
}

void
dlb_device_scheduled(struct dlb_device *device, uint64_t scheduled[DLB_KIND_COUNT])
{
	pf_device_lock(device);
	scheduled[DLB_LDB] = pf_read_count(device, DLB_LSP_LDB_SCH_CNT_L, DLB_LSP_LDB_SCH_CNT_H, 0);
	scheduled[DLB_DIR] = pf_read_count(device, DLB_LSP_DIR_SCH_CNT_L, DLB_LSP_DIR_SCH_CNT_H, 0);
	pf_device_unlock(device);
}

uint32_t
dlb_device_csr_read(struct dlb_device *device, enum dlb_reg reg, uint32_t index)
{
	uint32_t value = 0;

	pf_device_lock(device);
	if (reg < DLB_REG_COUNT && index < dlb_reg_instances(device->gen, reg))
		value = pf_read(device, reg, index);
	pf_device_unlock(device);
	return value;
}

static int
csr_write_check(const struct dlb_device *device, enum dlb_reg reg, uint32_t index, uint32_t value)
{
	uint32_t instances, writable;

	if (reg >= DLB_REG_COUNT)
		return pf_refuse(device->log, -EINVAL, "register %u: must be below %u", reg,
				 DLB_REG_COUNT);
	instances = dlb_reg_instances(device->gen, reg);
	if (index >= instances)
		return pf_refuse(device->log, -EINVAL, "%s[%u]: DLB %s has %u of that register",
				 dlb_regs[reg].name, index, device->limits->name, instances);
	writable = dlb_regs[reg].writable[device->gen];
	if (value & ~writable)
		return pf_refuse(device->log, -EINVAL,
				 "%s[%u] 0x%08x: only bits of 0x%08x can be written",
				 dlb_regs[reg].name, index, value, writable);
	return 0;
}

int
dlb_device_csr_write(struct dlb_device *device, enum dlb_reg reg, uint32_t index, uint32_t value)
{
	int ret;

	pf_device_lock(device);
	ret = csr_write_check(device, reg, index, value);
	if (ret == 0)
		pf_write(device, reg, index, value);
	pf_device_unlock(device);
	return ret;
}

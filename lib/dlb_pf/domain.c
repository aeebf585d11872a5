/* SPDX-License-Identifier: BSD-3-Clause */
/* Scheduling domain; see domain.h and the specification, section "Scheduling domain". */
#include <errno.h>
#include <stdlib.h>

#include "domain.h"
#include "drain.h"
#include "link.h"
#include "log.h"
#include "port.h"
#include "queue.h"

/* Where the credits of a pool are loaded. A generation has either the first two or the last. */
static const struct {
	enum dlb_reg reg;
	enum dlb_kind pool;
} credit_rows[] = {
	{ DLB_CHP_CFG_LDB_VAS_CRD, DLB_LDB },
	{ DLB_CHP_CFG_DIR_VAS_CRD, DLB_DIR },
	{ DLB_CHP_CFG_VAS_CRD, DLB_LDB },
};

static bool
wants_ldb_port(const struct dlb_domain_conf *conf)
{
	uint32_t cos;

	for (cos = 0; cos < DLB_COS_COUNT; cos++) {
		if (conf->cos_ports[cos] > 0)
			return true;
	}
	return conf->ports[DLB_LDB] > 0;
}

static int
conf_check(const struct dlb_device *device, const struct dlb_domain_conf *conf)
{
	if (conf->queues[DLB_LDB] > 0 && !wants_ldb_port(conf))
		return pf_refuse(device->log, -EINVAL,
				 "load-balanced queues %u: must be 0 without a load-balanced port",
				 conf->queues[DLB_LDB]);
	if (conf->queues[DLB_DIR] > conf->ports[DLB_DIR])
		return pf_refuse(device->log, -EINVAL,
				 "directed queues %u: must be at most the %u directed ports",
				 conf->queues[DLB_DIR], conf->ports[DLB_DIR]);
	if (conf->credits[DLB_DIR] > 0 && device->limits->has_shared_credits)
		return pf_refuse(device->log, -EINVAL,
				 "directed credits %u: must be 0, DLB %s has one pool",
				 conf->credits[DLB_DIR], device->limits->name);
	return 0;
}

static void
credits_program(const struct dlb_domain *domain, const uint16_t credits[DLB_KIND_COUNT])
{
	uint32_t i;

	for (i = 0; i < sizeof(credit_rows) / sizeof(credit_rows[0]); i++)
		pf_write(domain->device, credit_rows[i].reg, domain->id,
			 credits[credit_rows[i].pool]);
}

static void
memory_free(struct dlb_domain *domain)
{
	uint32_t kind;

	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		free(domain->queues[kind]);
		free(domain->ports[kind]);
	}
	free(domain);
}

/* Room for all that the domain may create, so that creating a queue needs no memory. */
static struct dlb_domain *
memory_alloc(const struct dlb_domain_conf *conf)
{
	struct dlb_domain *domain = calloc(1, sizeof(*domain));
	uint32_t kind, cos;

	if (domain == NULL)
		return NULL;
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		domain->queue_limit[kind] = conf->queues[kind];
		domain->port_limit[kind] = conf->ports[kind];
	}
	for (cos = 0; cos < DLB_COS_COUNT; cos++)
		domain->port_limit[DLB_LDB] += conf->cos_ports[cos];
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		/* One more, since the result for none would be unspecified. */
		domain->queues[kind] =
			calloc(domain->queue_limit[kind] + 1, sizeof(struct dlb_queue));
		domain->ports[kind] = calloc(domain->port_limit[kind] + 1, sizeof(struct dlb_port));
		if (domain->queues[kind] == NULL || domain->ports[kind] == NULL) {
			memory_free(domain);
			return NULL;
		}
	}
	return domain;
}

static int
domain_create(struct dlb_device *device, const struct dlb_domain_conf *conf,
	      struct dlb_domain **domain)
{
	struct dlb_domain *d;
	int ret;

	if (device->failed)
		return pf_refuse(device->log, -EIO,
				 "domain: the device must be reset since a domain would not drain");
	ret = conf_check(device, conf);
	if (ret < 0)
		return ret;
	ret = pf_ledger_check(&device->ledger, device->log, conf);
	if (ret < 0)
		return ret;
	d = memory_alloc(conf);
	if (d == NULL)
		return pf_refuse(device->log, -ENOMEM, "domain: no memory for %u queues, %u ports",
				 conf->queues[DLB_LDB] + conf->queues[DLB_DIR],
				 conf->ports[DLB_LDB] + conf->ports[DLB_DIR]);

	d->device = device;
	d->id = pf_ledger_take(&device->ledger, conf);
	device->domains[d->id] = d;
	credits_program(d, conf->credits);
	*domain = d;
	return 0;
}

int
dlb_domain_create(struct dlb_device *device, const struct dlb_domain_conf *conf,
		  struct dlb_domain **domain)
{
	int ret;

	pf_device_lock(device);
	ret = domain_create(device, conf, domain);
	pf_device_unlock(device);
	return ret;
}

void
dlb_domain_stats(struct dlb_domain *domain, struct dlb_domain_stats *stats)
{
	const struct pf_estate *estate = pf_domain_estate(domain);
	struct dlb_device *device = domain->device;
	uint32_t i;

	pf_device_lock(device);
	*stats = (struct dlb_domain_stats){
		.aqed_entries = estate->aqed_entries,
		.hist_entries = estate->hist_entries,
	};
	for (i = 0; i < DLB_KIND_COUNT; i++) {
		stats->queues[i] = (uint16_t)domain->queue_count[i];
		stats->ports[i] = (uint16_t)domain->port_count[i];
		stats->credits[i] = estate->credits[i];
	}
	for (i = 0; i < sizeof(credit_rows) / sizeof(credit_rows[0]); i++) {
		if (dlb_reg_present(device->gen, credit_rows[i].reg))
			stats->credits_left[credit_rows[i].pool] =
				pf_read(device, credit_rows[i].reg, domain->id);
	}
	pf_device_unlock(device);
}

uint32_t
dlb_domain_id(const struct dlb_domain *domain)
{
	return domain->id;
}

int
pf_domain_check_not_started(const struct dlb_domain *domain, const char *what)
{
	if (!domain->started)
		return 0;
	return pf_refuse(domain->device->log, -EBUSY, "%s: must precede the start of domain %u",
			 what, domain->id);
}

/* What could not be drained must not be started. */
static int
start_check(const struct dlb_domain *domain)
{
	const struct dlb_device *device = domain->device;
	uint32_t i;

	if (domain->queue_count[DLB_LDB] > 0 && domain->port_count[DLB_LDB] == 0)
		return pf_refuse(device->log, -EINVAL,
				 "load-balanced queues %u of domain %u: must be 0 unless a "
				 "load-balanced port is created before the start",
				 domain->queue_count[DLB_LDB], domain->id);
	for (i = 0; i < domain->queue_count[DLB_DIR]; i++) {
		uint32_t id = domain->queues[DLB_DIR][i].id;

		if (!device->ledger.ports[DLB_DIR][id].used)
			return pf_refuse(device->log, -EINVAL,
					 "directed queue %u of domain %u: its port must be created "
					 "before the start",
					 id, domain->id);
	}
	return 0;
}

static int
domain_start(struct dlb_domain *domain)
{
	uint32_t kind, i;
	int ret;

	ret = pf_domain_check_not_started(domain, "start");
	if (ret < 0)
		return ret;
	ret = start_check(domain);
	if (ret < 0)
		return ret;
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (i = 0; i < domain->queue_count[kind]; i++)
			pf_queue_open(&domain->queues[kind][i], true);
	}
	pf_flush(domain->device);
	domain->started = true;
	return 0;
}

int
dlb_domain_start(struct dlb_domain *domain)
{
	int ret;

	pf_device_lock(domain->device);
	ret = domain_start(domain);
	pf_device_unlock(domain->device);
	return ret;
}

void
pf_domain_free_cqs(struct dlb_domain *domain)
{
	uint32_t kind, i;

	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (i = 0; i < domain->port_count[kind]; i++)
			pf_port_free(&domain->ports[kind][i]);
	}
}

void
pf_domain_free(struct dlb_domain *domain)
{
	struct dlb_device *device = domain->device;

	pf_ledger_put(&device->ledger, domain->id);
	device->domains[domain->id] = NULL;
	memory_free(domain);
}

/* Credits last: they are what says that the domain is in use. */
static void
domain_reset(struct dlb_domain *domain)
{
	const uint16_t no_credits[DLB_KIND_COUNT] = { 0 };
	uint32_t kind, i;

	pf_links_remove(domain);
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (i = 0; i < domain->port_count[kind]; i++)
			pf_port_reset(&domain->ports[kind][i]);
	}
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (i = 0; i < domain->queue_count[kind]; i++)
			pf_queue_reset(&domain->queues[kind][i]);
	}
	credits_program(domain, no_credits);
	pf_flush(domain->device);
}

int
pf_domain_destroy(struct dlb_domain *domain)
{
	if (pf_drain(domain) < 0) {
		domain->failed = true;
		domain->device->failed = true;
		return pf_refuse(domain->device->log, -EIO,
				 "domain %u: keeps its resources and CQ memory until the device is "
				 "reset",
				 domain->id);
	}
	domain_reset(domain);
	pf_domain_free_cqs(domain);
	pf_domain_free(domain);
	return 0;
}

int
dlb_domain_destroy(struct dlb_domain *domain)
{
	struct dlb_device *device = domain->device;
	int ret;

	pf_device_lock(device);
	ret = pf_domain_destroy(domain);
	pf_device_unlock(device);
	return ret;
}

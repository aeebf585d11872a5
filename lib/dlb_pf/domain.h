/* SPDX-License-Identifier: BSD-3-Clause */
/* Scheduling domain: the queues, ports and credits of one user. */
#ifndef PF_DOMAIN_H
#define PF_DOMAIN_H

#include "device.h"

struct dlb_domain {
	struct dlb_device *device;
	uint32_t id;
	bool started;
	bool failed; /* would not drain: nobody's, kept because the device may still write to its
			CQs */
	/* Room for all it may create, and how many of them it has created. */
	struct dlb_queue *queues[DLB_KIND_COUNT];
	struct dlb_port *ports[DLB_KIND_COUNT];
	uint32_t queue_limit[DLB_KIND_COUNT], queue_count[DLB_KIND_COUNT];
	uint32_t port_limit[DLB_KIND_COUNT], port_count[DLB_KIND_COUNT];
};

static inline struct pf_estate *
pf_domain_estate(const struct dlb_domain *domain)
{
	return &domain->device->ledger.domains[domain->id];
}

/** 0, or -EBUSY: what is created after the start would miss it. */
int pf_domain_check_not_started(const struct dlb_domain *domain, const char *what);

/** Drain, reset and free a domain. 0, or -EIO: it has failed, and the device with it. */
int pf_domain_destroy(struct dlb_domain *domain);

/** Free the CQs, to which the device must not write any more. */
void pf_domain_free_cqs(struct dlb_domain *domain);

/** Free the domain and all that it holds but its CQs. */
void pf_domain_free(struct dlb_domain *domain);

#endif /* PF_DOMAIN_H */

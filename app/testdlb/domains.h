/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Scheduling domains of one DLB: each is an event device with a set-up and traffic of its own. Domain 0 is
 * the event device that the program was given; others are plugged in beside it, and share its DLB.
 */
#ifndef TESTDLB_DOMAINS_H
#define TESTDLB_DOMAINS_H

#include "crew.h"
#include "setup.h"
#include "traffic.h"

#define DOMAINS_MAX RTE_EVENT_MAX_DEVS
#define DOMAIN_DEVARGS_BYTES 192

struct domain {
	uint32_t id;
	char devargs[DOMAIN_DEVARGS_BYTES]; /* that its event device was created with */
	struct setup setup;
	struct traffic *traffic;
};

struct domains {
	struct domain *of[DOMAINS_MAX]; /* by id; NULL: none */
	struct crew crew;
};

/** The first domain, of an event device that is there. @return 0, or -ENOMEM. */
int domains_init(struct domains *domains, uint8_t dev_id);
/* Stops all, and removes all but the event device of the first. */
void domains_end(struct domains *domains);

/** The domain behind an id, 0 for the first one; or NULL. */
struct domain *domains_next(const struct domains *domains, uint32_t id);
/** @return whether traffic of any domain runs. */
bool domains_run(const struct domains *domains);
/** Stop the traffic of all domains. @return events that did not come back. */
uint64_t domains_traffic_stop(struct domains *domains);

/**
 * Plug in an event device on the DLB of the first.
 *
 * @param devargs
 *   Device arguments besides shares=; at most DOMAIN_DEVARGS_BYTES - 1 bytes.
 * @return
 *   0, or a negative errno: -EEXIST when there is a domain of this id.
 */
int domain_create(struct domains *domains, uint32_t id, const char *devargs);
/* Unplug the event device of a domain that is not the first. Returns 0, or a negative errno. */
int domain_delete(struct domains *domains, uint32_t id);

/* Stop traffic and device. */
void domain_stop(struct domain *domain);
/* The same, and forget the set-up and all streams. */
void domain_reset(struct domain *domain);

/* The set-ups: the first domain's members, and an array "domains" of the others, if there are any. */
void domains_add_json(const struct domains *domains, struct json *object);

#endif /* TESTDLB_DOMAINS_H */

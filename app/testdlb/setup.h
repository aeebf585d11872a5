/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A set-up: the queues, ports and links that a user wants, and the event device that has them once it
 * is started. While the device is stopped, changes are notes; the start configures the device anew.
 */
#ifndef TESTDLB_SETUP_H
#define TESTDLB_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_eventdev.h>

#include <rte_pmd_dlb.h>

#include "json.h"

#define SETUP_IDS_MAX RTE_EVENT_MAX_QUEUES_PER_DEV
#define SETUP_NO_LINK (-1)

enum setup_queue_type {
	SETUP_ORDERED, /* the first three as RTE_SCHED_TYPE_* */
	SETUP_ATOMIC,
	SETUP_PARALLEL,
	SETUP_ALL_TYPES,
	SETUP_DIRECTED,
};

extern const char *const setup_queue_types[]; /* by enum setup_queue_type, ends with NULL */
extern const char *const setup_releases[];    /* "implicit", "explicit", NULL */
extern const char *const setup_classes[];     /* of service; by class + 1, ends with NULL */
extern const char *const setup_token_pops[];  /* by enum rte_pmd_dlb_token_pop, ends with NULL */
extern const char *const setup_waits[];       /* by enum rte_pmd_dlb_wait, ends with NULL */
extern const char *const setup_shares[];      /* names of the classes' shares, ends with NULL */

struct setup_queue {
	enum setup_queue_type type;
	uint32_t priority; /* 0 (highest) to 255 */
	uint32_t weight, affinity;
	uint32_t flows;     /* atomic ones tracked at once */
	uint32_t sequences; /* of order */
	struct rte_pmd_dlb_queue_conf tuning;
};

struct setup_port {
	uint32_t dequeue_depth, enqueue_depth;
	uint32_t threshold; /* of new events; 0: the device's limit */
	bool releases_explicitly;
	bool watched; /* has had a watchdog since the start */
	struct rte_pmd_dlb_port_conf tuning;
	int16_t links[SETUP_IDS_MAX]; /* priority, or SETUP_NO_LINK */
};

struct setup {
	uint8_t dev_id;
	bool started;
	uint32_t events;                          /* limit */
	uint32_t timeout_ns;                      /* of a dequeue; 0: it does not wait */
	bool has_bandwidth;                       /* it has been set; else it is the device's */
	uint8_t bandwidth[RTE_PMD_DLB_COS_COUNT]; /* percent of each class of service */
	uint32_t nb_queues, nb_ports;
	struct setup_queue queues[SETUP_IDS_MAX];
	struct setup_port ports[SETUP_IDS_MAX];
};

void setup_init(struct setup *setup, uint8_t dev_id);
/* As new, but for what the device keeps: the bandwidth. */
void setup_clear(struct setup *setup);
void setup_queue_default(struct setup_queue *queue);
void setup_port_default(struct setup_port *port);

/** @return links of a port. */
uint32_t setup_port_links(const struct setup *setup, uint32_t port);
bool setup_queue_is_directed(const struct setup *setup, uint32_t queue);

/**
 * Configure the device as noted, and start it.
 *
 * @param[out] step
 *   What failed, for the user.
 * @return
 *   0, or a negative errno: then the device is stopped.
 */
int setup_start(struct setup *setup, const char **step);
void setup_stop(struct setup *setup);

/* Changes of a started device; all return 0 or a negative errno, and then change nothing. */
int setup_link(struct setup *setup, uint32_t port, uint32_t queue, uint32_t priority);
int setup_unlink(struct setup *setup, uint32_t port, uint32_t queue);
int setup_queue_set(struct setup *setup, uint32_t queue, const struct setup_queue *wanted);
/* The same for any device, stopped or not. */
int setup_bandwidth_set(struct setup *setup, const uint8_t wanted[RTE_PMD_DLB_COS_COUNT]);

/* The whole set-up; the members are the keys of the commands that make it. Returns the member "domain". */
struct json *setup_add_json(const struct setup *setup, struct json *object);

#endif /* TESTDLB_SETUP_H */

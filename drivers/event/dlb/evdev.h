/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An event device: what was configured, and the hardware that stands behind it while it is started.
 *
 * Set-up calls only record and check; rte_event_dev_start() knows every queue, port and link, builds a
 * scheduling domain from them, and rte_event_dev_stop() takes it down. So queues and ports can be set
 * up again in any order, and a start that fails leaves nothing behind.
 */
#ifndef DLB_EVDEV_H
#define DLB_EVDEV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <eventdev_pmd.h>
#include <rte_eventdev.h>
#include <rte_spinlock.h>

#include "dlb_pf.h"

#include "alarms.h"
#include "credits.h"
#include "devargs.h"
#include "hot.h"
#include "pending.h"
#include "port.h"
#include "timers.h"
#include "watchdog.h"

struct dlb_backend_ops;
struct dlb_function;

#define DLB_EVDEV_QUEUES_MAX (DLB_LDB_QUEUES + DLB_DIR_PORTS_MAX)
#define DLB_EVDEV_DEPTH_MAX 128 /* of a dequeue or enqueue burst */
#define DLB_SPARES_MAX 16

/* Statistics of the device, of each port and of each queue; see xstats.c. */
#define DLB_XSTATS_DEV 14
#define DLB_XSTATS_PORT 12
#define DLB_XSTATS_QUEUE 6
#define DLB_XSTATS_MAX                                                    \
	(DLB_XSTATS_DEV + DLB_XSTATS_PORT * RTE_EVENT_MAX_PORTS_PER_DEV + \
	 DLB_XSTATS_QUEUE * DLB_EVDEV_QUEUES_MAX)

/* A hardware port that no event port has. */
struct dlb_cq {
	struct dlb_port *port;
	uint16_t depth;
	uint32_t index; /* of the entry that the next reader reads first */
};

struct dlb_event_queue {
	struct rte_event_queue_conf conf;
	struct dlb_queue_tuning tuning;
	bool configured;
	/* While started. */
	struct dlb_queue *queue;
	struct dlb_cq directed;                  /* hardware port that a single-link queue feeds */
	uint16_t sequence_numbers;               /* granted */
	uint64_t latency_p50_ns, latency_p99_ns; /* as last measured */
};

struct dlb_evdev {
	char name[RTE_EVENTDEV_NAME_MAX_LEN];
	struct rte_eventdev_data *data;
	struct dlb_devargs args;
	enum dlb_gen gen;

	struct dlb_function *function;
	struct dlb_bus *bus; /* the function's, as are the next two */
	const struct dlb_backend_ops *backend;
	struct dlb_device *device;
	struct dlb_alarms alarms;
	int domain_id; /* while it runs, else DLB_DOMAIN_NONE; under the function's lock */
	enum dlb_transport transport;
	enum dlb_isa isa; /* chosen when the device is started, as is what follows */
	const struct dlb_hot_ops *hot;

	struct dlb_event_queue queues[DLB_EVDEV_QUEUES_MAX];
	uint8_t nb_queues;
	uint8_t nb_ports;

	/* While started. */
	struct dlb_domain *domain;
	struct dlb_credit_pool credits;
	struct dlb_credit_pool directed_credits;
	struct dlb_routes routes;
	uint8_t event_queues[DLB_LDB_QUEUES] __rte_aligned(16); /* of hardware queues */
	uint8_t no_queues[DLB_LDB_QUEUES] __rte_aligned(16);    /* 0: of directed ports */
	uint64_t xstats_base[DLB_XSTATS_MAX]; /* of counters, by id: what they were when reset */
	struct dlb_timers timers;
	struct dlb_event_port internal; /* what timers enqueue through; without members: none */
	uint32_t links_pending;         /* links and unlinks that wait for completions */
	struct dlb_cq spares[DLB_SPARES_MAX]; /* load-balanced, for links while it runs */
	uint32_t nb_spares;
	struct dlb_watchdog watchdog;
	struct dlb_pending pending;
	rte_spinlock_t members_lock; /* of the members of ports while the device runs */
};

static inline struct dlb_evdev *
dlb_evdev_of(const struct rte_eventdev *dev)
{
	return dev->data->dev_private;
}

static inline struct dlb_event_port *
dlb_evdev_port(const struct dlb_evdev *evdev, uint32_t id)
{
	return evdev->data->ports[id];
}

/* The first port from *id on that has been set up; *id is then one past it. NULL behind the last one. */
static inline struct dlb_event_port *
dlb_evdev_next_port(const struct dlb_evdev *evdev, uint32_t *id)
{
	while (*id < evdev->nb_ports) {
		struct dlb_event_port *port = evdev->data->ports[(*id)++];

		if (port != NULL)
			return port;
	}
	return NULL;
}

static inline bool
dlb_event_queue_is_single_link(const struct dlb_event_queue *queue)
{
	return queue->conf.event_queue_cfg & RTE_EVENT_QUEUE_CFG_SINGLE_LINK;
}

/* evdev.c */
size_t dlb_evdev_private_size(void);
/**
 * Make an event device of a slot of the library, on a function. Of the arguments, those that are the
 * function's are not looked at.
 *
 * @return
 *   0, or a negative errno: the function is as it was then.
 */
int dlb_evdev_create(struct rte_eventdev *dev, const char *name, const struct dlb_devargs *args,
		     struct dlb_function *function);
int dlb_evdev_close(struct rte_eventdev *dev);
/** @return 0, or logged -ENODEV: a closed device waits for its removal. */
int dlb_evdev_check_open(const struct dlb_evdev *evdev);
/** The data path for this process: in a secondary one, functions have other addresses than the primary's. */
const struct dlb_hot_ops *dlb_evdev_hot_find(const struct dlb_evdev *evdev);
/** Choose the variant of the data path, and let the library call it. */
void dlb_evdev_choose_variant(struct rte_eventdev *dev);
/** Before a device is removed: stop it, if somebody still runs it. */
void dlb_evdev_stop_by_name(const char *name);

/* config.c */
void dlb_evdev_info_get(struct rte_eventdev *dev, struct rte_event_dev_info *info);
int dlb_evdev_configure(const struct rte_eventdev *dev);
int dlb_evdev_timeout_ticks(struct rte_eventdev *dev, uint64_t ns, uint64_t *ticks);

/* queue.c, the event queues */
void dlb_event_queue_def_conf(struct rte_eventdev *dev, uint8_t id,
			      struct rte_event_queue_conf *conf);
int dlb_event_queue_setup(struct rte_eventdev *dev, uint8_t id,
			  const struct rte_event_queue_conf *conf);
void dlb_event_queue_release(struct rte_eventdev *dev, uint8_t id);
int dlb_event_queue_attr_set(struct rte_eventdev *dev, uint8_t id, uint32_t attribute,
			     uint64_t value);

/* port.c, the event ports */
void dlb_event_port_def_conf(struct rte_eventdev *dev, uint8_t id,
			     struct rte_event_port_conf *conf);
int dlb_event_port_setup(struct rte_eventdev *dev, uint8_t id,
			 const struct rte_event_port_conf *conf);
void dlb_event_port_release(void *port);

/* link.c */
int dlb_event_port_link(struct rte_eventdev *dev, void *port, const uint8_t queues[],
			const uint8_t priorities[], uint16_t nb_links);
int dlb_event_port_unlink(struct rte_eventdev *dev, void *port, uint8_t queues[],
			  uint16_t nb_unlinks);
/* In a profile: 0 to DLB_PROFILES_MAX - 1. Those above mean profile 0. */
int dlb_event_port_link_profile(struct rte_eventdev *dev, void *port, const uint8_t queues[],
				const uint8_t priorities[], uint16_t nb_links, uint8_t profile);
int dlb_event_port_unlink_profile(struct rte_eventdev *dev, void *port, uint8_t queues[],
				  uint16_t nb_unlinks, uint8_t profile);
int dlb_event_port_unlinks_in_progress(struct rte_eventdev *dev, void *port);
int dlb_evdev_links_check(const struct dlb_evdev *evdev);
/* Finish what can be finished; idle ports come back here while anything is left. */
void dlb_evdev_links_poll(struct dlb_evdev *evdev);
void dlb_evdev_links_forget(struct dlb_evdev *evdev, uint32_t queue);
/* The priority of a queue is another now: links that take it follow. */
void dlb_evdev_links_reprioritize(struct dlb_evdev *evdev, uint32_t queue);
uint32_t dlb_event_link_priority(const struct dlb_evdev *evdev, const struct dlb_links *links,
				 uint32_t queue);
/* Links to load-balanced queues. */
uint16_t dlb_links_nb_ldb(const struct dlb_evdev *evdev, const struct dlb_links *links);

/* profile.c: which CQs of a port are on, by the profile that is active */
/* All that the active profile has, or none. */
void dlb_event_port_enable(struct dlb_event_port *port, bool enable);
void dlb_event_port_member_enable(struct dlb_event_port *port, const struct dlb_member *m);
/* By the core that polls the port. Returns 0, or -EINVAL. */
int dlb_event_port_profile_switch(void *port, uint8_t profile);

/* start.c, stop.c */
int dlb_evdev_start(struct rte_eventdev *dev);
void dlb_evdev_stop(struct rte_eventdev *dev);
void dlb_evdev_teardown(struct dlb_evdev *evdev);
/* A port that no application sees, on the hardware port of a single-link queue without a link. */
void dlb_event_port_borrow(struct dlb_evdev *evdev, uint8_t queue, struct dlb_event_port *port);

/* quiesce.c: a port that its core leaves, until somebody dequeues from it again */
void dlb_event_port_quiesce(struct rte_eventdev *dev, void *port, rte_eventdev_port_flush_t flush,
			    void *arg);
void dlb_event_port_resume(struct dlb_event_port *port);

/* preschedule.c: when a port pays the tokens of what it has read */
void dlb_member_preschedule(const struct dlb_event_port *port, struct dlb_member *m);
/* By the core that polls the port. Returns 0, or -EBUSY for what a port in an event loop cannot have. */
int dlb_event_port_preschedule_set(void *port, enum dlb_preschedule preschedule);
/* Once, now; where it is the device's to choose the time, only if the port holds nothing. */
void dlb_event_port_preschedule(void *port, bool adaptive);
/* Pay all from now on: nothing is to be left. */
void dlb_event_port_keep_nothing(struct dlb_event_port *port);

/* members.c; with members_lock held, but for dlb_event_port_attend() */
/* A port's next member, which it does not have before it is published. */
struct dlb_member *dlb_event_port_member_init(struct dlb_event_port *port, const struct dlb_cq *cq,
					      uint32_t queue, uint8_t profile);
void dlb_event_port_member_publish(struct dlb_event_port *port);
/* While the device runs. Return 0, or what rte_errno is to be. */
int dlb_event_port_take_directed(struct dlb_evdev *evdev, struct dlb_event_port *port,
				 uint32_t queue);
int dlb_event_port_take_spare(struct dlb_evdev *evdev, struct dlb_event_port *port, uint8_t profile,
			      uint32_t queue);
/* Whether some port polls the hardware port of a single-link queue. */
bool dlb_event_queue_is_held(const struct dlb_evdev *evdev, uint32_t queue);
/* Members that the port gives up, but still has. */
uint32_t dlb_event_port_nb_unlinked(const struct dlb_event_port *port);
/* Ask the core that polls the port to attend to it when it is idle. */
void dlb_event_port_call(struct dlb_event_port *port);
void dlb_event_port_attend(struct dlb_event_port *port);

/* sequence_plan.c */
int dlb_evdev_plan_sequences(struct dlb_evdev *evdev);

/* selftest.c */
int dlb_evdev_selftest(void);

/* xstats.c, dump.c */
int dlb_evdev_xstats_get(const struct rte_eventdev *dev, enum rte_event_dev_xstats_mode mode,
			 uint8_t queue_port_id, const uint64_t ids[], uint64_t values[],
			 unsigned int n);
int dlb_evdev_xstats_get_names(const struct rte_eventdev *dev, enum rte_event_dev_xstats_mode mode,
			       uint8_t queue_port_id, struct rte_event_dev_xstats_name *names,
			       uint64_t *ids, unsigned int size);
uint64_t dlb_evdev_xstats_get_by_name(const struct rte_eventdev *dev, const char *name,
				      uint64_t *id);
int dlb_evdev_xstats_reset(struct rte_eventdev *dev, enum rte_event_dev_xstats_mode mode,
			   int16_t queue_port_id, const uint64_t ids[], uint32_t nb_ids);
void dlb_evdev_dump(struct rte_eventdev *dev, FILE *file);

#endif /* DLB_EVDEV_H */

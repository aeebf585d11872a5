/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The physical-function layer: owns one device behind a struct dlb_bus and hands out scheduling
 * domains, queues, ports and links. See the guide, chapter "The PF layer".
 *
 * Every function takes the device's lock, unless it says otherwise; none is meant for the data
 * path. All that can fail return 0 or a negative errno, and have then logged one line that names
 * the setting, its value and what would be accepted, and left ledger and device as they were.
 */
#ifndef DLB_PF_H
#define DLB_PF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "dlb_bus.h"
#include "dlb_hw.h"
#include "dlb_qe.h"
#include "dlb_reg.h"

struct dlb_device;
struct dlb_domain;
struct dlb_queue;
struct dlb_port;

#define DLB_DOMAIN_NONE (-1)

/* Who owns a resource. Virtual functions and devices served to others get ids of their own. */
#define DLB_CLIENT_PF 0

enum dlb_log_level { DLB_LOG_ERROR, DLB_LOG_WARNING, DLB_LOG_INFO, DLB_LOG_DEBUG };

struct dlb_log {
	void (*write)(void *arg, enum dlb_log_level level, const char *format, va_list ap);
	void *arg;
};

/* Device */

struct dlb_device_conf {
	struct dlb_log log;
	enum dlb_cq_mode cq_mode[DLB_KIND_COUNT];
	uint8_t cos_bandwidth[DLB_COS_COUNT]; /* percent; all 0 keeps the reset value, 25 each */
	uint8_t qe_starvation_avoidance;      /* percent of scheduling decisions, 0 to 100 */
	uint8_t queue_starvation_avoidance;   /* the same, between the queues of a CQ */
	bool spread_ports;                    /* hand out LDB ports so that neighbours stay apart */
	bool bus_has_reset; /* the bus reset the function just now: skip the FLR */
};

/* What the ledger has left, for all owners. */
struct dlb_free_counts {
	uint16_t domains;
	uint16_t queues[DLB_KIND_COUNT];
	uint16_t ports[DLB_KIND_COUNT];
	uint16_t cos_ports[DLB_COS_COUNT];
	uint16_t credits[DLB_KIND_COUNT]; /* one shared pool: in DLB_LDB */
	uint16_t aqed_entries;
	uint16_t hist_entries;
	uint16_t hist_entries_contiguous;
	uint16_t sn_slots[DLB_SN_GROUPS];
};

/**
 * Power a device up, reset it, and program what holds for all its domains.
 *
 * The bus must outlive the device. Configuration space is restored after the reset, PASID is off.
 *
 * @return
 *   0, or: -EINVAL for a bad configuration, -ENODEV without the PCI ID and capabilities of a DLB,
 *   -EIO when configuration space cannot be accessed, -ETIMEDOUT when the device does not become
 *   ready or has transactions pending for good, -ENOMEM.
 */
int dlb_device_create(struct dlb_bus *bus, const struct dlb_device_conf *conf,
		      struct dlb_device **device);

/** Destroy all domains, reset the function, free. Never fails: what will not drain is reset. */
void dlb_device_destroy(struct dlb_device *device);

/**
 * Reset the function and program it again: the way out of the state that a failed domain reset
 * leaves.
 *
 * @return
 *   0, or: -EBUSY while a domain that works exists, else as dlb_device_create().
 */
int dlb_device_reset(struct dlb_device *device);

/** True after a domain reset failed: no domain can be created until dlb_device_reset(). */
bool dlb_device_has_failed(struct dlb_device *device);

void dlb_device_free_counts(struct dlb_device *device, struct dlb_free_counts *counts);

/**
 * Finish the links and unlinks that were waiting for completions and can go on now.
 *
 * @return
 *   Those that still wait. Whoever links or unlinks on a started domain calls this until it is 0;
 *   it does not sleep.
 */
int dlb_device_poll(struct dlb_device *device);
/** The same for the links of one domain. */
int dlb_domain_poll(struct dlb_domain *domain);

/**
 * Read or write any register, by row: for dumps and tests. Reading one that is absent gives 0,
 * writing one, or bits that cannot be written, -EINVAL. The PF layer does not learn of what is
 * written here.
 */
uint32_t dlb_device_csr_read(struct dlb_device *device, enum dlb_reg reg, uint32_t index);
int dlb_device_csr_write(struct dlb_device *device, enum dlb_reg reg, uint32_t index,
			 uint32_t value);

/* Watchdogs: a CQ that has entries, and gets no token back for a while */

/** The time of all watchdogs of a device, up to 1,000,000 ms. */
void dlb_watchdog_time_set(struct dlb_device *device, uint32_t timeout_ms);

/** @return 0, or -ENOTSUP: directed ports from the 65th on have none. */
int dlb_port_watchdog_set(struct dlb_port *port, bool on);

/** Whether the port's watchdog has expired since this was asked last. It goes on. */
bool dlb_port_watchdog_take(struct dlb_port *port);

/* Alarms */

enum dlb_alarm_kind {
	DLB_ALARM_ILLEGAL_QID,     /* a queue that the port's domain may not write */
	DLB_ALARM_DISABLED_QID,    /* a queue that is not valid */
	DLB_ALARM_ILLEGAL_HCW,     /* a command that does not exist, or not for that port */
	DLB_ALARM_ILLEGAL_ENQUEUE, /* completion without an event, bad fragment, or no credit */
	DLB_ALARM_EXCESS_TOKENS,   /* more tokens than the CQ is owed */
	DLB_ALARM_OTHER_QE,        /* anything else that is wrong with a QE */
	DLB_ALARM_DEVICE,          /* watchdogs, and what is wrong with the device */
	DLB_ALARM_COUNT
};

struct dlb_alarm {
	enum dlb_alarm_kind kind;
	uint32_t word; /* the syndrome, as the register had it */
	bool more;     /* others came before this one was read, and are lost */
	/* Of a QE: the producer port that sent it, and the QE without its data. */
	enum dlb_kind port_kind;
	uint32_t port;
	int domain; /* that the port is of, or DLB_DOMAIN_NONE */
	struct dlb_qe qe;
};

/* Let the device report QEs that fail a check; it resets to silence. */
void dlb_alarms_enable(struct dlb_device *device);
/** @return false when there is none, and the device may interrupt again. */
bool dlb_alarm_take(struct dlb_device *device, struct dlb_alarm *alarm);
const char *dlb_alarm_name(enum dlb_alarm_kind kind);
/** @return an eventfd, the bus's own, that is readable after an alarm; or a negative errno. */
int dlb_alarm_fd(struct dlb_device *device);

/**
 * Share scheduling decisions among the classes of service, in percent; also after a reset.
 *
 * @return
 *   0, or -EINVAL for a sum of 0 or above 100.
 */
int dlb_cos_bandwidth_set(struct dlb_device *device, const uint8_t percent[DLB_COS_COUNT]);

/* QEs that the device has scheduled to CQs of each kind since its reset. */
void dlb_device_scheduled(struct dlb_device *device, uint64_t scheduled[DLB_KIND_COUNT]);

/* Sequence-number groups */

/**
 * Set how many sequence numbers each ordered queue of a group gets: 64, 128, 256, 512 or 1024.
 *
 * @return
 *   0, or: -EINVAL for a bad group or count, -EPERM while a slot of the group is in use.
 */
int dlb_sn_group_set(struct dlb_device *device, uint32_t group, uint32_t sequence_numbers);
/** @return sequence numbers per queue, or -EINVAL. */
int dlb_sn_group_get(struct dlb_device *device, uint32_t group);
/** @return slots in use, or -EINVAL. */
int dlb_sn_group_occupancy(struct dlb_device *device, uint32_t group);
/**
 * See that a queue with that many sequence numbers can be created: use a group that is set so and
 * has a free slot, else set an unused group so.
 *
 * @return
 *   0, or: -EINVAL for a bad count, -ENOSPC.
 */
int dlb_sn_group_fit(struct dlb_device *device, uint32_t sequence_numbers);

/* Scheduling domain */

struct dlb_domain_conf {
	uint8_t client;
	uint16_t queues[DLB_KIND_COUNT];   /* directed: at most as many as ports */
	uint16_t ports[DLB_KIND_COUNT];    /* LDB: from any class; directed: port/queue pairs */
	uint16_t cos_ports[DLB_COS_COUNT]; /* LDB ports from this class, on top of ports[DLB_LDB] */
	bool cos_strict;                   /* a class that is short may not borrow from the next */
	uint16_t credits[DLB_KIND_COUNT];  /* one shared pool: DLB_LDB, and DLB_DIR must be 0 */
	uint16_t aqed_entries;
	uint16_t hist_entries;
};

/**
 * Take resources for a domain.
 *
 * @return
 *   0, or: -EINVAL for a bad configuration, -ENOSPC when the device has not that much left, -EIO
 *   after a failed domain reset (dlb_device_reset() mends that), -ENOMEM.
 */
int dlb_domain_create(struct dlb_device *device, const struct dlb_domain_conf *conf,
		      struct dlb_domain **domain);

/**
 * Let the domain's ports enqueue to its queues.
 *
 * @return
 *   0, or: -EBUSY if it has started, -EINVAL for a directed queue without its port, or for
 *   load-balanced queues without a load-balanced port: nothing could take their events out.
 */
int dlb_domain_start(struct dlb_domain *domain);

/**
 * Drain, reset and give back the domain with all its queues and ports. Nobody may write to its
 * producer ports any more.
 *
 * @return
 *   0, or -EIO when the hardware would not drain: the domain is gone for its owner, but keeps its
 *   resources and CQ memory (the device may still write there) until dlb_device_reset().
 */
int dlb_domain_destroy(struct dlb_domain *domain);

uint32_t dlb_domain_id(const struct dlb_domain *domain);

/* What a domain has been given. */
struct dlb_domain_stats {
	uint16_t queues[DLB_KIND_COUNT], ports[DLB_KIND_COUNT]; /* created */
	uint16_t credits[DLB_KIND_COUNT];                       /* one shared pool: in DLB_LDB */
	uint32_t credits_left[DLB_KIND_COUNT];
	uint16_t aqed_entries, hist_entries;
};

void dlb_domain_stats(struct dlb_domain *domain, struct dlb_domain_stats *stats);

/* Queue */

struct dlb_queue_conf {
	enum dlb_kind kind;
	uint16_t depth_threshold; /* of the depth class in CQ entries, up to 8191 */
	/* Load-balanced queues only; 0 for directed ones. */
	uint16_t sequence_numbers; /* 0: not ordered; else 64 to 1024, and a group must be set so */
	uint16_t inflights; /* QEs scheduled and not completed: 1 to 2048, or up to the numbers */
	uint16_t aqed_entries; /* 0: not atomic */
	uint16_t flow_limit;   /* flows tracked at once, 1 to 2047; 0: 512 */
	uint32_t lock_ids;     /* distinct locks: 0 or 65536 for all, 64 to 4096 to hash */
	/* Directed queues only. */
	struct dlb_port *port; /* the port it feeds, or NULL if that is created later */
};

/**
 * Create a queue in a domain that has not been started.
 *
 * @return
 *   0, or: -EINVAL for a bad configuration, -EBUSY once the domain has started, -ENOSPC when the
 *   domain has no such queue, too few AQED entries, or no sequence-number slot of that size.
 */
int dlb_queue_create(struct dlb_domain *domain, const struct dlb_queue_conf *conf,
		     struct dlb_queue **queue);

/** Number in the hardware. Needs no lock. */
uint32_t dlb_queue_id(const struct dlb_queue *queue);
enum dlb_kind dlb_queue_kind(const struct dlb_queue *queue);

struct dlb_queue_stats {
	uint32_t depth;     /* QEs stored and not scheduled */
	uint32_t inflights; /* scheduled and not completed; 0 for a directed queue */
	uint32_t max_depth; /* of the part that the hardware records: not the atomic one */
	uint64_t enqueued;
};

void dlb_queue_stats(struct dlb_queue *queue, struct dlb_queue_stats *stats);

/* Port */

#define DLB_COS_ANY 0xff

struct dlb_port_conf {
	enum dlb_kind kind;
	uint16_t cq_depth; /* in QEs: a power of two, 1 to 1024 */
	/* Load-balanced ports only; 0 for directed ones. */
	uint16_t hist_entries; /* QEs the port may hold uncompleted */
	uint8_t cos;           /* class of service, or DLB_COS_ANY */
	bool cos_strict;
	uint16_t cq_weight_limit;    /* 2.5: load at which the CQ is full, 1 to cq_depth; 0: off */
	uint16_t inflight_threshold; /* 2.5: where a full CQ goes on, 1 to hist_entries; 0: off */
	/* Directed ports only. */
	struct dlb_queue *queue; /* the queue that feeds it, or NULL if that is created later */
};

/**
 * Create a port in a domain that has not been started, with its CQ enabled.
 *
 * @return
 *   0, or: -EINVAL for a bad configuration, -EBUSY once the domain has started, -ENOSPC when the
 *   domain has no such port or too few history entries left, -ENOTSUP for what only 2.5 has,
 *   -ENOMEM when the CQ cannot be allocated.
 */
int dlb_port_create(struct dlb_domain *domain, const struct dlb_port_conf *conf,
		    struct dlb_port **port);

/* What the data path needs. Needs no lock. */
uint32_t dlb_port_id(const struct dlb_port *port);
enum dlb_kind dlb_port_kind(const struct dlb_port *port);
void *dlb_port_pp(const struct dlb_port *port);
const void *dlb_port_cq(const struct dlb_port *port);

struct dlb_port_stats {
	uint32_t inflights; /* scheduled and not completed; 0 for a directed port */
	uint32_t tokens;    /* scheduled and not popped */
	uint64_t scheduled;
};

void dlb_port_stats(struct dlb_port *port, struct dlb_port_stats *stats);

/** Stop or resume scheduling to a port. In effect when it returns. Returns 0. */
int dlb_port_enable(struct dlb_port *port, bool enable);

/* Interrupts of CQs */

/**
 * Take an interrupt vector, for one CQ or for several that one thread waits on.
 *
 * @param[out] vector
 *   For dlb_port_interrupt_set() and dlb_vector_put().
 * @param[out] fd
 *   An eventfd that is readable once an armed CQ of the vector has QEs. The device's own: do not
 *   close.
 * @return
 *   0, or: -ENOSPC when all are taken, -ENOTSUP when the bus has no interrupts, or the bus's errno.
 */
int dlb_vector_take(struct dlb_device *device, uint32_t *vector, int *fd);
void dlb_vector_put(struct dlb_device *device, uint32_t vector);

/**
 * Let a CQ interrupt, once each time that it is armed (DLB_CMD_ARM to its producer port), when it
 * holds as many QEs as the threshold says that are not paid for with tokens.
 *
 * @param threshold
 *   1 to the CQ's depth; 0: no interrupts.
 * @return
 *   0, or -EINVAL.
 */
int dlb_port_interrupt_set(struct dlb_port *port, uint32_t vector, uint32_t threshold);

/* Links between load-balanced queues and ports */

/**
 * Let a port serve a queue; change the priority if it does already. Cancels an unlink of that queue
 * that still waits.
 *
 * On a started domain the link may be pending when this returns: until the queue's inflight QEs are
 * completed nothing is scheduled from it. See dlb_device_poll().
 *
 * @param priority
 *   0 (highest) to 7, among the queues of the port.
 * @return
 *   0, or: -EINVAL for a bad priority, or a queue and port that are not load-balanced or not of one
 *   domain, -EBUSY while unlinks of other queues from the port wait, -ENOSPC with 8 queues.
 */
int dlb_link(struct dlb_port *port, struct dlb_queue *queue, uint32_t priority);

/**
 * Undo dlb_link(), also one that is pending. On a started domain the unlink may be pending when
 * this returns: the port gets nothing until its inflight QEs are completed, and keeps what it has.
 *
 * @return
 *   0, or -EINVAL when the port does not serve the queue.
 */
int dlb_unlink(struct dlb_port *port, struct dlb_queue *queue);

/** @return links and unlinks of the port that wait for completions. Tries to finish them first. */
int dlb_port_links_pending(struct dlb_port *port);
int dlb_port_unlinks_pending(struct dlb_port *port);

#endif /* DLB_PF_H */

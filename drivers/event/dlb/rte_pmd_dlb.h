/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a DLB can do and the event device library has no call for: look at it closely, and break it on
 * purpose where it is a model. See the guide, chapter "DLB's own functions".
 *
 * Every function takes the id of an event device. It returns a negative errno if it fails, after one
 * line in the log that says what was asked and what would be accepted:
 * - -ENODEV: no event device has that id, or its driver is another one;
 * - -ENOTSUP: this device, or its generation, lacks what was asked for;
 * - -EINVAL: a bad argument, named in the log.
 * A function names the other errors that it knows. Functions may be called from any thread, at any time,
 * unless they say otherwise; none is meant for the data path, unless it says so.
 */
#ifndef RTE_PMD_DLB_H
#define RTE_PMD_DLB_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_eventdev.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RTE_PMD_DLB_NAME_BYTES 64
#define RTE_PMD_DLB_WORD_BYTES 16 /**< of a name from a fixed list */

/** The two kinds of hardware queue and port. */
enum rte_pmd_dlb_kind {
	RTE_PMD_DLB_LDB, /**< load-balanced */
	RTE_PMD_DLB_DIR, /**< directed: what a SINGLE_LINK queue uses */
	RTE_PMD_DLB_KINDS
};

/* Descriptions: guide section "Inspection" */

/** A device, and what of it is still free. */
struct rte_pmd_dlb_device {
	char name[RTE_PMD_DLB_NAME_BYTES];
	char hw[RTE_PMD_DLB_WORD_BYTES];      /**< generation: "2.0" or "2.5" */
	char backend[RTE_PMD_DLB_WORD_BYTES]; /**< "embedded", or how the PCI device is reached */
	char sched
		[RTE_PMD_DLB_WORD_BYTES]; /**< who runs it: "hardware", "inline", "service", ... */
	char cq_mode[RTE_PMD_DLB_WORD_BYTES]; /**< "dense" or "sparse" CQ entries */
	bool embedded;                        /**< a model: faults can be injected */
	bool started;
	uint8_t nb_queues;      /**< event queues configured */
	uint8_t nb_ports;       /**< event ports configured */
	int32_t events_limit;   /**< events; 0 until the first start */
	int32_t events_free;    /**< that nobody holds, in events */
	uint32_t links_pending; /**< links and unlinks that wait for completions */
	/* What no scheduling domain has. */
	uint16_t free_domains;
	uint16_t free_queues[RTE_PMD_DLB_KINDS];
	uint16_t free_ports[RTE_PMD_DLB_KINDS];
	uint16_t free_credits[RTE_PMD_DLB_KINDS]; /**< one shared pool (2.5): in RTE_PMD_DLB_LDB */
	uint16_t free_hist_entries;
	uint16_t free_aqed_entries;
};

/** The scheduling domain of a started device. */
struct rte_pmd_dlb_domain {
	uint32_t id;
	uint16_t queues[RTE_PMD_DLB_KINDS];
	uint16_t ports[RTE_PMD_DLB_KINDS];
	uint32_t credits[RTE_PMD_DLB_KINDS];      /**< granted, in QEs */
	uint32_t credits_left[RTE_PMD_DLB_KINDS]; /**< as the device counts them now, in QEs */
	uint32_t hist_entries;
	uint32_t aqed_entries;
};

/** An event queue, and the hardware queue behind it while the device is started. */
struct rte_pmd_dlb_queue {
	bool configured;
	bool started; /**< the rest is valid */
	enum rte_pmd_dlb_kind kind;
	uint32_t hw_queue;
	uint16_t sequence_numbers; /**< 0: not ordered */
	uint32_t depth;            /**< events stored and not scheduled */
	uint32_t max_depth;        /**< of the part that the hardware records: not the atomic one */
	uint32_t inflights;        /**< events scheduled and not completed */
	uint64_t enqueued;         /**< events since the start */
};

/** A hardware port: an event port has one for every eight links, and one per SINGLE_LINK queue. */
struct rte_pmd_dlb_member {
	enum rte_pmd_dlb_kind kind;
	uint32_t hw_port;
	uint32_t cq_depth;    /**< entries */
	uint32_t cq_next;     /**< entry to be read next, never wrapped */
	uint32_t tokens;      /**< entries written and not paid for, as the device counts */
	uint32_t tokens_owed; /**< of those the ones that have been read */
	uint32_t inflights;   /**< events scheduled and not completed, as the device counts */
	uint32_t held;        /**< of those the ones that the application has */
	uint64_t scheduled;   /**< events since the start */
};

/** An event port. */
struct rte_pmd_dlb_port {
	bool configured;
	bool releases_implicitly;
	uint8_t nb_members; /**< hardware ports; 0 while the device is stopped */
	uint16_t nb_links;
	int32_t credits_cached; /**< events that the port may still enqueue by itself */
	int32_t new_event_threshold;
	uint16_t dequeue_depth;
	uint16_t enqueue_depth;
};

/** A link between an event queue and an event port. */
struct rte_pmd_dlb_link {
	uint8_t queue;
	uint8_t port;
	uint8_t member;   /**< hardware port of the event port */
	uint8_t priority; /**< 0 to 7, of the CQ's slot; 0 for a SINGLE_LINK queue */
	uint8_t profile;  /**< link profile of the event port */
};

/** @return 0, or a negative errno. */
int rte_pmd_dlb_device_get(uint8_t dev_id, struct rte_pmd_dlb_device *device);

/** @return 0, or a negative errno: -EAGAIN while the device is stopped and has no domain. */
int rte_pmd_dlb_domain_get(uint8_t dev_id, struct rte_pmd_dlb_domain *domain);

/** @return 0, or a negative errno. */
int rte_pmd_dlb_queue_get(uint8_t dev_id, uint8_t queue_id, struct rte_pmd_dlb_queue *queue);

/** @return 0, or a negative errno. */
int rte_pmd_dlb_port_get(uint8_t dev_id, uint8_t port_id, struct rte_pmd_dlb_port *port);

/** @return 0, or a negative errno. */
int rte_pmd_dlb_member_get(uint8_t dev_id, uint8_t port_id, uint8_t member,
			   struct rte_pmd_dlb_member *hw_port);

/**
 * All links, by port and then by queue.
 *
 * @param size
 *   Elements of links.
 * @return
 *   How many links there are, of which the first size are written; or a negative errno.
 */
int rte_pmd_dlb_links_get(uint8_t dev_id, struct rte_pmd_dlb_link links[], uint32_t size);

/**
 * Flows of atomic queues that are pinned to each port now: those of which it holds events, or has some in its
 * CQs, so that further ones come to it, too. Only a model tells; it stands still meanwhile, up to some 30 us
 * for each atomic queue.
 *
 * @param size
 *   Elements of flows.
 * @return
 *   How many ports there are, of which the first size are written; or a negative errno: -ENOTSUP without a
 *   model.
 */
int rte_pmd_dlb_flows_get(uint8_t dev_id, uint32_t flows[], uint32_t size);

/* Settings: guide section "Settings" */

#define RTE_PMD_DLB_COS_ANY (-1)
#define RTE_PMD_DLB_COS_COUNT 4

/** When a port pays the tokens of the CQ entries that it has read, so that more can come. */
enum rte_pmd_dlb_token_pop {
	RTE_PMD_DLB_TOKEN_POP_BATCH, /**< half a CQ at a time, or along with other QEs, or when idle */
	RTE_PMD_DLB_TOKEN_POP_NOW, /**< with each dequeue that got something */
	RTE_PMD_DLB_TOKEN_POPS
};

/** How a dequeue with a timeout waits. */
enum rte_pmd_dlb_wait {
	RTE_PMD_DLB_WAIT_DEFAULT,   /**< monitors or polls for a while, then sleeps */
	RTE_PMD_DLB_WAIT_POLL,      /**< polls */
	RTE_PMD_DLB_WAIT_MONITOR,   /**< UMWAIT on the CQ, where the CPU has it; else polls */
	RTE_PMD_DLB_WAIT_INTERRUPT, /**< sleeps at once */
	RTE_PMD_DLB_WAITS
};

/** What a port can be given beyond struct rte_event_port_conf. All 0, and cos ANY: the driver decides. */
struct rte_pmd_dlb_port_conf {
	uint16_t
		hist_entries; /**< events that each of its hardware ports may hold; see the guide */
	uint16_t cq_weight_limit;    /**< 2.5: load at which a CQ gets no more, up to its depth */
	uint16_t inflight_threshold; /**< 2.5: a CQ whose history was full goes on at that fill */
	int8_t cos;                  /**< class of service, 0 to 3 */
	enum rte_pmd_dlb_token_pop token_pop;
	enum rte_pmd_dlb_wait wait;
};

/** What a queue can be given beyond struct rte_event_queue_conf. All 0: the driver decides. */
struct rte_pmd_dlb_queue_conf {
	uint16_t depth_threshold; /**< events, up to 8191: see the guide */
	uint16_t aqed_entries; /**< atomic events staged at once, up to 2048; atomic queues only */
};

/**
 * Settings of a port, after rte_event_port_setup(), which sets them back, and before the start.
 *
 * @return
 *   0, or a negative errno: -EBUSY while the device runs. More than the hardware has is refused by the
 *   start.
 */
int rte_pmd_dlb_port_conf_set(uint8_t dev_id, uint8_t port_id,
			      const struct rte_pmd_dlb_port_conf *conf);
int rte_pmd_dlb_port_conf_get(uint8_t dev_id, uint8_t port_id, struct rte_pmd_dlb_port_conf *conf);

/** The same for a queue, after rte_event_queue_setup(). */
int rte_pmd_dlb_queue_conf_set(uint8_t dev_id, uint8_t queue_id,
			       const struct rte_pmd_dlb_queue_conf *conf);
int rte_pmd_dlb_queue_conf_get(uint8_t dev_id, uint8_t queue_id,
			       struct rte_pmd_dlb_queue_conf *conf);

/**
 * Share the device's scheduling decisions among the classes of service, at any time.
 *
 * @param percent
 *   Of each class: together at most 100, and at least 1.
 * @return
 *   0, or a negative errno.
 */
int rte_pmd_dlb_bandwidth_set(uint8_t dev_id, const uint8_t percent[RTE_PMD_DLB_COS_COUNT]);

/* Extras of events: guide section "Extras of events" */

#define RTE_PMD_DLB_FRAGMENTS_MAX 16 /**< of one event */

/** What an event can be given beyond struct rte_event. All 0: nothing. */
struct rte_pmd_dlb_extra {
	uint8_t weight; /**< 2.5: 1, 2, 4 or 8: load of the event on its CQ; see cq_weight_limit */
	/**
	 * Of a FORWARD: this is one more event that comes of the one it answers, which stays to be
	 * answered. It takes the place of that one in the order, before the answer and behind fragments that
	 * were sent earlier. Costs a credit, as NEW does.
	 */
	bool fragment;
};

/**
 * rte_event_enqueue_burst() with extras, for the data path of the thread that uses the port. Fragments are
 * for the oldest event that a hardware port of the port holds, which has come from a queue as ordered;
 * a device with answers=in_order does not know which have, and refuses all.
 *
 * @return
 *   Events enqueued. If they are less than n, rte_errno says why the next one was not: ENOSPC and EINVAL as
 *   for rte_event_enqueue_burst(); and, after a line in the log, ENOTSUP for what this generation or
 *   device lacks, EINVAL for an extra that does not fit the event, EAGAIN for a stopped device, ENODEV.
 */
uint16_t rte_pmd_dlb_enqueue_burst(uint8_t dev_id, uint8_t port_id, const struct rte_event ev[],
				   const struct rte_pmd_dlb_extra extra[], uint16_t n);

/**
 * How full the queue of an event was when the device scheduled it, against the queue's depth_threshold:
 * 0 up to half of it, 1 up to three quarters, 2 up to all of it, 3 more. For the data path of the thread
 * that dequeued the event, before it dequeues again.
 *
 * @param ev
 *   An event as it was dequeued from that port.
 * @return
 *   The class, or a negative errno: -ENOENT when the device has written over the entry meanwhile, -ENOTSUP,
 *   without a log line, for events of directed queues, of hardware ports past the fourth of a port,
 *   and of a device with answers=in_order: those do not say which entry they were.
 */
int rte_pmd_dlb_depth_class(uint8_t dev_id, uint8_t port_id, const struct rte_event *ev);

/* Event loops: guide section "Event loops" */

/**
 * The eventfd of a port, for the application's own poll() or epoll. It becomes readable when the port is
 * armed (rte_pmd_dlb_port_arm()) and has something to dequeue, whichever of its hardware ports that is on.
 * It is the driver's: do not close it, and ask again after each start. To be called by the thread that
 * uses the port, or while none does.
 *
 * @return
 *   The file descriptor, or a negative errno: -EAGAIN while the device is stopped; -ENOTSUP with
 *   wake_depth=0, or where the system has no interrupts for the port; -ENOSPC without a vector for it.
 */
int rte_pmd_dlb_port_eventfd(uint8_t dev_id, uint8_t port_id);

/**
 * Arm a port, which makes its eventfd unreadable first. From then on it becomes readable once, as soon as
 * the port has something to dequeue: at once if it has something by now, so no event is lost that came
 * after the last dequeue, and no dequeue is needed between arming and sleeping. It may also become readable
 * for nothing. To be called by the thread that uses the port, on the data path, after a dequeue that
 * found nothing and before it sleeps; does nothing to a port that is armed already.
 *
 * @return
 *   0, or a negative errno: -EAGAIN while the device is stopped, -EINVAL for a port whose eventfd nobody
 *   has asked for.
 */
int rte_pmd_dlb_port_arm(uint8_t dev_id, uint8_t port_id);

/* Latency: guide section "Latency" */

/** How long events waited in a queue. */
struct rte_pmd_dlb_latency {
	uint64_t events; /**< that came and went meanwhile; 0: the rest is 0, too */
	uint64_t p50_ns, p99_ns, max_ns;
	uint64_t resolution_ns; /**< longest time between two looks: no value is more exact */
};

/**
 * Watch a queue for a while, and say how long events waited in it: from when the device took them to when it
 * wrote them into a CQ. The data path does not notice. The xstats latency_p50_ns and latency_p99_ns of the
 * queue keep what was measured last.
 *
 * @param duration_us
 *   This call takes that long, up to 10 s. Events that wait longer are not seen.
 * @return
 *   0, or a negative errno: -EAGAIN when the device is stopped, -ENOMEM.
 */
int rte_pmd_dlb_queue_latency(uint8_t dev_id, uint8_t queue_id, uint32_t duration_us,
			      struct rte_pmd_dlb_latency *latency);

/* Watchdogs: guide section "Watchdogs" */

/**
 * Watch the CQs of a port until the device stops: when one has entries, and no token comes back for some
 * time, its worker hangs. That is logged once and counted each time (port xstat watchdog_expiries).
 *
 * @param timeout_ms
 *   The time, up to 1,000,000 ms, from now on for all ports of the device that have a watchdog. 0: stop
 *   watching this port.
 * @return
 *   0, or a negative errno: -EAGAIN while the device is stopped, -ENOTSUP for a port on a directed hardware
 *   port that has no watchdog.
 */
int rte_pmd_dlb_watchdog_set(uint8_t dev_id, uint8_t port_id, uint32_t timeout_ms);

/* Registers: guide section "Registers" */

#define RTE_PMD_DLB_FIELDS_MAX 32

/** What may be done with a register. */
enum rte_pmd_dlb_access {
	RTE_PMD_DLB_ACCESS_CONST,   /**< never changes */
	RTE_PMD_DLB_ACCESS_RW,      /**< holds what was written */
	RTE_PMD_DLB_ACCESS_LIVE,    /**< device state that may be written */
	RTE_PMD_DLB_ACCESS_STATUS,  /**< device state */
	RTE_PMD_DLB_ACCESS_COMMAND, /**< a write acts; reads as 0 */
	RTE_PMD_DLB_ACCESS_W1C,     /**< writing 1 clears */
};

/** A register of the device's generation, and its instances. */
struct rte_pmd_dlb_register {
	const char *name; /**< as the hardware's documents spell it */
	enum rte_pmd_dlb_access access;
	uint32_t offset; /**< of the first instance in BAR 2, in bytes */
	uint32_t count;  /**< instances; their indices are 0 to count - 1 */
	uint32_t
		inner; /**< of two indices: instances of the inner; index = outer * inner + inner */
	uint32_t reset; /**< value after a reset */
	uint32_t nb_fields;
	struct {
		const char *name;
		uint32_t mask;
	} fields[RTE_PMD_DLB_FIELDS_MAX];
};

/**
 * List the registers: rows 0 to one less than what this returns.
 *
 * @return
 *   How many registers the device's generation has, or a negative errno.
 */
int rte_pmd_dlb_register_count(uint8_t dev_id);

/** @return 0, or a negative errno: -EINVAL for a row that does not exist. */
int rte_pmd_dlb_register_get(uint8_t dev_id, uint32_t row, struct rte_pmd_dlb_register *reg);

/**
 * Find a register by its name, whatever the case of its letters.
 *
 * @return
 *   Its row, or a negative errno: -ENOENT when the generation has no such register.
 */
int rte_pmd_dlb_register_find(uint8_t dev_id, const char *name);

/**
 * Read one instance. Reading changes nothing.
 *
 * @return
 *   0, or a negative errno: -EINVAL for a row or an index that does not exist.
 */
int rte_pmd_dlb_register_read(uint8_t dev_id, uint32_t row, uint32_t index, uint32_t *value);

/**
 * Write one instance, for experiments: nothing is checked but that the bits can be written, and the driver
 * does not learn of it. Only a device with the argument register_write=1 takes it.
 *
 * @return
 *   0, or a negative errno: -EPERM without that argument, -EINVAL for a row or an index that does not exist
 *   and for bits that cannot be written.
 */
int rte_pmd_dlb_register_write(uint8_t dev_id, uint32_t row, uint32_t index, uint32_t value);

/* Experiments: guide section "Experiments" */

/** A QE, as it stands in a line of four that a producer port takes. */
struct rte_pmd_dlb_qe {
	uint64_t data;
	uint16_t opaque;
	uint8_t queue;    /**< hardware queue */
	uint8_t sched;    /**< schedule type, priority << 2, message type << 5 */
	uint16_t lock_id; /**< flow; of a token pop: tokens - 1 */
	uint8_t misc;
	uint8_t cmd; /**< see the guide's table of commands */
};

/**
 * Write a line of raw QEs to a producer port, as its core would. Nothing is checked: that is the point.
 * The driver does not know of it: tokens, completions and credits that the QEs take or give are not in
 * its books, and what the application does with the port afterwards may fail. The port's own thread must
 * not enqueue or dequeue meanwhile.
 *
 * @return
 *   0, or a negative errno: -EAGAIN while the device is stopped.
 */
int rte_pmd_dlb_qe_inject(uint8_t dev_id, uint8_t port_id, uint8_t member,
			  const struct rte_pmd_dlb_qe line[4]);

/**
 * Stop or resume scheduling to all CQs of a port, as if its consumer hung. Works on hardware, too.
 *
 * @return
 *   0, or a negative errno: -EAGAIN while the device is stopped.
 */
int rte_pmd_dlb_fault_stall(uint8_t dev_id, uint8_t port_id, bool stall);

/**
 * Let the next entry of a CQ arrive corrupt, with the error flag set. The driver discards it, answers for
 * it and counts it (port xstat corrupt_entries). Embedded devices only.
 *
 * @return
 *   0, or a negative errno: -EAGAIN while the device is stopped, -ENOTSUP without a model.
 */
int rte_pmd_dlb_fault_corrupt(uint8_t dev_id, uint8_t port_id, uint8_t member);

/**
 * Lose tokens: the device takes that many entries of a CQ for never paid, until it is stopped, as if a token
 * return had been dropped on its way. The CQ holds that many less. Embedded devices only.
 *
 * @param tokens
 *   1 up to what is left of the CQ's depth.
 * @return
 *   0, or a negative errno: -EAGAIN while the device is stopped, -ENOTSUP without a model.
 */
int rte_pmd_dlb_fault_tokens(uint8_t dev_id, uint8_t port_id, uint8_t member, uint16_t tokens);

/** A lint rule of the model, and how often it was broken. */
struct rte_pmd_dlb_lint {
	const char *name;
	uint64_t findings; /**< since the device was probed; 0 without lint=1 */
};

/**
 * What the model's lint mode has found. Embedded devices only.
 *
 * @param size
 *   Elements of rules.
 * @return
 *   How many rules there are, of which the first size are written; or a negative errno: -ENOTSUP without
 *   a model.
 */
int rte_pmd_dlb_lint_get(uint8_t dev_id, struct rte_pmd_dlb_lint rules[], uint32_t size);

#ifdef __cplusplus
}
#endif

#endif /* RTE_PMD_DLB_H */

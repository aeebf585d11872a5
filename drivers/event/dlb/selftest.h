/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the cases of the self test share: the device they find, ready and started, and traffic that gives
 * up in bounded time. One thread plays all workers.
 */
#ifndef DLB_EVDEV_SELFTEST_H
#define DLB_EVDEV_SELFTEST_H

#include <stdint.h>

#include <rte_eventdev.h>

#define SELFTEST_EVENTS 64
#define SELFTEST_LIMIT 256     /* of events in the system */
#define SELFTEST_THRESHOLD 128 /* of SELFTEST_PORT_SINGLE for NEW events */
#define SELFTEST_BURST 16
#define SELFTEST_POLLS_MAX 100000

enum selftest_queue {
	SELFTEST_ATOMIC,
	SELFTEST_ORDERED,
	SELFTEST_PARALLEL,
	SELFTEST_ALL_TYPES,
	SELFTEST_SINGLE, /* SINGLE_LINK */
	SELFTEST_LATE,   /* SINGLE_LINK, and linked to nobody */
	SELFTEST_QUEUES
};

enum selftest_port {
	SELFTEST_PORT_A, /* linked to all queues but SINGLE_LINK ones, and releases explicitly */
	SELFTEST_PORT_B, /* like it */
	SELFTEST_PORT_SINGLE,
	SELFTEST_PORTS
};

struct selftest_run {
	uint8_t dev_id;
	uint32_t flushed; /* events that a stop handed back */
};

struct selftest_case {
	const char *name;
	int (*run)(struct selftest_run *run, const struct selftest_case *c);
	uint8_t queue;
	uint8_t sched_type;
	uint16_t n;
};

/* 0, or -1 after a line in the log. */
int selftest_failed(const char *what, int64_t got, int64_t want);
int selftest_expect(const char *what, int64_t got, int64_t want);

/* Configure the device, with queues and ports as above, stopped. */
int selftest_configure(uint8_t dev_id);
int selftest_link(uint8_t dev_id);

struct rte_event selftest_event(uint8_t queue, uint8_t sched_type, uint32_t number);
/* Enqueue all, as often as it takes. */
int selftest_send(const struct selftest_run *run, uint8_t port, struct rte_event ev[], uint16_t n);
/* The same of that many events, numbered from 0, one at a time. */
int selftest_send_numbered(const struct selftest_run *run, uint8_t port, uint8_t queue,
			   uint8_t sched_type, uint16_t n);
/* One dequeue, after whatever runs the device has had a turn. */
uint16_t selftest_poll(const struct selftest_run *run, uint8_t port, struct rte_event ev[],
		       uint16_t n);
/* Dequeue until n have come. */
int selftest_receive(const struct selftest_run *run, uint8_t port, struct rte_event ev[],
		     uint16_t n);
/* One event, from whichever of ports A and B gets it, first asking the one that *port is not. */
int selftest_receive_one(const struct selftest_run *run, struct rte_event *ev, uint8_t *port);
int selftest_forward(const struct selftest_run *run, uint8_t port, struct rte_event ev[],
		     uint16_t n, uint8_t queue);
int selftest_release(const struct selftest_run *run, uint8_t port, struct rte_event ev[],
		     uint16_t n);
/* Nothing comes: for so many polls. */
int selftest_expect_nothing(const struct selftest_run *run, uint8_t port);

/* selftest_events.c */
int selftest_fields(struct selftest_run *run, const struct selftest_case *c);
int selftest_flow_order(struct selftest_run *run, const struct selftest_case *c);
int selftest_exclusive(struct selftest_run *run, const struct selftest_case *c);
int selftest_order_restored(struct selftest_run *run, const struct selftest_case *c);
int selftest_order_with_gaps(struct selftest_run *run, const struct selftest_case *c);
int selftest_shared(struct selftest_run *run, const struct selftest_case *c);
int selftest_event_priority(struct selftest_run *run, const struct selftest_case *c);
int selftest_forward_call(struct selftest_run *run, const struct selftest_case *c);
int selftest_limit(struct selftest_run *run, const struct selftest_case *c);
int selftest_threshold(struct selftest_run *run, const struct selftest_case *c);
int selftest_bad_event(struct selftest_run *run, const struct selftest_case *c);
int selftest_stray(struct selftest_run *run, const struct selftest_case *c);
int selftest_timeout(struct selftest_run *run, const struct selftest_case *c);

/* selftest_control.c */
int selftest_info(struct selftest_run *run, const struct selftest_case *c);
int selftest_attribute(struct selftest_run *run, const struct selftest_case *c);
int selftest_bad_attribute(struct selftest_run *run, const struct selftest_case *c);
int selftest_unlink(struct selftest_run *run, const struct selftest_case *c);
int selftest_late_link(struct selftest_run *run, const struct selftest_case *c);
int selftest_quiesce(struct selftest_run *run, const struct selftest_case *c);
int selftest_statistics(struct selftest_run *run, const struct selftest_case *c);
int selftest_dump(struct selftest_run *run, const struct selftest_case *c);
int selftest_stop(struct selftest_run *run, const struct selftest_case *c);
int selftest_restart(struct selftest_run *run, const struct selftest_case *c);
int selftest_set_up_again(struct selftest_run *run, const struct selftest_case *c);
int selftest_failed_start(struct selftest_run *run, const struct selftest_case *c);
int selftest_refused_setup(struct selftest_run *run, const struct selftest_case *c);
int selftest_many_links(struct selftest_run *run, const struct selftest_case *c);

#endif /* DLB_EVDEV_SELFTEST_H */

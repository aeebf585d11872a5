/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every test of the driver needs: EAL once per program with its log kept in memory, a device with
 * given arguments, a configuration in the space of a table row, and traffic that gives up in bounded
 * time. A device is put away only after a look at what it must not leave behind: findings of the
 * model's lint mode, events in the system, memory.
 */
#ifndef DRIVER_FIXTURE_H
#define DRIVER_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_eventdev.h>

#include "test.h"

#define DEVICE_NAME_BYTES 32
#define DEVICE_PORTS_MAX 12 /* of a configuration in a row */
#define DEVICE_LIMIT 1024   /* events, where a row names no limit */
#define DEVICE_DEPTH 32     /* of bursts, where a row names none */

/* Arguments of a device that does all that a device may do, and takes its time. */
#define DEVICE_SLOW "hw=2.5,cq_mode=sparse,seed=7,lag=40,noise=1,relaxed=1,strict=1"

struct fixture {
	FILE *log;
	char *text; /* of the log, since the program started */
	size_t size;
	size_t mark;                                        /* what is logged from here on counts */
	char folder[DEVICE_NAME_BYTES];                     /* of EAL's sockets; empty: none */
	char probed[RTE_EVENT_MAX_DEVS][DEVICE_NAME_BYTES]; /* empty: none */
};

/* Group set-up and tear-down: start EAL, and end it. */
int fixture_create(void **state);
int fixture_create_telemetry(void **state); /* EAL with a telemetry socket */
int fixture_create_with_pci(void **state);
int fixture_destroy(void **state);
/* Tear-down of a test: a test that failed leaves its devices, and the next one wants their names. */
int fixture_sweep(void **state);

/* Forget what has been logged. */
void log_mark(struct fixture *fix);
/* Lines since the mark that start with the name and a colon. */
uint32_t log_lines(struct fixture *fix, const char *name);
/* How often the text stands in it since the mark. */
uint32_t log_count(struct fixture *fix, const char *text);
/* Exactly one such line, and the text is part of it. */
void log_expect(struct fixture *fix, const char *name, const char *text, const char *row);

struct device {
	struct fixture *fix;
	const char *name;
	uint8_t id;
	uint8_t nb_ports;
	bool lacks_port[RTE_EVENT_MAX_PORTS_PER_DEV]; /* not set up */
	uint32_t service_id;
	bool has_service;
	bool has_thread;
	bool leaves_others;         /* on its function: what they share stays when it goes */
	const char *broken_by_test; /* the lint rule that this test breaks on purpose; NULL: none */
	size_t log_start;
	uint64_t allocations; /* before it was probed */
};

/*
 * A configuration. A queue is a letter: a atomic, o ordered, p parallel, m ALL_TYPES, s SINGLE_LINK. A
 * port is the queues it is linked to, as digits (0 to 9, then a for 10 and on), or * for all; a mark
 * ahead of them: ! the application releases, = SINGLE_LINK port. A - is not set up.
 */
struct setup {
	const char *queues;
	const char *ports[DEVICE_PORTS_MAX + 1];
	uint8_t more_ports;   /* like the last one */
	uint8_t single_links; /* as told to configure; 0: the SINGLE_LINK queues, one to a port */
	int32_t limit;
	uint16_t depth;
	uint32_t timeout_ns;
	bool times_per_call;
};

void device_probe(struct device *dev, struct fixture *fix, const char *name, const char *args);
void device_configure(struct device *dev, const struct setup *setup);
void device_start(struct device *dev);
/* Nothing comes out of any port any more, and all credits are back. */
void device_expect_idle(struct device *dev);
void device_stop(struct device *dev);
/* Stops it if it runs: then it must be idle. */
void device_remove(struct device *dev);

/* Probe, configure and start. */
void device_create(struct device *dev, struct fixture *fix, const char *args,
		   const struct setup *setup);

/* The configuration that a row stands for, for tests that change one field of it. */
struct rte_event_dev_config device_conf(const struct setup *setup);
uint8_t device_nb_ports(const struct setup *setup);
const char *device_port(const struct setup *setup, uint8_t id);
void device_setup_queue(struct device *dev, uint8_t id, char letter);
void device_setup_port(struct device *dev, uint8_t id, const char *port, const struct setup *setup);

/* A statistic by its name, which must exist. */
uint64_t device_xstat(const struct device *dev, const char *name);

/* Let whatever runs the scheduler run; an inline one runs when a port is polled. */
void device_turn(const struct device *dev);

/* Traffic. Whatever does not come true in some number of turns fails the test. */

struct rte_event event_new(uint8_t queue, uint8_t sched_type, uint32_t flow, uint64_t u64);
/* Enqueue all of them, as often as it takes. */
void send(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n);
/* One dequeue of up to n after a turn. */
uint16_t poll(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n);
/* Dequeue until exactly n have arrived. */
void receive(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n);
/* Dequeue from all ports in turn until n have arrived; they are released implicitly. */
void receive_anywhere(const struct device *dev, uint32_t n);
/* Answer for events that the port got: in the order it got them, and never refused. */
void forward(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n,
	     uint8_t queue, uint8_t sched_type);
void release(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n);

/* One link, made or undone: returns how many were. Where one is not made, rte_errno is the call's. */
int link_one(const struct device *dev, uint8_t port, uint8_t queue);
int unlink_one(const struct device *dev, uint8_t port, uint8_t queue);
/* Poll a port, answering for what it gets, until no unlink of it waits. Returns how much it got. */
uint32_t unlink_finish(const struct device *dev, uint8_t port);

/* A sequence that is the same in every run. */
struct dice {
	uint64_t state;
};

uint32_t dice_roll(struct dice *dice, uint32_t sides);

#endif /* DRIVER_FIXTURE_H */

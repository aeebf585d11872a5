/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * processes EAL-ARGUMENTS [-- DEVICE]: one device, two processes, and the device is event_dlb0 unless it is
 * named. The primary sets it up, the secondary works; run.py, or a virtual machine, starts both. What the
 * secondary is to do stands in shared memory, as a step, and so does how far it has come.
 *
 * Port 0 and queue 1 are the primary's; port 1 and queue 0, and later port 2 and queue 2, which is
 * SINGLE_LINK, are the secondary's.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_bus_vdev.h>
#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_eventdev.h>
#include <rte_memzone.h>

#define DEVICE "event_dlb0"
#define ZONE "dlb_processes"
#define BURST 16
#define EVENTS 5000
#define LIMIT 512
#define ROUND_TRIPS 40
#define IDLE_POLLS 3000 /* between round trips: whatever runs the device goes to sleep */
#define BURSTS_TO_NOBODY 10000

enum step {
	STEP_NONE,
	STEP_FORWARD,    /* from queue 0 to queue 1, until the next step */
	STEP_PRODUCE,    /* new events for queue 1 */
	STEP_ROUND_TRIP, /* one event at a time through queue 2, alone */
	STEP_SURVIVE,    /* as the primary ends without a word */
	STEP_END,
};

struct scene {
	uint32_t step;
	uint32_t done; /* the last step that the secondary has left behind */
	uint64_t forwarded;
};

static void
fail(const char *what)
{
	printf("FAILED: %s: %s\n", what, rte_strerror(rte_errno));
	fflush(stdout);
	_exit(EXIT_FAILURE);
}

static void
expect(int ret, const char *what)
{
	if (ret < 0) {
		rte_errno = -ret;
		fail(what);
	}
}

static struct rte_event
event_new(uint8_t queue, uint64_t number)
{
	return (struct rte_event){
		.op = RTE_EVENT_OP_NEW,
		.queue_id = queue,
		.sched_type = RTE_SCHED_TYPE_ATOMIC,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		.u64 = number,
	};
}

/* The primary. */

static void
queue_set_up(uint8_t dev, uint8_t id, uint32_t cfg)
{
	struct rte_event_queue_conf conf;

	expect(rte_event_queue_default_conf_get(dev, id, &conf), "queue defaults");
	conf.event_queue_cfg = cfg;
	expect(rte_event_queue_setup(dev, id, &conf), "queue");
}

static void
port_set_up(uint8_t dev, uint8_t id, uint8_t queue)
{
	expect(rte_event_port_setup(dev, id, NULL), "port");
	if (rte_event_port_link(dev, id, &queue, NULL, 1) != 1)
		fail("link");
}

static void
device_set_up(uint8_t dev, uint8_t queues, uint32_t depth)
{
	struct rte_event_dev_config conf = {
		.nb_events_limit = LIMIT,
		.nb_event_queues = queues,
		.nb_event_ports = queues,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = depth,
		.nb_event_port_enqueue_depth = depth,
		.nb_single_link_event_port_queues = queues > 2,
	};

	expect(rte_event_dev_configure(dev, &conf), "configure");
	queue_set_up(dev, 0, 0);
	queue_set_up(dev, 1, 0);
	port_set_up(dev, 0, 1);
	port_set_up(dev, 1, 0);
	if (queues > 2) {
		queue_set_up(dev, 2, RTE_EVENT_QUEUE_CFG_SINGLE_LINK);
		port_set_up(dev, 2, 2);
	}
	expect(rte_event_dev_start(dev), "start");
}

static void
step_to(struct scene *scene, enum step step)
{
	uint32_t before = scene->step;

	__atomic_store_n(&scene->step, step, __ATOMIC_RELEASE);
	while (__atomic_load_n(&scene->done, __ATOMIC_ACQUIRE) != before)
		sched_yield();
}

static uint64_t
receive(uint8_t dev, uint64_t next)
{
	struct rte_event ev[BURST];
	uint16_t n, i;

	n = rte_event_dequeue_burst(dev, 0, ev, BURST, 0);
	for (i = 0; i < n; i++) {
		if (ev[i].u64 != next++)
			fail("an event out of its turn");
	}
	return next;
}

static void
receive_forwarded(uint8_t dev)
{
	uint64_t sent = 0, next = 0;
	struct rte_event ev;

	while (next < EVENTS) {
		ev = event_new(0, sent);
		if (sent < EVENTS)
			sent += rte_event_enqueue_new_burst(dev, 0, &ev, 1);
		next = receive(dev, next);
	}
}

static void __rte_noreturn
primary(uint8_t dev)
{
	const struct rte_memzone *zone = rte_memzone_reserve(ZONE, sizeof(struct scene), 0, 0);
	struct scene *scene;
	uint64_t next;

	if (zone == NULL)
		fail("memory zone");
	scene = zone->addr;
	memset(scene, 0, sizeof(*scene));
	device_set_up(dev, 2, BURST);
	puts("ready");
	step_to(scene, STEP_FORWARD);
	receive_forwarded(dev);
	step_to(scene, STEP_NONE);
	printf("%" PRIu64 " events went through the other process\n", scene->forwarded);

	/* The secondary polls nothing meanwhile, as workers must not. */
	rte_event_dev_stop(dev);
	device_set_up(dev, 3, 2 * BURST);
	step_to(scene, STEP_FORWARD);
	receive_forwarded(dev);
	printf("after a reconfigure: %" PRIu64 " events in all\n", scene->forwarded);
	step_to(scene, STEP_PRODUCE);
	for (next = 0; next < EVENTS;)
		next = receive(dev, next);
	puts("the other process has produced as many");
	step_to(scene, STEP_ROUND_TRIP);
	step_to(scene, STEP_SURVIVE);
	puts("the other process ran alone; dying");
	for (;;)
		pause();
}

/* The secondary. */

static void
forward(uint8_t dev, struct scene *scene)
{
	struct rte_event ev[BURST];
	uint16_t n, i, sent;

	n = rte_event_dequeue_burst(dev, 1, ev, BURST, 0);
	for (i = 0; i < n; i++) {
		ev[i].op = RTE_EVENT_OP_FORWARD;
		ev[i].queue_id = 1;
	}
	for (sent = 0; sent < n;)
		sent += rte_event_enqueue_forward_burst(dev, 1, &ev[sent], n - sent);
	scene->forwarded += n;
}

static void
produce(uint8_t dev)
{
	struct rte_event ev[BURST];
	uint64_t sent = 0;
	uint16_t i;

	while (sent < EVENTS) {
		for (i = 0; i < BURST; i++)
			ev[i] = event_new(1, sent + i);
		sent += rte_event_enqueue_new_burst(dev, 1, ev,
						    RTE_MIN(EVENTS - sent, (uint64_t)BURST));
		sched_yield();
	}
}

/* Whatever runs the device sleeps between two of these, and this process has to wake it. */
static void
round_trips(uint8_t dev)
{
	struct rte_event ev;
	uint32_t i, polls;

	for (i = 0; i < ROUND_TRIPS; i++) {
		ev = event_new(2, i);
		while (rte_event_enqueue_burst(dev, 1, &ev, 1) == 0)
			sched_yield();
		while (rte_event_dequeue_burst(dev, 2, &ev, 1, 0) == 0)
			sched_yield();
		if (ev.u64 != i)
			fail("an event of another round trip");
		for (polls = 0; polls < IDLE_POLLS; polls++)
			rte_event_dequeue_burst(dev, 2, &ev, 1, 0);
	}
}

static void
survive(uint8_t dev)
{
	struct rte_event ev[BURST];
	uint64_t accepted = 0, received = 0;
	uint32_t i;

	puts("waiting for the end");
	while (rte_eal_primary_proc_alive(NULL))
		forward(dev, &(struct scene){ 0 });
	for (i = 0; i < BURSTS_TO_NOBODY; i++) {
		ev[0] = event_new(0, i);
		accepted += rte_event_enqueue_new_burst(dev, 1, ev, 1);
		received += rte_event_dequeue_burst(dev, 1, ev, BURST, 0);
		received += rte_event_dequeue_burst(dev, 2, ev, BURST, 1);
	}
	/* Hardware goes on; what ran an embedded device is gone. */
	if (accepted > received + LIMIT)
		fail("more events than the limit were accepted, and nobody took them");
	printf("survived: %" PRIu64 " events accepted, %" PRIu64 " received\n", accepted, received);
}

/* Which is no matter of the primary's; of a virtual device, that is, for EAL has all processes lose others. */
static void
leave_and_return(void)
{
	expect(rte_vdev_uninit(DEVICE), "detach");
	if (rte_event_dev_get_dev_id(DEVICE) >= 0)
		fail("a device that has been detached is still there");
	expect(rte_vdev_init(DEVICE, NULL), "attach");
}

static void __rte_noreturn
secondary(uint8_t dev)
{
	const struct rte_memzone *zone = rte_memzone_lookup(ZONE);
	struct rte_event_dev_info info;
	struct scene *scene;
	uint32_t step, now = STEP_NONE;

	if (zone == NULL)
		fail("memory zone");
	scene = zone->addr;
	expect(rte_event_dev_info_get(dev, &info), "info");
	if (rte_event_dev_stop(dev), rte_event_dev_start(dev) != -ENOTSUP)
		fail("a secondary process has started the device");
	if (rte_event_dev_get_dev_id(DEVICE) == dev)
		leave_and_return();
	for (;;) {
		step = __atomic_load_n(&scene->step, __ATOMIC_ACQUIRE);
		if (step == STEP_SURVIVE) {
			__atomic_store_n(&scene->done, now, __ATOMIC_RELEASE);
			survive(dev);
			fflush(stdout);
			_exit(EXIT_SUCCESS);
		}
		if (step != now) {
			__atomic_store_n(&scene->done, now, __ATOMIC_RELEASE);
			now = step;
			if (step == STEP_PRODUCE)
				produce(dev);
			if (step == STEP_ROUND_TRIP)
				round_trips(dev);
		}
		if (now == STEP_FORWARD)
			forward(dev, scene);
		else
			sched_yield();
	}
}

int
main(int argc, char **argv)
{
	const char *name = DEVICE;
	int dev, eal_words;

	setlinebuf(stdout);
	eal_words = rte_eal_init(argc, argv);
	expect(eal_words, "EAL");
	if (eal_words + 1 < argc)
		name = argv[eal_words + 1];
	dev = rte_event_dev_get_dev_id(name);
	expect(dev, name);
	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		primary((uint8_t)dev);
	secondary((uint8_t)dev);
}

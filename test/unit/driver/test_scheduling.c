/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the schedule types promise, against an oracle: a pipeline is driven by one thread that plays the
 * producer, the workers and the sink in an order that dice decide, the same in every run.
 */
#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "fixture.h"

#define STAGES_MAX 5
#define WORKERS 4
#define FLOWS 16
#define EVENTS 600
#define HELD_MAX 48
#define STEPS_MAX 200000

static const char *const generations[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", DEVICE_SLOW };

/*
 * A pipeline has a queue for each stage and a single-link one at its end. Ports 0 to WORKERS - 1 are
 * the workers', then come the producer's and the sink's.
 */
struct pipeline {
	const char *name;
	struct setup setup;
	const char *types; /* of the events of each stage: a, o, p, or x: by flow */
	uint8_t drops;     /* one event in so many is released at the first stage */
	bool unordered;    /* at the sink */
};

#define PRODUCER WORKERS
#define SINK (WORKERS + 1)

struct worker {
	struct rte_event held[HELD_MAX]; /* oldest first */
	uint16_t nb_held;
};

/* What may come next, and who has what. An event is its flow and its number in the flow. */
struct oracle {
	uint32_t sent[FLOWS];
	uint32_t next[STAGES_MAX][FLOWS]; /* lowest number that may still come */
	uint16_t held[STAGES_MAX][FLOWS];
	uint8_t holder[STAGES_MAX][FLOWS];
	uint8_t seen[FLOWS][EVENTS];
	uint32_t arrived, dropped;
};

struct run {
	const struct pipeline *pipeline;
	struct device dev;
	struct dice dice;
	struct worker workers[WORKERS];
	struct oracle oracle;
	uint32_t sent;
};

static uint8_t
type_of(const struct pipeline *pipeline, uint32_t stage, uint32_t flow)
{
	static const uint8_t by_flow[] = { RTE_SCHED_TYPE_ATOMIC, RTE_SCHED_TYPE_ORDERED,
					   RTE_SCHED_TYPE_PARALLEL };

	switch (pipeline->types[stage]) {
	case 'o':
		return RTE_SCHED_TYPE_ORDERED;
	case 'p':
		return RTE_SCHED_TYPE_PARALLEL;
	case 'x':
		return by_flow[flow % RTE_DIM(by_flow)];
	default:
		return RTE_SCHED_TYPE_ATOMIC;
	}
}

static uint32_t
event_flow(const struct rte_event *ev)
{
	return (uint32_t)(ev->u64 >> 32);
}

static bool
event_is_dropped(const struct pipeline *pipeline, const struct rte_event *ev)
{
	return pipeline->drops > 0 && ev->queue_id == 0 && (uint32_t)ev->u64 % pipeline->drops == 1;
}

static void
produce(struct run *run)
{
	struct rte_event ev[9];
	uint16_t n = (uint16_t)(1 + dice_roll(&run->dice, RTE_DIM(ev)));
	uint32_t flow;
	uint16_t i;

	n = RTE_MIN(n, EVENTS - run->sent);
	for (i = 0; i < n; i++) {
		flow = dice_roll(&run->dice, FLOWS);
		ev[i] = event_new(0, type_of(run->pipeline, 0, flow), flow,
				  (uint64_t)flow << 32 | run->oracle.sent[flow]++);
	}
	send(&run->dev, PRODUCER, ev, n);
	run->sent += n;
}

/* Exclusive, and in order: what an atomic stage promises. */
static void
check_atomic(struct run *run, uint8_t worker, const struct rte_event *ev)
{
	struct oracle *oracle = &run->oracle;
	uint32_t flow = event_flow(ev), number = (uint32_t)ev->u64;

	if (oracle->held[ev->queue_id][flow] > 0)
		TEST_EQ(oracle->holder[ev->queue_id][flow], worker, run->pipeline->name);
	oracle->holder[ev->queue_id][flow] = worker;
	oracle->held[ev->queue_id][flow]++;
	TEST_EQ(number >= oracle->next[ev->queue_id][flow], true, run->pipeline->name);
	if (run->pipeline->drops == 0)
		TEST_EQ(number, oracle->next[ev->queue_id][flow], run->pipeline->name);
	oracle->next[ev->queue_id][flow] = number + 1;
}

static void
take(struct run *run, uint8_t w)
{
	struct worker *worker = &run->workers[w];
	uint16_t room = HELD_MAX - worker->nb_held;
	uint16_t want = (uint16_t)RTE_MIN(room, 1 + dice_roll(&run->dice, 12));
	uint16_t got = poll(&run->dev, w, &worker->held[worker->nb_held], want);
	struct rte_event *ev;
	uint16_t i;

	for (i = 0; i < got; i++) {
		ev = &worker->held[worker->nb_held + i];
		TEST_EQ(ev->flow_id, event_flow(ev), run->pipeline->name);
		TEST_EQ(ev->sched_type, type_of(run->pipeline, ev->queue_id, ev->flow_id),
			run->pipeline->name);
		if (ev->sched_type == RTE_SCHED_TYPE_ATOMIC)
			check_atomic(run, w, ev);
	}
	worker->nb_held += got;
}

/* The oldest events that the worker holds go to their next stage, or are dropped. */
static void
answer(struct run *run, uint8_t w)
{
	struct worker *worker = &run->workers[w];
	uint16_t n = (uint16_t)RTE_MIN(worker->nb_held, 1 + dice_roll(&run->dice, 10));
	struct rte_event *ev;
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev = &worker->held[i];
		if (ev->sched_type == RTE_SCHED_TYPE_ATOMIC)
			run->oracle.held[ev->queue_id][event_flow(ev)]--;
		ev->op = RTE_EVENT_OP_FORWARD;
		if (event_is_dropped(run->pipeline, ev)) {
			ev->op = RTE_EVENT_OP_RELEASE;
			run->oracle.dropped++;
		}
		ev->queue_id++;
		ev->sched_type = type_of(run->pipeline, ev->queue_id, event_flow(ev));
	}
	TEST_EQ(rte_event_enqueue_burst(run->dev.id, w, worker->held, n), n, run->pipeline->name);
	worker->nb_held -= n;
	memmove(worker->held, &worker->held[n], worker->nb_held * sizeof(worker->held[0]));
}

static void
sink(struct run *run)
{
	struct oracle *oracle = &run->oracle;
	uint32_t last = (uint32_t)strlen(run->pipeline->types);
	struct rte_event ev[DEVICE_DEPTH];
	uint16_t n = poll(&run->dev, SINK, ev, DEVICE_DEPTH);
	uint32_t flow, number;
	uint16_t i;

	for (i = 0; i < n; i++) {
		flow = event_flow(&ev[i]);
		number = (uint32_t)ev[i].u64;
		TEST_EQ(flow < FLOWS && number < oracle->sent[flow], true, run->pipeline->name);
		TEST_EQ(oracle->seen[flow][number]++, 0, run->pipeline->name);
		if (!run->pipeline->unordered &&
		    type_of(run->pipeline, 0, flow) != RTE_SCHED_TYPE_PARALLEL)
			TEST_EQ(number >= oracle->next[last][flow], true, run->pipeline->name);
		oracle->next[last][flow] = number + 1;
	}
	oracle->arrived += n;
}

static void
pipeline_run(struct run *run, void *fixture, const struct pipeline *pipeline, const char *args,
	     uint64_t seed)
{
	uint32_t step, roll;
	uint8_t w;

	memset(run, 0, sizeof(*run));
	run->pipeline = pipeline;
	run->dice.state = seed;
	device_create(&run->dev, fixture, args, &pipeline->setup);
	for (step = 0; run->oracle.arrived + run->oracle.dropped < EVENTS; step++) {
		TEST_EQ(step < STEPS_MAX, true, pipeline->name);
		roll = dice_roll(&run->dice, 16);
		w = (uint8_t)dice_roll(&run->dice, WORKERS);
		if (roll < 3 && run->sent < EVENTS)
			produce(run);
		else if (roll < 9)
			take(run, w);
		else if (roll < 14)
			answer(run, w);
		else
			sink(run);
	}
	device_remove(&run->dev);
}

static void
pipelines_keep_their_promises(void **state)
{
	static const struct pipeline rows[] = {
		{ "atomic", { .queues = "as", .ports = { "!0", "!0", "!0", "!0", "", "1" } }, "a" },
		{ "ordered",
		  { .queues = "os", .ports = { "!0", "!0", "!0", "!0", "", "1" } },
		  "o" },
		{ "parallel",
		  { .queues = "ps", .ports = { "!0", "!0", "!0", "!0", "", "1" } },
		  "p",
		  .unordered = true },
		{ "ordered, some dropped",
		  { .queues = "os", .ports = { "!0", "!0", "!0", "!0", "", "1" } },
		  "o",
		  .drops = 5 },
		{ "atomic, some dropped",
		  { .queues = "as", .ports = { "!0", "!0", "!0", "!0", "", "1" } },
		  "a",
		  .drops = 3 },
		{ "ordered to atomic",
		  { .queues = "oas", .ports = { "!01", "!01", "!01", "!01", "", "2" } },
		  "oa" },
		{ "ordered to atomic, some dropped",
		  { .queues = "oas", .ports = { "!01", "!01", "!01", "!01", "", "2" } },
		  "oa",
		  .drops = 4 },
		{ "atomic to atomic, workers apart",
		  { .queues = "aas", .ports = { "!0", "!0", "!1", "!1", "", "2" } },
		  "aa" },
		{ "four stages",
		  { .queues = "aoaos", .ports = { "!0123", "!0123", "!0123", "!0123", "", "4" } },
		  "aoao" },
		{ "ALL_TYPES, a type for each stage",
		  { .queues = "mmms", .ports = { "!012", "!012", "!012", "!012", "", "3" } },
		  "oao" },
		{ "ALL_TYPES, all types at once",
		  { .queues = "ms", .ports = { "!0", "!0", "!0", "!0", "", "1" } },
		  "x" },
		{ "ALL_TYPES, all types at once, twice",
		  { .queues = "mms", .ports = { "!01", "!01", "!01", "!01", "", "2" } },
		  "xx" },
	};
	static struct run run;
	uint32_t r, g, seed;

	for (r = 0; r < RTE_DIM(rows); r++) {
		for (g = 0; g < RTE_DIM(generations); g++) {
			for (seed = 1; seed <= 3; seed++)
				pipeline_run(&run, *state, &rows[r], generations[g], seed);
		}
	}
}

/* Whoever answers first, the whole queue leaves in the order it came. */
static void
ordered_answers_in_any_port_order(void **state)
{
	static const struct setup setup = { .queues = "os",
					    .ports = { "!0", "!0", "!0", "!0", "1" } };
	static const uint8_t orders[][4] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 }
	};
	struct rte_event ev[4][DEVICE_DEPTH], out[DEVICE_DEPTH];
	uint16_t n[4];
	struct device dev;
	uint32_t g, o, p, i;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (o = 0; o < RTE_DIM(orders); o++) {
			for (i = 0; i < DEVICE_DEPTH; i++) {
				out[i] = event_new(0, RTE_SCHED_TYPE_ORDERED, i, i);
				send(&dev, 0, &out[i], 1);
			}
			for (p = 0; p < 4; p++)
				n[p] = poll(&dev, (uint8_t)p, ev[p], DEVICE_DEPTH);
			TEST_EQ(n[0] + n[1] + n[2] + n[3], DEVICE_DEPTH, "events taken");
			for (i = 0; i < 4; i++) {
				p = orders[o][i];
				forward(&dev, (uint8_t)p, ev[p], n[p], 1, RTE_SCHED_TYPE_ATOMIC);
			}
			receive(&dev, 4, out, DEVICE_DEPTH);
			for (i = 0; i < DEVICE_DEPTH; i++)
				TEST_EQ(out[i].u64, i, "order at the sink");
		}
		device_remove(&dev);
	}
}

/* All that come after a dropped event go on, and the last of them can be dropped too. */
static void
a_release_drops_an_ordered_event(void **state)
{
	static const struct setup setup = { .queues = "os", .ports = { "!0", "!0", "1" } };
	struct rte_event ev[16], out[16];
	struct device dev;
	uint16_t i, dropped, n;

	device_create(&dev, *state, "", &setup);
	for (dropped = 0; dropped < 16; dropped++) {
		for (i = 0; i < 16; i++) {
			ev[i] = event_new(0, RTE_SCHED_TYPE_ORDERED, 1, i);
			send(&dev, 0, &ev[i], 1);
		}
		/* In the order of the ports, which is not that of the events. */
		n = poll(&dev, 1, ev, 16);
		n += poll(&dev, 0, &ev[n], 16 - n);
		assert_int_equal(n, 16);
		for (i = 0; i < 16; i++) {
			ev[i].queue_id = 1;
			ev[i].op =
				ev[i].u64 == dropped ? RTE_EVENT_OP_RELEASE : RTE_EVENT_OP_FORWARD;
		}
		n = (uint16_t)device_xstat(&dev, "port_1_held");
		assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev[n], 16 - n), 16 - n);
		assert_int_equal(rte_event_enqueue_burst(dev.id, 1, ev, n), n);
		receive(&dev, 2, out, 15);
		for (i = 0; i < 15; i++)
			TEST_EQ(out[i].u64, i < dropped ? i : i + 1u, "order without the dropped");
	}
	device_remove(&dev);
}

static void
events_spread_over_ports(void **state)
{
	static const struct {
		const char *name;
		struct setup setup;
		uint8_t sched_type;
	} rows[] = {
		{ "parallel",
		  { .queues = "p", .ports = { "!0", "!0", "!0", "!0" } },
		  RTE_SCHED_TYPE_PARALLEL },
		{ "ordered",
		  { .queues = "o", .ports = { "!0", "!0", "!0", "!0" } },
		  RTE_SCHED_TYPE_ORDERED },
		{ "atomic, as many flows",
		  { .queues = "a", .ports = { "!0", "!0", "!0", "!0" } },
		  RTE_SCHED_TYPE_ATOMIC },
	};
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint32_t r, i, total;
	uint16_t n;
	uint8_t p;

	for (r = 0; r < RTE_DIM(rows); r++) {
		device_create(&dev, *state, "", &rows[r].setup);
		for (i = 0; i < 64; i++) {
			ev[0] = event_new(0, rows[r].sched_type, i, i);
			send(&dev, 0, ev, 1);
		}
		for (total = 0, p = 0; p < 4; p++) {
			n = poll(&dev, p, ev, DEVICE_DEPTH);
			TEST_EQ(n > 0, true, rows[r].name);
			release(&dev, p, ev, n);
			total += n;
		}
		TEST_EQ(total, 64, rows[r].name);
		device_remove(&dev);
	}
}

/* One flow has one port, however many could serve it, and the next port only when that is done. */
static void
a_flow_stays_with_its_port(void **state)
{
	static const struct setup setup = {
		.queues = "a", .ports = { "!0", "!0", "!0", "!0", "!0", "!0", "!0", "!0" }
	};
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint16_t got, n;
	uint32_t round;
	uint8_t p, busy;

	device_create(&dev, *state, "", &setup);
	for (round = 0; round < 20; round++) {
		for (n = 0; n < DEVICE_DEPTH; n++)
			ev[n] = event_new(0, RTE_SCHED_TYPE_ATOMIC, 3, n);
		send(&dev, 0, ev, DEVICE_DEPTH);
		for (busy = 0, got = 0, p = 0; p < 8; p++) {
			n = poll(&dev, p, ev, DEVICE_DEPTH);
			if (n == 0)
				continue;
			busy++;
			got += n;
			release(&dev, p, ev, n);
		}
		assert_int_equal(got, DEVICE_DEPTH);
		assert_int_equal(busy, 1);
	}
	device_remove(&dev);
}

/* Of the first half that a port gets, how much came from the queue or with the priority that is high. */
static void
expect_mostly_first(const struct rte_event ev[], uint32_t n, uint64_t high, const char *row)
{
	uint32_t first = 0;
	uint32_t i;

	for (i = 0; i < n / 2; i++)
		first += ev[i].u64 == high;
	/* The device serves low priorities now and then, so that they do not starve. */
	TEST_EQ(first * 4 >= n / 2 * 3, true, row);
}

static void
queues_have_priorities(void **state)
{
	static const struct setup setup = { .queues = "pp", .ports = { "!", "" } };
	static const struct {
		const char *name;
		uint8_t queue[2], link[2]; /* priorities of queues 0 and 1, and of the links */
		uint64_t high;             /* the queue that comes first */
	} rows[] = {
		{ "of the queues",
		  { RTE_EVENT_DEV_PRIORITY_LOWEST, RTE_EVENT_DEV_PRIORITY_HIGHEST },
		  { RTE_EVENT_DEV_PRIORITY_NORMAL, RTE_EVENT_DEV_PRIORITY_NORMAL },
		  1 },
		{ "of the queues, the other way round",
		  { RTE_EVENT_DEV_PRIORITY_HIGHEST, RTE_EVENT_DEV_PRIORITY_LOWEST },
		  { RTE_EVENT_DEV_PRIORITY_NORMAL, RTE_EVENT_DEV_PRIORITY_NORMAL },
		  0 },
		{ "of the links",
		  { RTE_EVENT_DEV_PRIORITY_NORMAL, RTE_EVENT_DEV_PRIORITY_NORMAL },
		  { RTE_EVENT_DEV_PRIORITY_LOWEST, RTE_EVENT_DEV_PRIORITY_HIGHEST },
		  1 },
		{ "of the links, against those of the queues",
		  { RTE_EVENT_DEV_PRIORITY_LOWEST, RTE_EVENT_DEV_PRIORITY_HIGHEST },
		  { RTE_EVENT_DEV_PRIORITY_HIGHEST, RTE_EVENT_DEV_PRIORITY_LOWEST },
		  0 },
		{ "one step apart",
		  { 64, 32 },
		  { RTE_EVENT_DEV_PRIORITY_NORMAL, RTE_EVENT_DEV_PRIORITY_NORMAL },
		  1 },
	};
	struct rte_event_queue_conf conf;
	struct rte_event ev[DEVICE_DEPTH];
	uint8_t queues[2] = { 0, 1 };
	struct device dev;
	uint32_t r, i;
	uint8_t q;

	for (r = 0; r < RTE_DIM(rows); r++) {
		device_probe(&dev, *state, "event_dlb0", "");
		device_configure(&dev, &setup);
		for (q = 0; q < 2; q++) {
			rte_event_queue_default_conf_get(dev.id, q, &conf);
			conf.schedule_type = RTE_SCHED_TYPE_PARALLEL;
			conf.priority = rows[r].queue[q];
			TEST_EQ(rte_event_queue_setup(dev.id, q, &conf), 0, rows[r].name);
		}
		TEST_EQ(rte_event_port_link(dev.id, 0, queues, rows[r].link, 2), 2, rows[r].name);
		device_start(&dev);
		/* All of it is there before the device runs, which it does when a port is polled. */
		for (i = 0; i < DEVICE_DEPTH; i++) {
			q = (uint8_t)(i < DEVICE_DEPTH / 2 ? 1 - rows[r].high : rows[r].high);
			ev[i] = event_new(q, RTE_SCHED_TYPE_PARALLEL, i, q);
		}
		send(&dev, 1, ev, DEVICE_DEPTH);
		receive(&dev, 0, ev, DEVICE_DEPTH);
		expect_mostly_first(ev, DEVICE_DEPTH, rows[r].high, rows[r].name);
		release(&dev, 0, ev, DEVICE_DEPTH);
		device_remove(&dev);
	}
}

static void
events_have_priorities(void **state)
{
	static const struct {
		const char *name;
		struct setup setup;
		uint8_t sched_type;
		uint8_t low, high;
	} rows[] = {
		{ "parallel",
		  { .queues = "p", .ports = { "!0", "" } },
		  RTE_SCHED_TYPE_PARALLEL,
		  RTE_EVENT_DEV_PRIORITY_LOWEST,
		  RTE_EVENT_DEV_PRIORITY_HIGHEST },
		{ "atomic",
		  { .queues = "a", .ports = { "!0", "" } },
		  RTE_SCHED_TYPE_ATOMIC,
		  RTE_EVENT_DEV_PRIORITY_LOWEST,
		  RTE_EVENT_DEV_PRIORITY_HIGHEST },
		{ "directed",
		  { .queues = "s", .ports = { "!0", "" } },
		  RTE_SCHED_TYPE_ATOMIC,
		  RTE_EVENT_DEV_PRIORITY_LOWEST,
		  RTE_EVENT_DEV_PRIORITY_HIGHEST },
		{ "next to each other",
		  { .queues = "p", .ports = { "!0", "" } },
		  RTE_SCHED_TYPE_PARALLEL,
		  2 << 6,
		  1 << 6 },
	};
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint32_t g, r, i;
	bool is_high;

	/* All events must be there before one is scheduled: the slow device takes them bit by bit. */
	for (g = 0; g < RTE_DIM(generations) - 1; g++) {
		for (r = 0; r < RTE_DIM(rows); r++) {
			device_create(&dev, *state, generations[g], &rows[r].setup);
			for (i = 0; i < DEVICE_DEPTH; i++) {
				is_high = i >= DEVICE_DEPTH / 2;
				ev[i] = event_new(0, rows[r].sched_type, i, is_high);
				ev[i].priority = is_high ? rows[r].high : rows[r].low;
			}
			send(&dev, 1, ev, DEVICE_DEPTH);
			receive(&dev, 0, ev, DEVICE_DEPTH);
			expect_mostly_first(ev, DEVICE_DEPTH, true, rows[r].name);
			release(&dev, 0, ev, DEVICE_DEPTH);
			device_remove(&dev);
		}
	}
}

/* The next dequeue ends what a port got, unless the port was told to leave that to the application. */
static void
releases_are_implicit_or_not(void **state)
{
	static const struct {
		const char *name;
		struct setup setup;
		uint64_t held; /* after the next dequeue */
	} rows[] = {
		{ "load-balanced, implicit", { .queues = "a", .ports = { "0" } }, 0 },
		{ "load-balanced, explicit", { .queues = "a", .ports = { "!0" } }, 5 },
		{ "directed, implicit", { .queues = "s", .ports = { "0" } }, 0 },
		{ "directed, explicit", { .queues = "s", .ports = { "!0" } }, 5 },
	};
	struct rte_event ev[8], none;
	struct device dev;
	uint32_t r, i;

	for (r = 0; r < RTE_DIM(rows); r++) {
		device_create(&dev, *state, "", &rows[r].setup);
		for (i = 0; i < 5; i++)
			ev[i] = event_new(0, RTE_SCHED_TYPE_ATOMIC, i, i);
		send(&dev, 0, ev, 5);
		receive(&dev, 0, ev, 5);
		TEST_EQ(device_xstat(&dev, "port_0_held"), 5, rows[r].name);
		TEST_EQ(device_xstat(&dev, "dev_events_in_system"), 5, rows[r].name);
		TEST_EQ(poll(&dev, 0, &none, 1), 0, rows[r].name);
		TEST_EQ(device_xstat(&dev, "port_0_held"), rows[r].held, rows[r].name);
		TEST_EQ(device_xstat(&dev, "dev_events_in_system"), rows[r].held, rows[r].name);
		release(&dev, 0, ev, (uint16_t)rows[r].held);
		device_remove(&dev);
	}
}

/* 32 queues behind one port, which takes four CQs, answered one by one and in bursts. */
static void
a_port_serves_all_queues(void **state)
{
	static const struct setup setup = { .queues = "aaaaaaaaooooooooppppppppmmmmmmms",
					    .ports = { "!*", "" },
					    .depth = 64 };
	struct rte_event ev[64];
	uint32_t next[32] = { 0 };
	struct device dev;
	uint32_t g, i, got, round, turn;
	uint16_t n, k;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		memset(next, 0, sizeof(next));
		for (round = 0; round < 10; round++) {
			for (i = 0; i < 32; i++)
				ev[i] = event_new((uint8_t)i, RTE_SCHED_TYPE_ATOMIC, 1, round);
			send(&dev, 1, ev, 32);
		}
		for (got = 0, turn = 0; got < 320 && turn < 1000; turn++) {
			n = poll(&dev, 0, ev, 1 + turn % 40);
			for (k = 0; k < n; k++)
				TEST_EQ(ev[k].u64, next[ev[k].queue_id]++, "order in a queue");
			release(&dev, 0, ev, n);
			got += n;
		}
		TEST_EQ(got, 320, "events of 32 queues");
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(pipelines_keep_their_promises, fixture_sweep),
		cmocka_unit_test_teardown(ordered_answers_in_any_port_order, fixture_sweep),
		cmocka_unit_test_teardown(a_release_drops_an_ordered_event, fixture_sweep),
		cmocka_unit_test_teardown(events_spread_over_ports, fixture_sweep),
		cmocka_unit_test_teardown(a_flow_stays_with_its_port, fixture_sweep),
		cmocka_unit_test_teardown(queues_have_priorities, fixture_sweep),
		cmocka_unit_test_teardown(events_have_priorities, fixture_sweep),
		cmocka_unit_test_teardown(releases_are_implicit_or_not, fixture_sweep),
		cmocka_unit_test_teardown(a_port_serves_all_queues, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}

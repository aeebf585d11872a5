/* SPDX-License-Identifier: BSD-3-Clause */
/* How many events may be in the system: exactly as many as was said, and never fewer after a while. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"

#define BURST DEVICE_DEPTH
#define CONTENDED_EVENTS 500 /* of each thread */

/* Directed events that a DLB 2.0 stores. */
#define DIRECTED_V2 4096

static const char *const generations[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", DEVICE_SLOW };

/* Enqueue NEW events in bursts until one is refused; returns how many were taken. */
static uint32_t
fill(const struct device *dev, uint8_t port, uint8_t queue, uint16_t burst, const char *row)
{
	struct rte_event ev[BURST];
	uint32_t taken = 0;
	uint16_t i, n;

	do {
		for (i = 0; i < burst; i++)
			ev[i] = event_new(queue, RTE_SCHED_TYPE_ATOMIC, i, taken + i);
		rte_errno = 0;
		n = rte_event_enqueue_burst(dev->id, port, ev, burst);
		taken += n;
		TEST_EQ(taken <= UINT16_MAX, true, row);
	} while (n == burst);
	TEST_EQ(rte_errno, ENOSPC, row);
	return taken;
}

/* Take that many events out of the system, through a port that releases explicitly. */
static void
drain(const struct device *dev, uint8_t port, uint32_t n)
{
	struct rte_event ev[BURST];
	uint16_t chunk;

	for (; n > 0; n -= chunk) {
		chunk = (uint16_t)RTE_MIN(n, (uint32_t)BURST);
		receive(dev, port, ev, chunk);
		release(dev, port, ev, chunk);
	}
}

/* What ports keep for later is given back when they find nothing. */
static void
idle(const struct device *dev)
{
	struct rte_event ev;
	uint8_t p;

	for (p = 0; p < dev->nb_ports; p++)
		assert_int_equal(poll(dev, p, &ev, 1), 0);
}

static void
limits_are_exact(void **state)
{
	static const int32_t limits[] = { 1, 2, 3, 31, 32, 33, 100, 255, 1023, 4095, 8192 };
	static const uint16_t bursts[] = { 1, 3, 4, 32 };
	static const char *const queues[] = { "a", "o", "p", "s" };
	struct setup setup = { .ports = { "!0" } };
	struct device dev;
	uint32_t g, l, b, q, round;
	char row[64];

	for (g = 0; g < RTE_DIM(generations); g++) {
		for (l = 0; l < RTE_DIM(limits); l++) {
			q = l % RTE_DIM(queues);
			setup.queues = queues[q];
			setup.limit = limits[l];
			device_create(&dev, *state, generations[g], &setup);
			for (b = 0; b < RTE_DIM(bursts); b++) {
				snprintf(row, sizeof(row), "%s: %d in bursts of %u to %s",
					 generations[g], limits[l], bursts[b], queues[q]);
				for (round = 0; round < 2; round++) {
					/* The directed pool of 2.0 is smaller than this limit. */
					if (limits[l] > DIRECTED_V2 && queues[q][0] == 's')
						continue;
					TEST_EQ(fill(&dev, 0, 0, bursts[b], row), limits[l], row);
					TEST_EQ(device_xstat(&dev, "dev_events_in_system"),
						limits[l], row);
					drain(&dev, 0, (uint32_t)limits[l]);
				}
			}
			device_remove(&dev);
		}
	}
}

/* Several ports share the limit; together they reach it, and never pass it. */
static void
ports_share_the_limit(void **state)
{
	static const int32_t limits[] = { 1, 2, 31, 33, 200, 1000 };
	struct setup setup = { .queues = "p", .ports = { "!0", "", "", "" } };
	struct device dev;
	uint32_t l, sum;
	uint8_t p, first;

	for (l = 0; l < RTE_DIM(limits); l++) {
		setup.limit = limits[l];
		device_create(&dev, *state, "", &setup);
		for (first = 0; first < 4; first++) {
			for (sum = 0, p = 0; p < 4; p++)
				sum += fill(&dev, (first + p) % 4, 0, 5, "shared limit");
			TEST_EQ(sum, limits[l], "shared limit");
			drain(&dev, 0, sum);
			idle(&dev);
			TEST_EQ(device_xstat(&dev, "dev_events_in_system"), 0, "shared limit");
		}
		device_remove(&dev);
	}
}

static void
thresholds_are_exact(void **state)
{
	static const struct setup setup = { .queues = "p", .ports = { "", "!0" }, .limit = 64 };
	static const int32_t thresholds[] = { 1, 2, 10, 31, 63, 64 };
	struct rte_event_port_conf conf;
	struct rte_event ev[64];
	struct device dev;
	uint16_t below;
	uint32_t g, t;

	for (g = 0; g < RTE_DIM(generations); g++) {
		for (t = 0; t < RTE_DIM(thresholds); t++) {
			device_probe(&dev, *state, "event_dlb0", generations[g]);
			device_configure(&dev, &setup);
			assert_int_equal(rte_event_port_default_conf_get(dev.id, 0, &conf), 0);
			assert_int_equal(conf.new_event_threshold, 64);
			conf.new_event_threshold = thresholds[t];
			assert_int_equal(rte_event_port_setup(dev.id, 0, &conf), 0);
			device_start(&dev);

			/* The port stops at its threshold, the other goes on to the limit. */
			TEST_EQ(fill(&dev, 0, 0, 4, "threshold"), thresholds[t], "threshold");
			TEST_EQ(fill(&dev, 1, 0, 4, "limit"), 64 - thresholds[t], "limit");
			TEST_EQ(fill(&dev, 0, 0, 1, "above"), 0, "above the threshold");
			/* One below the threshold: one more. */
			below = (uint16_t)(64 - thresholds[t] + 1);
			receive(&dev, 1, ev, BURST);
			receive(&dev, 1, &ev[BURST], BURST);
			release(&dev, 1, ev, below);
			idle(&dev);
			TEST_EQ(fill(&dev, 0, 0, 4, "one below"), 1, "one below the threshold");
			release(&dev, 1, &ev[below], 64 - below);
			drain(&dev, 1, 1);
			device_remove(&dev);
		}
	}
}

/* Events that are in the system may always move on. */
static void
forward_is_never_refused(void **state)
{
	static const struct setup setup = { .queues = "aos",
					    .ports = { "!01", "!2" },
					    .limit = 32 };
	struct rte_event ev[32], more;
	struct device dev;
	uint32_t g, round;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		assert_int_equal(fill(&dev, 1, 0, 8, "full"), 32);
		for (round = 0; round < 50; round++) {
			receive(&dev, 0, ev, 32);
			more = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
			assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &more, 1), 0);
			assert_int_equal(rte_errno, ENOSPC);
			forward(&dev, 0, ev, 32, 1, RTE_SCHED_TYPE_ORDERED);
			receive(&dev, 0, ev, 32);
			forward(&dev, 0, ev, 32, 2, RTE_SCHED_TYPE_ATOMIC);
			receive(&dev, 1, ev, 32);
			forward(&dev, 1, ev, 32, 0, RTE_SCHED_TYPE_ATOMIC);
		}
		drain(&dev, 0, 32);
		device_remove(&dev);
	}
}

/* In a mixed burst the first NEW event that is not paid for ends it; a release ahead of it pays. */
static void
a_mixed_burst_stops_at_the_limit(void **state)
{
	static const struct setup setup = { .queues = "p", .ports = { "!0" }, .limit = 8 };
	struct rte_event ev[8], swap[2];
	struct device dev;
	uint16_t i;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(fill(&dev, 0, 0, 7, "first"), 8);
	receive(&dev, 0, ev, 8);
	/* Forward, forward, new, release. */
	for (i = 0; i < 8; i++)
		ev[i].op = RTE_EVENT_OP_FORWARD;
	ev[2] = event_new(0, RTE_SCHED_TYPE_PARALLEL, 0, 99);
	ev[3].op = RTE_EVENT_OP_RELEASE;
	rte_errno = 0;
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, ev, 8), 2);
	assert_int_equal(rte_errno, ENOSPC);
	assert_int_equal(device_xstat(&dev, "port_0_rejected_no_credit"), 2);
	assert_int_equal(device_xstat(&dev, "dev_events_in_system"), 8);
	/* The rest goes, and then there is a credit. */
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev[3], 5), 5);
	assert_int_equal(device_xstat(&dev, "dev_events_in_system"), 7);
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev[2], 1), 1);
	assert_int_equal(device_xstat(&dev, "dev_events_in_system"), 8);
	assert_int_equal(device_xstat(&dev, "port_0_held"), 1);
	/* Release, new. */
	swap[0] = (struct rte_event){ .op = RTE_EVENT_OP_RELEASE };
	swap[1] = ev[2];
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, swap, 2), 2);
	assert_int_equal(device_xstat(&dev, "dev_events_in_system"), 8);
	assert_int_equal(device_xstat(&dev, "port_0_held"), 0);
	drain(&dev, 0, 8);
	device_remove(&dev);
}

static void
credits_come_back(void **state)
{
	static const struct setup setup = { .queues = "ap", .ports = { "!0", "1" }, .limit = 48 };
	struct rte_event ev[BURST];
	struct device dev;
	uint32_t g, round;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (round = 0; round < 5; round++) {
			/* By release. */
			assert_int_equal(fill(&dev, 0, 0, 7, "release"), 48);
			drain(&dev, 0, 48);
			idle(&dev);
			/* By the next dequeue. */
			assert_int_equal(fill(&dev, 0, 1, 7, "implicit release"), 48);
			receive(&dev, 1, ev, BURST);
			receive(&dev, 1, ev, 48 - BURST);
			idle(&dev);
			assert_int_equal(device_xstat(&dev, "dev_events_in_system"), 0);
			/* By a stop, wherever events are. */
			assert_int_equal(fill(&dev, 0, 0, 7, "stop"), 48);
			receive(&dev, 0, ev, 20);
			device_stop(&dev);
			device_start(&dev);
		}
		device_remove(&dev);
	}
}

/* A DLB 2.0 stores fewer directed events than events: that pool runs dry by itself, and recovers. */
static void
directed_pool_runs_dry(void **state)
{
	static const struct setup setup = { .queues = "ps",
					    .ports = { "!0", "!1", "" },
					    .limit = 8192 };
	struct rte_event ev[BURST];
	struct device dev;
	uint32_t round;
	uint16_t i;

	device_create(&dev, *state, "hw=2.0", &setup);
	for (round = 0; round < 2; round++) {
		assert_int_equal(fill(&dev, 2, 1, 7, "directed"), DIRECTED_V2);
		/* Room for one more. */
		drain(&dev, 1, 1);
		assert_int_equal(fill(&dev, 2, 1, 7, "one more"), 1);
		/* Other queues are not affected. */
		for (i = 0; i < 8; i++)
			ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
		assert_int_equal(rte_event_enqueue_burst(dev.id, 2, ev, 8), 8);
		/* Of a burst to both, the part before the first directed one goes. */
		receive(&dev, 0, ev, 8);
		for (i = 0; i < 8; i++) {
			ev[i].op = RTE_EVENT_OP_FORWARD;
			ev[i].queue_id = i == 5;
		}
		rte_errno = 0;
		assert_int_equal(rte_event_enqueue_burst(dev.id, 0, ev, 8), 5);
		assert_int_equal(rte_errno, ENOSPC);
		assert_int_equal(device_xstat(&dev, "port_0_held"), 3);
		drain(&dev, 1, 1);
		assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev[5], 3), 3);
		drain(&dev, 1, DIRECTED_V2);
		drain(&dev, 0, 7);
		idle(&dev);
		assert_int_equal(device_xstat(&dev, "dev_events_in_system"), 0);
	}
	device_remove(&dev);
}

static void
ten_times_the_pool(void **state)
{
	static const struct setup setup = { .queues = "s", .ports = { "!0", "" }, .limit = 8192 };
	struct rte_event ev[BURST];
	struct device dev;
	uint32_t g, sent, got;
	uint16_t i, n;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (sent = 0, got = 0; got < 10 * DIRECTED_V2;) {
			for (i = 0; i < BURST; i++)
				ev[i] = event_new(0, RTE_SCHED_TYPE_ATOMIC, 0, sent + i);
			n = (uint16_t)RTE_MIN(BURST, 10u * DIRECTED_V2 - sent);
			sent += rte_event_enqueue_burst(dev.id, 1, ev, n);
			/* Less goes out than comes in, until the pool is empty. */
			n = poll(&dev, 0, ev, sent == 10 * DIRECTED_V2 ? BURST : BURST / 2);
			for (i = 0; i < n; i++)
				assert_int_equal(ev[i].u64, got + i);
			release(&dev, 0, ev, n);
			got += n;
		}
		assert_int_equal(sent, got);
		device_remove(&dev);
	}
}

/* Everything the device can store, in one queue, each flow in order. */
static void
the_largest_limit(void **state)
{
	static const struct {
		const char *args;
		struct setup setup;
	} rows[] = {
		{ "hw=2.0", { .queues = "a", .ports = { "!0" }, .limit = 8192 } },
		{ "hw=2.0", { .queues = "o", .ports = { "!0" }, .limit = 8192 } },
		{ "hw=2.5", { .queues = "a", .ports = { "!0" }, .limit = 16384 } },
		{ "hw=2.5", { .queues = "m", .ports = { "!0" }, .limit = 16384 } },
		{ "hw=2.5", { .queues = "s", .ports = { "!0" }, .limit = 16384 } },
	};
	struct rte_event ev[BURST];
	uint32_t next[BURST];
	struct device dev;
	uint32_t r, got;
	uint16_t i;

	for (r = 0; r < RTE_DIM(rows); r++) {
		memset(next, 0, sizeof(next));
		device_create(&dev, *state, rows[r].args, &rows[r].setup);
		TEST_EQ(fill(&dev, 0, 0, BURST, rows[r].args), rows[r].setup.limit, rows[r].args);
		for (got = 0; got < (uint32_t)rows[r].setup.limit; got += BURST) {
			receive(&dev, 0, ev, BURST);
			for (i = 0; i < BURST; i++)
				TEST_EQ(ev[i].u64, ev[i].flow_id + BURST * next[ev[i].flow_id]++,
					rows[r].args);
			release(&dev, 0, ev, BURST);
		}
		device_remove(&dev);
	}
}

/* Whatever ports do, what is in the system is never more than the limit, and known to the device. */
static void
credits_in_a_storm(void **state)
{
	enum { PORTS = 4, LIMIT = 300, HELD_MAX = 64 };
	static const struct setup setup = { .queues = "ps",
					    .ports = { "!0", "!0", "!0", "!1" },
					    .limit = LIMIT };
	struct rte_event held[PORTS][HELD_MAX], ev[8];
	uint16_t nb_held[PORTS] = { 0 };
	struct dice dice = { 42 };
	uint32_t inside = 0, step;
	struct device dev;
	uint16_t n, i;
	uint8_t p;

	device_create(&dev, *state, "hw=2.0", &setup);
	for (step = 0; step < 30000; step++) {
		p = (uint8_t)dice_roll(&dice, PORTS);
		n = (uint16_t)(1 + dice_roll(&dice, 8));
		switch (dice_roll(&dice, 4)) {
		case 0:
		case 1:
			for (i = 0; i < n; i++)
				ev[i] = event_new((uint8_t)dice_roll(&dice, 2),
						  RTE_SCHED_TYPE_PARALLEL, i, step);
			inside += rte_event_enqueue_burst(dev.id, p, ev, n);
			break;
		case 2:
			n = (uint16_t)RTE_MIN(n, HELD_MAX - nb_held[p]);
			nb_held[p] += poll(&dev, p, &held[p][nb_held[p]], n);
			break;
		default:
			n = RTE_MIN(n, nb_held[p]);
			release(&dev, p, held[p], n);
			nb_held[p] -= n;
			memmove(held[p], &held[p][n], nb_held[p] * sizeof(held[p][0]));
			inside -= n;
			break;
		}
		assert_true(inside <= LIMIT);
		assert_true(device_xstat(&dev, "dev_events_in_system") >= inside);
	}
	for (p = 0; p < PORTS; p++) {
		release(&dev, p, held[p], nb_held[p]);
		inside -= nb_held[p];
	}
	for (step = 0; inside > 0 && step < 1000; step++) {
		p = (uint8_t)(step % PORTS);
		n = poll(&dev, p, ev, 8);
		release(&dev, p, ev, n);
		inside -= n;
	}
	assert_int_equal(inside, 0);
	device_remove(&dev);
}

/* Whoever has one of so many permits may have an event in the system: it must never be refused. */
struct permits {
	const struct device *dev;
	int32_t left;
	uint32_t refused;
};

struct holder {
	struct permits *permits;
	pthread_t thread;
	uint8_t port;
};

static bool
permit_take(struct permits *p)
{
	int32_t seen = __atomic_load_n(&p->left, __ATOMIC_ACQUIRE);

	while (seen > 0) {
		if (__atomic_compare_exchange_n(&p->left, &seen, seen - 1, true, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE))
			return true;
	}
	return false;
}

static void
permits_use(const struct holder *h)
{
	struct permits *p = h->permits;
	struct rte_event ev = event_new(h->port, RTE_SCHED_TYPE_PARALLEL, 0, 0);

	while (permit_take(p)) {
		if (rte_event_enqueue_burst(p->dev->id, h->port, &ev, 1) == 1)
			continue;
		__atomic_fetch_add(&p->refused, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&p->left, 1, __ATOMIC_RELEASE);
		return;
	}
}

/* Keep the system full: enqueue with all permits there are; dequeue and release, and give one back. */
static void *
hold_and_release(void *arg)
{
	struct holder *h = arg;
	struct permits *p = h->permits;
	struct rte_event ev;
	uint32_t done = 0;

	while (done < CONTENDED_EVENTS && __atomic_load_n(&p->refused, __ATOMIC_RELAXED) == 0) {
		permits_use(h);
		if (rte_event_dequeue_burst(p->dev->id, h->port, &ev, 1, 0) == 0) {
			sched_yield();
			continue;
		}
		ev.op = RTE_EVENT_OP_RELEASE;
		while (rte_event_enqueue_burst(p->dev->id, h->port, &ev, 1) == 0)
			;
		__atomic_fetch_add(&p->left, 1, __ATOMIC_RELEASE);
		done++;
	}
	return NULL;
}

/* Three threads, and as many events in the system as there are permits. */
static void
contend(void *state, const char *args, int32_t limit, int32_t permitted)
{
	const struct setup setup = { .queues = "ppp",
				     .ports = { "!0", "!1", "!2" },
				     .limit = limit };
	struct holder holders[3];
	struct permits permits;
	struct rte_event ev;
	struct device dev;
	uint32_t t;

	device_create(&dev, state, args, &setup);
	permits = (struct permits){ .dev = &dev, .left = permitted };
	for (t = 0; t < RTE_DIM(holders); t++) {
		holders[t] = (struct holder){ .permits = &permits, .port = (uint8_t)t };
		assert_int_equal(pthread_create(&holders[t].thread, NULL, hold_and_release,
						&holders[t]),
				 0);
	}
	for (t = 0; t < RTE_DIM(holders); t++)
		pthread_join(holders[t].thread, NULL);
	TEST_EQ(permits.refused, 0, args);
	/* A worker that is done leaves what it was given last. */
	for (t = 0; t < RTE_DIM(holders); t++) {
		while (poll(&dev, (uint8_t)t, &ev, 1) == 1)
			release(&dev, (uint8_t)t, &ev, 1);
	}
	device_remove(&dev);
}

static void
nothing_below_the_limit_is_refused_under_contention(void **state)
{
	static const int32_t limits[] = { 1, 2, 5, 64, 1024 };
	uint32_t g, l;

	for (g = 0; g < RTE_DIM(generations); g++) {
		for (l = 0; l < RTE_DIM(limits); l++)
			contend(*state, generations[g], limits[l], limits[l]);
	}
}

/* Above 1024, busy ports keep an eighth at most. */
static void
busy_ports_keep_little_of_a_large_limit(void **state)
{
	static const int32_t limits[] = { 1025, 2048, 4096 };
	uint32_t g, l;

	for (g = 0; g < RTE_DIM(generations); g++) {
		for (l = 0; l < RTE_DIM(limits); l++)
			contend(*state, generations[g], limits[l], limits[l] - limits[l] / 8);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(limits_are_exact, fixture_sweep),
		cmocka_unit_test_teardown(ports_share_the_limit, fixture_sweep),
		cmocka_unit_test_teardown(thresholds_are_exact, fixture_sweep),
		cmocka_unit_test_teardown(forward_is_never_refused, fixture_sweep),
		cmocka_unit_test_teardown(a_mixed_burst_stops_at_the_limit, fixture_sweep),
		cmocka_unit_test_teardown(credits_come_back, fixture_sweep),
		cmocka_unit_test_teardown(directed_pool_runs_dry, fixture_sweep),
		cmocka_unit_test_teardown(ten_times_the_pool, fixture_sweep),
		cmocka_unit_test_teardown(the_largest_limit, fixture_sweep),
		cmocka_unit_test_teardown(credits_in_a_storm, fixture_sweep),
		cmocka_unit_test_teardown(nothing_below_the_limit_is_refused_under_contention,
					  fixture_sweep),
		cmocka_unit_test_teardown(busy_ports_keep_little_of_a_large_limit, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}

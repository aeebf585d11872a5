/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of a device: configured again and again, started and stopped, stopped when full. */
#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"

#define FLUSHED_MAX 4096

static const char *const generations[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", DEVICE_SLOW };

/* How often each event, by its number, was handed to the flush callback. */
struct flushed {
	uint8_t dev_id;
	uint32_t total;
	uint8_t times[FLUSHED_MAX];
};

static void
flush_count(uint8_t dev_id, struct rte_event ev, void *arg)
{
	struct flushed *flushed = arg;

	assert_int_equal(dev_id, flushed->dev_id);
	assert_true(ev.u64 < FLUSHED_MAX);
	flushed->total++;
	flushed->times[ev.u64]++;
}

/* Events from to to - 1 were flushed, once each, and no others. */
static void
flushed_expect(const struct flushed *flushed, uint32_t from, uint32_t to, const char *row)
{
	uint32_t i;

	for (i = 0; i < FLUSHED_MAX; i++)
		TEST_EQ(flushed->times[i], i >= from && i < to, row);
	TEST_EQ(flushed->total, to - from, row);
}

static void
flush_register(struct device *dev, struct flushed *flushed)
{
	memset(flushed, 0, sizeof(*flushed));
	flushed->dev_id = dev->id;
	assert_int_equal(rte_event_dev_stop_flush_callback_register(dev->id, flush_count, flushed),
			 0);
}

/* Numbered events, in bursts of the configured depth. */
static void
send_numbered(struct device *dev, uint8_t queue, uint8_t sched_type, uint32_t from, uint32_t to)
{
	struct rte_event ev;
	uint32_t i;

	for (i = from; i < to; i++) {
		ev = event_new(queue, sched_type, i, i);
		send(dev, 0, &ev, 1);
	}
}

/* One event to each queue that a port serves arrives there, once. */
static void
pass_through_all(struct device *dev, const struct setup *setup)
{
	uint8_t queues[RTE_EVENT_MAX_QUEUES_PER_DEV], priorities[RTE_EVENT_MAX_QUEUES_PER_DEV];
	struct rte_event ev;
	int n, i;
	uint8_t p;

	for (p = 0; p < dev->nb_ports; p++) {
		n = rte_event_port_links_get(dev->id, p, queues, priorities);
		for (i = 0; i < n; i++) {
			ev = event_new(queues[i], RTE_SCHED_TYPE_ATOMIC, 1, queues[i]);
			send(dev, 0, &ev, 1);
			receive(dev, p, &ev, 1);
			assert_int_equal(ev.u64, queues[i]);
			assert_int_equal(ev.queue_id, queues[i]);
			if (setup->ports[p][0] == '!')
				release(dev, p, &ev, 1);
		}
	}
	device_expect_idle(dev);
}

static void
configured_again_and_again(void **state)
{
	static const struct setup setups[] = {
		{ .queues = "a", .ports = { "0" } },
		{ .queues = "aops", .ports = { "012", "3", "", "" } },
		{ .queues = "ssss", .ports = { "0", "12", "3" } },
		{ .queues = "o", .ports = { "!0" }, .limit = 16 },
		{ .queues = "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm", .ports = { "*", "=" } },
		{ .queues = "ps", .ports = { "0", "1", "", "", "", "" }, .depth = 128 },
		{ .queues = "a", .ports = { "0" }, .depth = 1 },
	};
	struct device dev;
	uint32_t g, s, round;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_probe(&dev, *state, "event_dlb0", generations[g]);
		for (round = 0; round < 2; round++) {
			for (s = 0; s < RTE_DIM(setups); s++) {
				device_configure(&dev, &setups[s]);
				device_start(&dev);
				pass_through_all(&dev, &setups[s]);
				device_stop(&dev);
			}
		}
		device_remove(&dev);
	}
}

/* Queues and ports that are still there keep their set-up and links; new ones want theirs. */
static void
set_ups_survive_configuration(void **state)
{
	static const struct setup small = { .queues = "a", .ports = { "0" } };
	static const struct setup medium = { .queues = "ap", .ports = { "0", "1" } };
	static const struct setup large = { .queues = "app", .ports = { "0", "1", "2", "" } };
	struct rte_event_dev_config conf;
	struct device dev;

	device_probe(&dev, *state, "event_dlb0", "");
	device_configure(&dev, &medium);
	device_start(&dev);
	pass_through_all(&dev, &medium);
	device_stop(&dev);

	/* The same again, with nothing set up again. */
	conf = device_conf(&medium);
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
	device_start(&dev);
	pass_through_all(&dev, &medium);
	device_stop(&dev);

	/* Smaller: what is left works. */
	conf = device_conf(&small);
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
	dev.nb_ports = 1;
	device_start(&dev);
	pass_through_all(&dev, &small);
	device_stop(&dev);

	/* Larger: only what is new has to be set up. */
	conf = device_conf(&large);
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
	assert_true(rte_event_dev_start(dev.id) < 0);
	device_setup_queue(&dev, 1, 'p');
	device_setup_queue(&dev, 2, 'p');
	device_setup_port(&dev, 1, "1", &large);
	device_setup_port(&dev, 2, "2", &large);
	device_setup_port(&dev, 3, "", &large);
	dev.nb_ports = 4;
	device_start(&dev);
	pass_through_all(&dev, &large);
	device_remove(&dev);
}

/* A port whose only queue went with a smaller configuration is a port without links. */
static void
links_go_with_their_queue(void **state)
{
	static const struct setup two = { .queues = "aa", .ports = { "0", "1" } };
	struct rte_event_dev_config conf = device_conf(&two);
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
	struct device dev;

	device_probe(&dev, *state, "event_dlb0", "");
	device_configure(&dev, &two);
	conf.nb_event_queues = 1;
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
	device_start(&dev);
	assert_int_equal(poll(&dev, 1, &ev, 1), 0);
	send(&dev, 1, &ev, 1);
	receive(&dev, 0, &ev, 1);
	device_expect_idle(&dev);
	device_stop(&dev);

	/* It does not come back by itself with a queue of that number. */
	conf.nb_event_queues = 2;
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
	device_setup_queue(&dev, 1, 's');
	device_setup_port(&dev, 0, "01", &two);
	device_start(&dev);
	ev = event_new(1, RTE_SCHED_TYPE_ATOMIC, 1, 2);
	send(&dev, 1, &ev, 1);
	receive(&dev, 0, &ev, 1);
	assert_int_equal(ev.u64, 2);
	device_remove(&dev);
}

static void
set_up_twice(void **state)
{
	static const struct setup setup = { .queues = "ooo", .ports = { "0", "1", "2" } };
	static const char letters[] = "apmso";
	struct device dev;
	uint32_t i;

	device_probe(&dev, *state, "event_dlb0", "hw=2.0");
	device_configure(&dev, &setup);
	for (i = 0; letters[i] != '\0'; i++) {
		device_setup_queue(&dev, 0, letters[i]);
		device_setup_queue(&dev, 0, letters[i]);
		device_setup_port(&dev, 0, "0", &setup);
		device_setup_port(&dev, 0, "0", &setup);
		device_start(&dev);
		pass_through_all(&dev, &setup);
		device_stop(&dev);
	}
	device_remove(&dev);
}

/* Set up again, a port has no links, whatever it had. */
static void
set_up_again_drops_links(void **state)
{
	static const struct setup setup = { .queues = "aa", .ports = { "0", "1" } };
	uint8_t queues[2], priorities[2];
	struct rte_event ev = event_new(1, RTE_SCHED_TYPE_ATOMIC, 1, 7);
	struct device dev;

	device_create(&dev, *state, "", &setup);
	device_stop(&dev);
	device_setup_port(&dev, 1, "", &setup);
	assert_int_equal(rte_event_port_links_get(dev.id, 1, queues, priorities), 0);
	device_start(&dev);
	send(&dev, 0, &ev, 1);
	assert_int_equal(poll(&dev, 1, &ev, 1), 0);
	rte_event_dev_stop(dev.id);
	device_setup_port(&dev, 1, "1", &setup);
	device_start(&dev);
	pass_through_all(&dev, &setup);
	device_remove(&dev);
}

static void
started_and_stopped_many_times(void **state)
{
	static const struct setup setup = { .queues = "aoms", .ports = { "!012", "012", "3" } };
	static const char *const args[] = { "hw=2.0", "hw=2.5", "sched=thread", "sched=service" };
	struct device dev;
	uint32_t a, i;

	for (a = 0; a < RTE_DIM(args); a++) {
		device_probe(&dev, *state, "event_dlb0", args[a]);
		device_configure(&dev, &setup);
		for (i = 0; i < 20; i++) {
			device_start(&dev);
			assert_int_equal(rte_event_dev_start(dev.id), 0);
			send_numbered(&dev, 3, RTE_SCHED_TYPE_ATOMIC, 0, i);
			device_stop(&dev);
			rte_event_dev_stop(dev.id);
		}
		device_remove(&dev);
	}
}

static void
a_failed_start_is_mended(void **state)
{
	static const struct setup setup = { .queues = "oa", .ports = { "01", "0" } };
	struct rte_event_dev_config conf = device_conf(&setup);
	struct device dev;
	uint32_t g, i;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_probe(&dev, *state, "event_dlb0", generations[g]);
		assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
		dev.nb_ports = 2;
		for (i = 0; i < 3; i++)
			assert_true(rte_event_dev_start(dev.id) < 0);
		device_setup_queue(&dev, 0, 'o');
		assert_true(rte_event_dev_start(dev.id) < 0);
		device_setup_queue(&dev, 1, 'a');
		assert_true(rte_event_dev_start(dev.id) < 0);
		device_setup_port(&dev, 1, "0", &setup);
		device_setup_port(&dev, 0, "01", &setup);
		device_start(&dev);
		device_remove(&dev);
	}
}

/* What may only be done while the device is stopped is refused, and disturbs nothing. */
static void
a_running_device_is_left_alone(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "0", "1" } };
	struct rte_event_dev_config conf = device_conf(&setup);
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), -EBUSY);
	assert_int_equal(rte_event_queue_setup(dev.id, 0, NULL), -EBUSY);
	assert_int_equal(rte_event_port_setup(dev.id, 0, NULL), -EBUSY);
	assert_int_equal(rte_event_dev_close(dev.id), -EBUSY);
	pass_through_all(&dev, &setup);
	device_remove(&dev);
}

/* Where an event can be when the device stops. Each place: how to get events 0 to 31 there. */
static void
put_in_queue(struct device *dev)
{
	send_numbered(dev, 0, RTE_SCHED_TYPE_ATOMIC, 0, 32);
}

static void
put_in_unlinked_queue(struct device *dev)
{
	struct rte_event ev;

	send_numbered(dev, 2, RTE_SCHED_TYPE_PARALLEL, 0, 32);
	assert_int_equal(poll(dev, 0, &ev, 1), 0);
}

static void
put_in_unlinked_directed_queue(struct device *dev)
{
	struct rte_event ev;

	send_numbered(dev, 4, RTE_SCHED_TYPE_ATOMIC, 0, 32);
	assert_int_equal(poll(dev, 0, &ev, 1), 0);
}

static void
put_in_cq(struct device *dev)
{
	struct rte_event ev;

	send_numbered(dev, 0, RTE_SCHED_TYPE_ATOMIC, 0, 32);
	/* Whoever polls an empty CQ lets the device run; with sched=service it has by now. */
	assert_int_equal(poll(dev, 2, &ev, 1), 0);
}

static void
put_in_directed_cq(struct device *dev)
{
	struct rte_event ev;

	send_numbered(dev, 3, RTE_SCHED_TYPE_ATOMIC, 0, 32);
	assert_int_equal(poll(dev, 0, &ev, 1), 0);
}

static void
stop_delivers_every_event_once(void **state)
{
	/* Port 1 holds what it gets; queues 2 and 4 are linked to no port. */
	static const struct setup setup = { .queues = "aopss", .ports = { "!01", "!1", "3" } };
	static const struct {
		const char *name;
		void (*put)(struct device *dev);
	} rows[] = {
		{ "queue", put_in_queue },
		{ "unlinked queue", put_in_unlinked_queue },
		{ "unlinked directed queue", put_in_unlinked_directed_queue },
		{ "CQ", put_in_cq },
		{ "directed CQ", put_in_directed_cq },
	};
	struct flushed flushed;
	struct device dev;
	uint32_t g, r;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_probe(&dev, *state, "event_dlb0", generations[g]);
		device_configure(&dev, &setup);
		flush_register(&dev, &flushed);
		for (r = 0; r < RTE_DIM(rows); r++) {
			memset(flushed.times, 0, sizeof(flushed.times));
			flushed.total = 0;
			device_start(&dev);
			rows[r].put(&dev);
			log_mark(*state);
			device_stop(&dev);
			TEST_EQ(log_lines(*state, dev.name), 0, rows[r].name);
			flushed_expect(&flushed, 0, 32, rows[r].name);
		}
		device_remove(&dev);
	}
}

/* Which of two ports of an ordered queue gets the first event is the device's choice. */
static void
stop_finishes_the_order(void **state)
{
	static const struct setup setup = { .queues = "ao", .ports = { "!0", "!1", "!1" } };
	struct rte_event held[32], ev[32];
	struct flushed flushed;
	struct device dev;
	uint32_t g, i, n;
	uint16_t got;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		flush_register(&dev, &flushed);
		send_numbered(&dev, 1, RTE_SCHED_TYPE_ORDERED, 0, 32);
		/* One event stays with port 1; all others are answered, and wait behind it. */
		receive(&dev, 1, held, 1);
		for (n = 1, i = 0; n < 32 && i < 64; i++) {
			got = poll(&dev, 2, ev, 32);
			forward(&dev, 2, ev, got, 0, RTE_SCHED_TYPE_ATOMIC);
			n += got;
		}
		log_mark(*state);
		device_stop(&dev);
		assert_int_equal(log_lines(*state, dev.name), 0);
		/* What port 1 was given and had not taken is flushed too, but not what it held. */
		assert_int_equal(flushed.times[held[0].u64], 0);
		flushed.times[held[0].u64] = 1;
		flushed.total++;
		flushed_expect(&flushed, 0, 32, generations[g]);
		device_remove(&dev);
	}
}

/* Held events are the application's: they end with the stop, and are not delivered twice. */
static void
stop_releases_what_is_held(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "!0", "!1" } };
	struct flushed flushed;
	struct rte_event ev[32];
	struct device dev;
	uint32_t g;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		flush_register(&dev, &flushed);
		send_numbered(&dev, 0, RTE_SCHED_TYPE_ATOMIC, 0, 48);
		receive(&dev, 0, ev, 16);
		send_numbered(&dev, 1, RTE_SCHED_TYPE_ATOMIC, 100, 116);
		receive(&dev, 1, ev, 16);
		device_stop(&dev);
		flushed_expect(&flushed, 16, 48, generations[g]);
		device_remove(&dev);
	}
}

/* Each unlinked queue has to be lent to a port for the flush: also to one that has no slot left. */
static void
stop_delivers_many_unlinked_queues(void **state)
{
	static const struct setup setups[] = {
		{ .queues = "aaaaaaaaaaaa", .ports = { "0" } },
		{ .queues = "aaaaaaaaaaaa", .ports = { "01234567" } },
	};
	struct flushed flushed;
	struct device dev;
	uint32_t s, q;

	for (s = 0; s < RTE_DIM(setups); s++) {
		device_create(&dev, *state, "hw=2.5", &setups[s]);
		flush_register(&dev, &flushed);
		for (q = 0; q < 12; q++)
			send_numbered(&dev, (uint8_t)q, RTE_SCHED_TYPE_ATOMIC, q * 4, q * 4 + 4);
		log_mark(*state);
		device_stop(&dev);
		TEST_EQ(log_lines(*state, dev.name), 0, setups[s].ports[0]);
		flushed_expect(&flushed, 0, 48, setups[s].ports[0]);
		device_remove(&dev);
	}
}

/* More than all CQs hold together, and more than one round of the scheduler moves. */
static void
stop_of_a_full_device(void **state)
{
	static const struct setup setup = { .queues = "aops",
					    .ports = { "01", "2", "3" },
					    .limit = FLUSHED_MAX };
	static const char *const args[] = { "hw=2.0", "hw=2.5", "sched=thread", "sched=service" };
	struct flushed flushed;
	struct device dev;
	uint32_t a, q;

	for (a = 0; a < RTE_DIM(args); a++) {
		device_create(&dev, *state, args[a], &setup);
		flush_register(&dev, &flushed);
		for (q = 0; q < 4; q++)
			send_numbered(&dev, (uint8_t)q,
				      (uint8_t)(q == 1   ? RTE_SCHED_TYPE_ORDERED
						: q == 2 ? RTE_SCHED_TYPE_PARALLEL
							 : RTE_SCHED_TYPE_ATOMIC),
				      q * FLUSHED_MAX / 4, (q + 1) * FLUSHED_MAX / 4);
		device_stop(&dev);
		flushed_expect(&flushed, 0, FLUSHED_MAX, args[a]);
		device_remove(&dev);
	}
}

/* Each device has its own callback, and one that has none just lets events go. */
static void
flush_callbacks_are_per_device(void **state)
{
	static const struct setup setup = { .queues = "a", .ports = { "0" } };
	struct flushed flushed;
	struct device dev[2];

	device_create(&dev[0], *state, "hw=2.0", &setup);
	device_probe(&dev[1], *state, "event_dlb1", "hw=2.5");
	device_configure(&dev[1], &setup);
	flush_register(&dev[1], &flushed);
	device_start(&dev[1]);
	send_numbered(&dev[0], 0, RTE_SCHED_TYPE_ATOMIC, 0, 8);
	send_numbered(&dev[1], 0, RTE_SCHED_TYPE_ATOMIC, 8, 16);
	device_stop(&dev[1]);
	flushed_expect(&flushed, 8, 16, "second device");
	device_remove(&dev[1]);
	device_stop(&dev[0]);
	flushed_expect(&flushed, 8, 16, "first device");
	device_remove(&dev[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(configured_again_and_again, fixture_sweep),
		cmocka_unit_test_teardown(set_ups_survive_configuration, fixture_sweep),
		cmocka_unit_test_teardown(links_go_with_their_queue, fixture_sweep),
		cmocka_unit_test_teardown(set_up_twice, fixture_sweep),
		cmocka_unit_test_teardown(set_up_again_drops_links, fixture_sweep),
		cmocka_unit_test_teardown(started_and_stopped_many_times, fixture_sweep),
		cmocka_unit_test_teardown(a_failed_start_is_mended, fixture_sweep),
		cmocka_unit_test_teardown(a_running_device_is_left_alone, fixture_sweep),
		cmocka_unit_test_teardown(stop_delivers_every_event_once, fixture_sweep),
		cmocka_unit_test_teardown(stop_finishes_the_order, fixture_sweep),
		cmocka_unit_test_teardown(stop_releases_what_is_held, fixture_sweep),
		cmocka_unit_test_teardown(stop_delivers_many_unlinked_queues, fixture_sweep),
		cmocka_unit_test_teardown(stop_of_a_full_device, fixture_sweep),
		cmocka_unit_test_teardown(flush_callbacks_are_per_device, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}

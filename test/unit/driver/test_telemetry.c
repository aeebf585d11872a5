/* SPDX-License-Identifier: BSD-3-Clause */
/* Telemetry, through its socket: what replies say of a device whose state is known, and what they refuse. */
#include <string.h>

#include <rte_common.h>

#include "fixture.h"
#include "rte_pmd_dlb.h"
#include "telemetry_client.h"

static const struct setup setup = { .queues = "aos", .ports = { "!01", "!12" } };

static uint32_t
count(const char *text, char letter)
{
	uint32_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == letter;
	return n;
}

static void
expect(int fd, const char *command, const char *part)
{
	char reply[TELEMETRY_REPLY_BYTES];

	telemetry_ask(fd, command, reply);
	if (strstr(reply, part) == NULL)
		fail_msg("%s: '%s' is not part of %s", command, part, reply);
	TEST_EQ(count(reply, '{'), count(reply, '}'), command);
	TEST_EQ(count(reply, '['), count(reply, ']'), command);
}

struct question {
	const char *command, *part;
};

static void
expect_all(int fd, const struct question rows[], uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		expect(fd, rows[i].command, rows[i].part);
}

/* One event is held by port 0, one waits in queue 1. */
static void
started_device(void **state)
{
	static const struct question rows[] = {
		{ "/dlb/devices", "{\"0\":\"event_dlb0\"}" },
		{ "/dlb/device,0", "\"hw\":\"2.5\",\"backend\":\"embedded\",\"sched\":\"inline\"" },
		{ "/dlb/device,0", "\"nb_queues\":3,\"nb_ports\":2,\"events_limit\":1024" },
		{ "/dlb/device,0", "\"free_queues\":{\"load_balanced\":30,\"directed\":94}" },
		{ "/dlb/domain,0", "\"credits\":{\"load_balanced\":1024,\"directed\":0}" },
		{ "/dlb/domain,0", "\"credits_left\":{\"load_balanced\":1023,\"directed\":0}" },
		{ "/dlb/queues,0", "\"kind\":[0,0,1]" },
		{ "/dlb/queues,0", "\"sequence_numbers\":[0,64,0]" },
		{ "/dlb/queues,0", "\"depth\":[0,1,0]" },
		{ "/dlb/queues,0", "\"inflights\":[1,0,0],\"enqueued\":[1,1,0]" },
		{ "/dlb/ports,0", "\"nb_members\":[1,2],\"nb_links\":[2,2]" },
		{ "/dlb/ports,0", "\"held\":[1,0],\"scheduled\":[1,0]" },
		{ "/dlb/ports,0", "\"flows\":[1,0]" },
		{ "/dlb/port,0,1", "\"members\":{\"kind\":[0,1]" },
		{ "/dlb/links,0",
		  "\"total\":4,\"first\":0,\"port\":[0,0,1,1],\"queue\":[0,1,1,2]" },
		{ "/dlb/links,0,3", "\"first\":3,\"port\":[1],\"queue\":[2]" },
		{ "/dlb/credits,0", "\"hw_credits_left\":{\"load_balanced\":1023,\"directed\":0}" },
		{ "/dlb/credits,0", "\"new_event_threshold\":[1024,1024]" },
		{ "/dlb/latency,0,1", "\"events\":0,\"p50_ns\":0,\"p99_ns\":0" },
		{ "/dlb/latency,0,1,50", "\"resolution_ns\":" },
		{ "/dlb/xstats,0,device", "\"dev_events_in_system\":" },
		{ "/dlb/alarms,0", "\"dev_alarm_illegal_queue\":0,\"dev_alarm_disabled_queue\":0" },
		{ "/dlb/dump,0", "\"alarms\":{\"dev_alarm_illegal_queue\":0" },
		{ "/dlb/xstats,0,port,0", "\"port_0_held\":1" },
		{ "/dlb/xstats,0,queue,1", "\"queue_1_depth\":1" },
		{ "/dlb/registers,0,SYS_TOTAL_*",
		  "\"SYS_TOTAL_VAS\":[32],\"SYS_TOTAL_CREDITS\":[16384]" },
		{ "/dlb/registers,0,*", "\"next\":" },
		{ "/dlb/register,0,sys_total_vas", "\"value\":32,\"fields\":{\"TOTAL_VAS\":32}" },
		{ "/dlb/register,0,LSP_CQ_LDB_DSBL,63", "\"index\":63,\"count\":64" },
		{ "/dlb/model,0", "\"lint\":{\"unpowered\":0,\"unknown_register\":0" },
		{ "/dlb/dump,0", "\"device\":{\"name\":\"event_dlb0\"" },
		{ "/dlb/dump,0", "\"queues\":{\"configured\":[1,1,1]" },
		{ "/dlb/dump,0", "\"links\":{\"total\":4" },
	};
	struct rte_event ev[2] = { event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1),
				   event_new(1, RTE_SCHED_TYPE_ORDERED, 1, 2) };
	struct device dev;
	int fd;

	device_create(&dev, *state, "hw=2.5", &setup);
	send(&dev, 0, ev, 1);
	receive(&dev, 0, ev, 1);
	assert_int_equal(rte_pmd_dlb_fault_stall(dev.id, 0, true), 0);
	assert_int_equal(rte_pmd_dlb_fault_stall(dev.id, 1, true), 0);
	send(&dev, 1, &ev[1], 1);
	/* The device is to have taken it; what else the port has to do is done then, too. */
	assert_int_equal(poll(&dev, 1, &ev[1], 1), 0);

	fd = telemetry_connect();
	expect_all(fd, rows, RTE_DIM(rows));
	telemetry_disconnect(fd);

	assert_int_equal(rte_pmd_dlb_fault_stall(dev.id, 0, false), 0);
	release(&dev, 0, ev, 1);
	receive(&dev, 0, ev, 1);
	release(&dev, 0, ev, 1);
	assert_int_equal(rte_pmd_dlb_fault_stall(dev.id, 1, false), 0);
	device_remove(&dev);
}

static void
stopped_device(void **state)
{
	static const struct question rows[] = {
		{ "/dlb/device,0", "\"started\":0" },
		{ "/dlb/domain,0", "null" },
		{ "/dlb/queues,0", "\"configured\":[1,1,1],\"started\":[0,0,0]" },
		{ "/dlb/port,0,0", "\"nb_members\":0" },
		{ "/dlb/dump,0", "\"ports\":{\"configured\":[1,1]" },
	};
	struct device dev;
	int fd;

	device_probe(&dev, *state, "event_dlb0", "hw=2.0");
	device_configure(&dev, &setup);
	fd = telemetry_connect();
	expect_all(fd, rows, RTE_DIM(rows));
	device_remove(&dev);
	expect(fd, "/dlb/devices", "{\"/dlb/devices\":{}}");
	expect(fd, "/dlb/dump,0", "{\"/dlb/dump\":null}");
	telemetry_disconnect(fd);
}

static void
bad_requests(void **state)
{
	static const char *const commands[] = {
		"/dlb/device",
		"/dlb/device,x",
		"/dlb/device,1",
		"/dlb/device,99",
		"/dlb/queues,-1",
		"/dlb/port,0",
		"/dlb/port,0,2",
		"/dlb/port,0,256",
		"/dlb/xstats,0",
		"/dlb/xstats,0,cpu",
		"/dlb/xstats,0,port,9",
		"/dlb/registers,0",
		"/dlb/register,0,nonsense",
		"/dlb/register,0,SYS_TOTAL_VAS,1",
		"/dlb/links,0,many",
		"/dlb/dump,0x0",
		"/dlb/port,0,0,0,0",
	};
	char reply[TELEMETRY_REPLY_BYTES];
	struct device dev;
	uint32_t i;
	int fd;

	device_create(&dev, *state, "", &setup);
	fd = telemetry_connect();
	for (i = 0; i < RTE_DIM(commands); i++) {
		telemetry_ask(fd, commands[i], reply);
		TEST_EQ(strstr(reply, ":null}") != NULL, true, commands[i]);
	}
	telemetry_disconnect(fd);
	device_remove(&dev);
}

/* The largest configuration fits into one reply. */
static void
large_device(void **state)
{
	static const struct setup large = {
		.queues = "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm",
		.ports = { "*" },
		.more_ports = 63,
		.limit = 16384,
	};
	struct device dev;
	int fd;

	device_probe(&dev, *state, "event_dlb0", "hw=2.5");
	device_configure(&dev, &large);
	fd = telemetry_connect();
	expect(fd, "/dlb/dump,0", "\"links\":{\"total\":2048");
	expect(fd, "/dlb/links,0,2000", "\"first\":2000");
	telemetry_disconnect(fd);
	device_remove(&dev);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(started_device, fixture_sweep),
		cmocka_unit_test_teardown(stopped_device, fixture_sweep),
		cmocka_unit_test_teardown(bad_requests, fixture_sweep),
		cmocka_unit_test_teardown(large_device, fixture_sweep),
	};

	return cmocka_run_group_tests_name("telemetry", tests, fixture_create_telemetry,
					   fixture_destroy);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_pmd_dlb.h: descriptions, registers, raw QEs and faults. */
#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "dlb_qe.h"
#include "dlb_reg.h"

#include "fixture.h"
#include "rte_pmd_dlb.h"

#define NO_DEVICE 77

/* Queue 2 is directed; port 1 has both kinds of hardware port. */
static const struct setup setup = { .queues = "aos", .ports = { "!01", "!12" } };

static void
device_and_domain(void **state)
{
	static const struct {
		const char *args, *hw;
		uint32_t credits[RTE_PMD_DLB_KINDS];
	} rows[] = {
		{ "hw=2.0", "2.0", { DEVICE_LIMIT, DEVICE_LIMIT } },
		{ "hw=2.5,cq_mode=sparse", "2.5", { DEVICE_LIMIT, 0 } },
	};
	struct rte_pmd_dlb_device info;
	struct rte_pmd_dlb_domain domain;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_probe(&dev, *state, "event_dlb0", rows[i].args);
		device_configure(&dev, &setup);
		assert_int_equal(rte_pmd_dlb_device_get(dev.id, &info), 0);
		TEST_EQ(info.started, false, rows[i].args);
		TEST_EQ(info.free_domains, DLB_DOMAINS, rows[i].args);
		log_mark(*state);
		assert_int_equal(rte_pmd_dlb_domain_get(dev.id, &domain), -EAGAIN);
		log_expect(*state, "event_dlb0", "stopped", rows[i].args);

		device_start(&dev);
		assert_int_equal(rte_pmd_dlb_device_get(dev.id, &info), 0);
		assert_string_equal(info.name, "event_dlb0");
		assert_string_equal(info.hw, rows[i].hw);
		assert_string_equal(info.backend, "embedded");
		assert_string_equal(info.sched, "inline");
		TEST_EQ(strcmp(info.cq_mode, "sparse") == 0, i == 1, rows[i].args);
		TEST_EQ(info.embedded && info.started, true, rows[i].args);
		TEST_EQ(info.nb_queues, 3, rows[i].args);
		TEST_EQ(info.nb_ports, 2, rows[i].args);
		TEST_EQ(info.events_limit, DEVICE_LIMIT, rows[i].args);
		TEST_EQ(info.events_free, DEVICE_LIMIT, rows[i].args);
		TEST_EQ(info.free_domains, DLB_DOMAINS - 1, rows[i].args);
		TEST_EQ(info.free_queues[RTE_PMD_DLB_LDB], DLB_LDB_QUEUES - 2, rows[i].args);

		assert_int_equal(rte_pmd_dlb_domain_get(dev.id, &domain), 0);
		TEST_EQ(domain.queues[RTE_PMD_DLB_LDB], 2, rows[i].args);
		TEST_EQ(domain.queues[RTE_PMD_DLB_DIR], 1, rows[i].args);
		TEST_EQ(domain.ports[RTE_PMD_DLB_LDB], 2, rows[i].args);
		TEST_EQ(memcmp(domain.credits, rows[i].credits, sizeof(domain.credits)), 0,
			rows[i].args);
		TEST_EQ(memcmp(domain.credits_left, rows[i].credits, sizeof(domain.credits)), 0,
			rows[i].args);
		device_remove(&dev);
	}
}

/* One event is on its way: it is counted in the queue, then in the port. */
static void
queue_and_port(void **state)
{
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
	struct rte_pmd_dlb_queue queue;
	struct rte_pmd_dlb_member member;
	struct rte_pmd_dlb_port port;
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_pmd_dlb_port_get(dev.id, 1, &port), 0);
	assert_true(port.configured && !port.releases_implicitly);
	assert_int_equal(port.nb_members, 2);
	assert_int_equal(port.nb_links, 2);
	assert_int_equal(port.dequeue_depth, DEVICE_DEPTH);
	assert_int_equal(rte_pmd_dlb_member_get(dev.id, 1, 1, &member), 0);
	assert_int_equal(member.kind, RTE_PMD_DLB_DIR);
	assert_int_equal(rte_pmd_dlb_queue_get(dev.id, 2, &queue), 0);
	assert_int_equal(queue.kind, RTE_PMD_DLB_DIR);
	assert_int_equal(queue.hw_queue, member.hw_port);
	assert_int_equal(rte_pmd_dlb_queue_get(dev.id, 1, &queue), 0);
	assert_int_equal(queue.sequence_numbers, 64);

	send(&dev, 0, &ev, 1);
	receive(&dev, 0, &ev, 1);
	assert_int_equal(rte_pmd_dlb_queue_get(dev.id, 0, &queue), 0);
	assert_true(queue.configured && queue.started);
	assert_int_equal(queue.enqueued, 1);
	assert_int_equal(queue.inflights, 1);
	assert_int_equal(queue.depth, 0);
	assert_int_equal(rte_pmd_dlb_member_get(dev.id, 0, 0, &member), 0);
	assert_int_equal(member.kind, RTE_PMD_DLB_LDB);
	assert_int_equal(member.scheduled, 1);
	assert_int_equal(member.inflights, 1);
	assert_int_equal(member.held, 1);
	assert_int_equal(member.cq_next, 1);
	release(&dev, 0, &ev, 1);
	device_remove(&dev);
}

/* Three events of two flows of the atomic queue, and one of the other queue, which pins nothing. */
static void
flows(void **state)
{
	struct rte_event ev[] = {
		event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1),
		event_new(0, RTE_SCHED_TYPE_ATOMIC, 2, 2),
		event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 3),
		event_new(1, RTE_SCHED_TYPE_ORDERED, 3, 4),
	};
	uint32_t got[2] = { 7, 7 };
	struct device dev;

	device_create(&dev, *state, "", &setup);
	send(&dev, 0, ev, RTE_DIM(ev));
	assert_int_equal(rte_pmd_dlb_flows_get(dev.id, got, 1), 2);
	assert_int_equal(got[1], 7);
	receive(&dev, 0, ev, 3);
	assert_int_equal(rte_pmd_dlb_flows_get(dev.id, got, RTE_DIM(got)), 2);
	assert_int_equal(got[0], 2);
	assert_int_equal(got[1], 0);
	release(&dev, 0, ev, 3);
	rte_event_dev_stop(dev.id);
	assert_int_equal(rte_pmd_dlb_flows_get(dev.id, got, RTE_DIM(got)), 2);
	assert_int_equal(got[0], 0);
	device_remove(&dev);
}

static void
links(void **state)
{
	static const struct rte_pmd_dlb_link want[] = {
		{ 0, 0, 0, 4 },
		{ 1, 0, 0, 4 },
		{ 1, 1, 0, 4 },
		{ 2, 1, 0, 0 },
	};
	struct rte_pmd_dlb_link got[RTE_DIM(want)] = { 0 };
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_pmd_dlb_links_get(dev.id, got, 1), RTE_DIM(want));
	assert_memory_equal(&got[0], &want[0], sizeof(want[0]));
	assert_memory_not_equal(&got[1], &want[1], sizeof(want[0]));
	assert_int_equal(rte_pmd_dlb_links_get(dev.id, got, RTE_DIM(want)), RTE_DIM(want));
	assert_memory_equal(got, want, sizeof(want));
	device_remove(&dev);
}

/* Every register of a generation is listed once, and found by its name, at the offset of the contract. */
static void
registers(void **state)
{
	static const char *const args[DLB_GEN_COUNT] = { "hw=2.0", "hw=2.5" };
	struct rte_pmd_dlb_register reg;
	struct device dev;
	uint32_t gen, value;
	int count, row;

	for (gen = 0; gen < DLB_GEN_COUNT; gen++) {
		device_create(&dev, *state, args[gen], &setup);
		count = rte_pmd_dlb_register_count(dev.id);
		TEST_EQ(count > 100, true, args[gen]);
		for (row = 0; row < count; row++) {
			assert_int_equal(rte_pmd_dlb_register_get(dev.id, (uint32_t)row, &reg), 0);
			TEST_EQ(rte_pmd_dlb_register_find(dev.id, reg.name), row, reg.name);
			TEST_EQ(dlb_reg_find(gen, reg.offset).index, 0, reg.name);
			TEST_EQ(strcmp(dlb_regs[dlb_reg_find(gen, reg.offset).reg].name, reg.name),
				0, reg.name);
			TEST_EQ(reg.nb_fields < RTE_PMD_DLB_FIELDS_MAX, true, reg.name);
			TEST_EQ(rte_pmd_dlb_register_read(dev.id, (uint32_t)row, reg.count - 1,
							  &value),
				0, reg.name);
			TEST_EQ(rte_pmd_dlb_register_read(dev.id, (uint32_t)row, reg.count, &value),
				-EINVAL, reg.name);
		}
		row = rte_pmd_dlb_register_find(dev.id, "sys_total_vas");
		assert_true(row >= 0);
		assert_int_equal(rte_pmd_dlb_register_read(dev.id, (uint32_t)row, 0, &value), 0);
		assert_int_equal(value, DLB_DOMAINS);
		device_remove(&dev);
	}
}

static void
refusals(void **state)
{
	struct rte_pmd_dlb_register reg;
	struct rte_pmd_dlb_device info;
	struct rte_pmd_dlb_member member;
	struct rte_pmd_dlb_queue queue;
	struct rte_pmd_dlb_port port;
	struct device dev;
	uint32_t i;

	device_create(&dev, *state, "hw=2.5", &setup);
	assert_int_equal(rte_pmd_dlb_device_get(NO_DEVICE, &info), -ENODEV);
	assert_int_equal(rte_pmd_dlb_device_get(dev.id + 1, &info), -ENODEV);

	const struct {
		int got, want;
		const char *text;
	} rows[] = {
		{ (log_mark(*state), rte_pmd_dlb_queue_get(dev.id, 3, &queue)), -EINVAL,
		  "queue 3" },
		{ rte_pmd_dlb_port_get(dev.id, 2, &port), -EINVAL, "port 2" },
		{ rte_pmd_dlb_member_get(dev.id, 0, 1, &member), -EINVAL, "hardware port 1" },
		{ rte_pmd_dlb_register_get(dev.id, 1000, &reg), -EINVAL, "row 1000" },
		{ rte_pmd_dlb_register_find(dev.id, "SYS_TOTAL_DIR_CRDS"), -ENOENT,
		  "SYS_TOTAL_DIR_CRDS" },
		{ rte_pmd_dlb_fault_stall(dev.id, 2, true), -EINVAL, "port 2" },
		{ rte_pmd_dlb_fault_corrupt(dev.id, 0, 1), -EINVAL, "hardware port 1" },
	};

	for (i = 0; i < RTE_DIM(rows); i++)
		TEST_EQ(rows[i].got, rows[i].want, rows[i].text);
	TEST_EQ(log_lines(*state, dev.name), RTE_DIM(rows), "one line for each");
	device_remove(&dev);
	assert_int_equal(rte_pmd_dlb_device_get(dev.id, &info), -ENODEV);
}

/* A raw NEW QE arrives like any event; the driver has no credit in its books for it. */
static void
raw_qe(void **state)
{
	struct rte_pmd_dlb_qe line[4] = { { 0 } };
	struct rte_pmd_dlb_queue queue;
	struct rte_event ev;
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_pmd_dlb_queue_get(dev.id, 0, &queue), 0);
	line[2] = (struct rte_pmd_dlb_qe){
		.data = 0x1122334455667788,
		.queue = (uint8_t)queue.hw_queue,
		.sched = DLB_SCHED_ATOMIC,
		.lock_id = 0xabc,
		.cmd = DLB_CMD_NEW,
	};
	assert_int_equal(rte_pmd_dlb_qe_inject(dev.id, 0, 0, line), 0);
	receive(&dev, 0, &ev, 1);
	assert_int_equal(ev.u64, 0x1122334455667788);
	assert_int_equal(ev.flow_id, 0xabc);
	assert_int_equal(ev.queue_id, 0);
	rte_event_dev_stop(dev.id);
	device_remove(&dev);
}

static void
stalled_port(void **state)
{
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
	struct rte_pmd_dlb_queue queue;
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_pmd_dlb_fault_stall(dev.id, 0, true), 0);
	send(&dev, 1, &ev, 1);
	assert_int_equal(poll(&dev, 0, &ev, 1), 0);
	assert_int_equal(rte_pmd_dlb_queue_get(dev.id, 0, &queue), 0);
	assert_int_equal(queue.depth, 1);
	assert_int_equal(rte_pmd_dlb_fault_stall(dev.id, 0, false), 0);
	receive(&dev, 0, &ev, 1);
	release(&dev, 0, &ev, 1);
	device_remove(&dev);
}

/* The corrupt entry is counted and answered for; the next event arrives. */
static void
corrupt_entry(void **state)
{
	struct rte_event ev[2] = { event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1),
				   event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 2) };
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_pmd_dlb_fault_corrupt(dev.id, 0, 0), 0);
	send(&dev, 1, ev, 2);
	receive(&dev, 0, ev, 1);
	assert_int_equal(ev[0].u64, 2);
	assert_int_equal(device_xstat(&dev, "port_0_corrupt_entries"), 1);
	release(&dev, 0, ev, 1);
	device_remove(&dev);
}

static void
lint_rules(void **state)
{
	struct rte_pmd_dlb_lint rules[64];
	struct rte_pmd_dlb_qe line[4] = { { .cmd = 0xf } };
	struct device dev;
	uint64_t before = 0, after = 0;
	int n, i;

	device_create(&dev, *state, "", &setup);
	n = rte_pmd_dlb_lint_get(dev.id, rules, RTE_DIM(rules));
	assert_true(n > 10 && n < (int)RTE_DIM(rules));
	for (i = 0; i < n; i++)
		before += rules[i].findings;
	assert_int_equal(before, 0);
	assert_int_equal(rte_pmd_dlb_qe_inject(dev.id, 0, 0, line), 0);
	rte_pmd_dlb_lint_get(dev.id, rules, (uint32_t)n);
	for (i = 0; i < n; i++)
		after += rules[i].findings;
	assert_int_equal(after, 1);
	/* device_remove() would find the finding. */
	rte_event_dev_stop(dev.id);
	fixture_sweep(state);
}

/* Only where it was asked for, and only bits that software may write. */
static void
registers_that_may_be_written(void **state)
{
	struct device dev;
	uint32_t value;
	int row, fixed;

	device_probe(&dev, *state, "event_dlb0", "");
	row = rte_pmd_dlb_register_find(dev.id, "CHP_CFG_LDB_WD_THRESHOLD");
	fixed = rte_pmd_dlb_register_find(dev.id, "SYS_TOTAL_VAS");
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_register_write(dev.id, (uint32_t)row, 0, 1), -EPERM);
	log_expect(*state, dev.name, "the argument register_write=1", "not asked for");
	device_remove(&dev);

	device_probe(&dev, *state, "event_dlb0", "register_write=1");
	assert_int_equal(rte_pmd_dlb_register_write(dev.id, (uint32_t)row, 0, 0x5a), 0);
	assert_int_equal(rte_pmd_dlb_register_read(dev.id, (uint32_t)row, 0, &value), 0);
	assert_int_equal(value, 0x5a);
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_register_write(dev.id, (uint32_t)row, 0, 0x100), -EINVAL);
	log_expect(*state, dev.name, "value 0x00000100: accepted are the bits 0x000000ff", "bits");
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_register_write(dev.id, (uint32_t)row, 1, 0), -EINVAL);
	log_expect(*state, dev.name, "index 1: accepted are 0 to 0", "index");
	assert_int_equal(rte_pmd_dlb_register_write(dev.id, (uint32_t)fixed, 0, 1), -EINVAL);
	device_remove(&dev);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(device_and_domain, fixture_sweep),
		cmocka_unit_test_teardown(queue_and_port, fixture_sweep),
		cmocka_unit_test_teardown(flows, fixture_sweep),
		cmocka_unit_test_teardown(links, fixture_sweep),
		cmocka_unit_test_teardown(registers, fixture_sweep),
		cmocka_unit_test_teardown(registers_that_may_be_written, fixture_sweep),
		cmocka_unit_test_teardown(refusals, fixture_sweep),
		cmocka_unit_test_teardown(raw_qe, fixture_sweep),
		cmocka_unit_test_teardown(stalled_port, fixture_sweep),
		cmocka_unit_test_teardown(corrupt_entry, fixture_sweep),
		cmocka_unit_test_teardown(lint_rules, fixture_sweep),
	};

	return cmocka_run_group_tests_name("inspect", tests, fixture_create, fixture_destroy);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Scenarios of datapath.md, "Scenarios worth a directed test each", that are the driver's. The test
 * stands between driver and model (the linker wraps three functions of the model): it sees each line
 * that the driver writes, and can keep a CQ entry from the driver for a while.
 */
#include <stdlib.h>
#include <string.h>

#include "dlb_model.h"
#include "dlb_reg.h"
#include "fixture.h"

#define BURST_MAX 9
#define EVENTS 96
#define RING 64    /* entries behind a CQ of the default depth */
#define ROUNDS 100 /* more than any ring, history list or share could hide a leak */

/* What has been seen and done between driver and model; one device at a time is looked at. */
static struct wire {
	uint32_t lines[DLB_QES_PER_LINE + 1]; /* by QEs in them */
	uint32_t dirty;                       /* slots without a command that are not zero */
	/* The CQ of the load-balanced port that was programmed last. */
	uint64_t cq;
	/* The entry with this data is spoiled as it arrives; 0: none. */
	uint64_t spoil;
	/* Entries from first on, up to last, are kept back as long as hiding is on. */
	bool hiding;
	uint32_t first, last, stride;
	struct dlb_cqe kept[DLB_CQ_DEPTH_MAX];
	struct dlb_cqe stale[DLB_CQ_DEPTH_MAX];
} wire;

void __real_dlb_model_pp_write(struct dlb_model *model, enum dlb_kind kind, uint32_t port,
			       const struct dlb_qe line[DLB_QES_PER_LINE]);
void __wrap_dlb_model_pp_write(struct dlb_model *model, enum dlb_kind kind, uint32_t port,
			       const struct dlb_qe line[DLB_QES_PER_LINE]);
void __real_dlb_model_pp_write_lines(struct dlb_model *model, enum dlb_kind kind, uint32_t port,
				     const struct dlb_qe (*lines)[DLB_QES_PER_LINE], uint32_t n);
void __wrap_dlb_model_pp_write_lines(struct dlb_model *model, enum dlb_kind kind, uint32_t port,
				     const struct dlb_qe (*lines)[DLB_QES_PER_LINE], uint32_t n);
uint32_t __real_dlb_model_run(struct dlb_model *model, uint32_t budget);
uint32_t __wrap_dlb_model_run(struct dlb_model *model, uint32_t budget);
void __real_dlb_model_csr_write(struct dlb_model *model, uint32_t offset, uint32_t value);
void __wrap_dlb_model_csr_write(struct dlb_model *model, uint32_t offset, uint32_t value);

static void
wire_count(const struct dlb_qe line[DLB_QES_PER_LINE])
{
	static const struct dlb_qe zero;
	uint32_t i, n = 0;

	for (i = 0; i < DLB_QES_PER_LINE; i++) {
		n += line[i].cmd != DLB_CMD_NOOP;
		wire.dirty +=
			line[i].cmd == DLB_CMD_NOOP && memcmp(&line[i], &zero, sizeof(zero)) != 0;
	}
	wire.lines[n]++;
}

void
__wrap_dlb_model_pp_write(struct dlb_model *model, enum dlb_kind kind, uint32_t port,
			  const struct dlb_qe line[DLB_QES_PER_LINE])
{
	wire_count(line);
	__real_dlb_model_pp_write(model, kind, port, line);
}

void
__wrap_dlb_model_pp_write_lines(struct dlb_model *model, enum dlb_kind kind, uint32_t port,
				const struct dlb_qe (*lines)[DLB_QES_PER_LINE], uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		wire_count(lines[i]);
	__real_dlb_model_pp_write_lines(model, kind, port, lines, n);
}

void
__wrap_dlb_model_csr_write(struct dlb_model *model, uint32_t offset, uint32_t value)
{
	const struct dlb_reg_at at = dlb_reg_find(dlb_model_gen(model), offset);

	if (at.reg == DLB_SYS_LDB_CQ_ADDR_L && value != 0)
		wire.cq = value;
	else if (at.reg == DLB_SYS_LDB_CQ_ADDR_U && value != 0)
		wire.cq |= (uint64_t)value << 32;
	__real_dlb_model_csr_write(model, offset, value);
}

static struct dlb_cqe *
wire_entry(uint32_t slot)
{
	return (struct dlb_cqe *)(uintptr_t)(wire.cq + (uint64_t)slot * wire.stride);
}

static void
wire_copy(struct dlb_cqe to[], bool from_ring)
{
	uint32_t i;

	for (i = wire.first; i <= wire.last; i++) {
		if (from_ring)
			to[i] = *wire_entry(i);
		else
			*wire_entry(i) = to[i];
	}
}

static void
wire_spoil(void)
{
	uint32_t i;

	for (i = 0; i < RING; i++) {
		if (wire_entry(i)->data != wire.spoil)
			continue;
		wire_entry(i)->data = ~wire.spoil;
		wire_entry(i)->flags |= DLB_CQE_ERROR;
		wire.spoil = 0;
		return;
	}
}

uint32_t
__wrap_dlb_model_run(struct dlb_model *model, uint32_t budget)
{
	uint32_t n;

	if (wire.spoil != 0) {
		n = __real_dlb_model_run(model, budget);
		wire_spoil();
		return n;
	}
	if (!wire.hiding)
		return __real_dlb_model_run(model, budget);
	wire_copy(wire.stale, true);
	n = __real_dlb_model_run(model, budget);
	if (n > 0) {
		wire_copy(wire.kept, true);
		wire_copy(wire.stale, false);
	}
	return n;
}

static const char *const devices[] = { "hw=2.0,cq_mode=dense", "hw=2.0,cq_mode=sparse",
				       "hw=2.5,cq_mode=dense", "hw=2.5,cq_mode=sparse" };

/* 2: every line is as full as its burst allows, and what is not used of it is zero. */
static void
lines_of_bursts(void **state)
{
	static const struct setup setup = { .queues = "p", .ports = { "0" } };
	struct rte_event ev[BURST_MAX];
	struct device dev;
	uint32_t d, n, i;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		for (n = 1; n <= BURST_MAX; n++) {
			/* Settle what earlier bursts owe, so that no pop rides along. */
			while (poll(&dev, 0, ev, 1) > 0)
				;
			memset(&wire, 0, sizeof(wire));
			for (i = 0; i < n; i++)
				ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
			send(&dev, 0, ev, (uint16_t)n);
			receive(&dev, 0, ev, (uint16_t)n);
			TEST_EQ(wire.dirty, 0, devices[d]);
			TEST_EQ(wire.lines[4], n / 4, devices[d]);
			if (n % 4 != 0)
				assert_true(wire.lines[n % 4] >= 1);
		}
		device_remove(&dev);
	}
}

/* Events sent in bursts of one size and fetched in bursts of another, from the port of their queue. */
static void
burst_sizes_check(const struct device *dev, uint8_t queue, uint32_t in, uint32_t out,
		  const char *row)
{
	const uint8_t port = queue == 2;
	const uint32_t n = in * out;
	struct rte_event ev[EVENTS], want[EVENTS];
	const struct rte_event *w;
	uint32_t i, got;

	for (i = 0; i < n; i++) {
		want[i] = event_new(queue,
				    queue == 0 ? RTE_SCHED_TYPE_ORDERED : RTE_SCHED_TYPE_ATOMIC,
				    0x84210u * (i + in) & 0xfffff, i);
		want[i].event_type = (i + out) & 0xf;
		want[i].sub_event_type = 0x11 * i & 0xff;
		ev[i] = want[i];
	}
	for (i = 0; i < n; i += in)
		send(dev, 0, &ev[i], (uint16_t)in);
	for (got = 0; got < n;)
		got += poll(dev, port, &ev[got], (uint16_t)RTE_MIN(out, n - got));
	for (i = 0; i < n; i++) {
		w = &want[ev[i].u64];
		TEST_EQ(ev[i].flow_id, w->flow_id, row);
		TEST_EQ(ev[i].event_type, w->event_type, row);
		TEST_EQ(ev[i].sub_event_type, w->sub_event_type, row);
	}
}

/* 9: an entry with the error bit costs an event, and neither token, history entry nor credit. */
static void
spoiled_entries_leak_nothing(void **state)
{
	static const struct setup setups[] = {
		{ .queues = "a", .ports = { "0" } },
		{ .queues = "a", .ports = { "!0" } },
		{ .queues = "o", .ports = { "0" } },
		{ .queues = "o", .ports = { "!0" } },
	};
	const uint32_t rows = RTE_DIM(setups) * RTE_DIM(devices);
	struct rte_event ev[8];
	struct device dev;
	uint32_t r, round, i, spoiled;

	for (r = 0; r < rows; r++) {
		const struct setup *setup = &setups[r / RTE_DIM(devices)];
		const char *device = devices[r % RTE_DIM(devices)];
		const bool releases = setup->ports[0][0] == '!';
		const uint8_t sched =
			setup->queues[0] == 'a' ? RTE_SCHED_TYPE_ATOMIC : RTE_SCHED_TYPE_ORDERED;

		memset(&wire, 0, sizeof(wire));
		device_create(&dev, *state, device, setup);
		wire.stride =
			strstr(device, "sparse") != NULL ? DLB_LINE_BYTES : sizeof(struct dlb_cqe);
		for (round = 0; round < ROUNDS; round++) {
			for (i = 0; i < 8; i++)
				ev[i] = event_new(0, sched, i, 1 + round * 8 + i);
			spoiled = round % 8;
			wire.spoil = ev[spoiled].u64;
			send(&dev, 0, ev, 8);
			receive(&dev, 0, ev, (uint16_t)spoiled);
			if (releases)
				release(&dev, 0, ev, (uint16_t)spoiled);
			receive(&dev, 0, ev, (uint16_t)(7 - spoiled));
			for (i = 0; i < 7 - spoiled; i++)
				TEST_EQ(ev[i].u64, 1 + round * 8 + spoiled + 1 + i, device);
			if (releases)
				release(&dev, 0, ev, (uint16_t)(7 - spoiled));
			TEST_EQ(wire.spoil, 0, device);
		}
		device_remove(&dev);
	}
}

/* 10: types and the whole flow survive every pair of burst sizes. */
static void
fields_survive_burst_sizes(void **state)
{
	static const struct setup setup = { .queues = "oas", .ports = { "01", "2" } };
	struct device dev;
	uint32_t d, in, out;
	uint8_t queue;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		for (queue = 0; queue < 3; queue++) {
			for (in = 1; in <= BURST_MAX; in++) {
				for (out = 1; out <= BURST_MAX; out++)
					burst_sizes_check(&dev, queue, in, out, devices[d]);
			}
		}
		device_remove(&dev);
	}
}

/* 11: lines become visible out of order; the reader takes the run of new entries and no more. */
static void
holes_in_the_ring(void **state)
{
	static const struct setup setup = { .queues = "p", .ports = { "0" } };
	static const struct {
		uint32_t device, stride, first, last;
	} rows[] = {
		{ 1, DLB_LINE_BYTES, 3, 3 },
		{ 3, DLB_LINE_BYTES, 0, 5 },
		{ 0, sizeof(struct dlb_cqe), 4, 7 },
		{ 2, sizeof(struct dlb_cqe), 0, 3 },
	};
	struct rte_event ev[16];
	struct device dev;
	uint32_t r, i;
	uint16_t got;

	for (r = 0; r < RTE_DIM(rows); r++) {
		memset(&wire, 0, sizeof(wire));
		device_create(&dev, *state, devices[rows[r].device], &setup);
		wire.first = rows[r].first;
		wire.last = rows[r].last;
		wire.stride = rows[r].stride;
		wire.hiding = true;
		for (i = 0; i < 12; i++)
			ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
		send(&dev, 0, ev, 12);
		got = poll(&dev, 0, ev, 16);
		TEST_EQ(got, rows[r].first, devices[rows[r].device]);
		TEST_EQ(poll(&dev, 0, &ev[got], 16), 0, devices[rows[r].device]);
		wire.hiding = false;
		wire_copy(wire.kept, false);
		got += poll(&dev, 0, &ev[got], 16);
		TEST_EQ(got, 12, devices[rows[r].device]);
		for (i = 0; i < 12; i++)
			TEST_EQ(ev[i].u64, i, devices[rows[r].device]);
		device_remove(&dev);
	}
}

struct flushed {
	uint32_t count[EVENTS];
};

static void
flush(uint8_t id, struct rte_event ev, void *arg)
{
	struct flushed *flushed = arg;

	(void)id;
	assert_true(ev.u64 < EVENTS);
	flushed->count[ev.u64]++;
}

/* 12: a stop finds events in queues, in staging, waiting for their order, in CQs and with workers. */
static void
stop_with_events_everywhere(void **state)
{
	static const struct setup setup = { .queues = "aops", .ports = { "!012", "!01", "3" } };
	struct flushed flushed = { { 0 } };
	struct rte_event ev[EVENTS], held[8];
	struct device dev;
	uint32_t d, i, n;
	uint16_t got;

	for (d = 0; d < RTE_DIM(devices); d++) {
		memset(&flushed, 0, sizeof(flushed));
		device_create(&dev, *state, devices[d], &setup);
		rte_event_dev_stop_flush_callback_register(dev.id, flush, &flushed);
		for (i = 0; i < 80; i++)
			ev[i] = event_new(i % 4,
					  i % 4 == 1   ? RTE_SCHED_TYPE_ORDERED
					  : i % 4 == 2 ? RTE_SCHED_TYPE_PARALLEL
						       : RTE_SCHED_TYPE_ATOMIC,
					  i % 4 == 0 ? 5 : i, i);
		send(&dev, 0, ev, 80);
		/* Workers hold some; of the ordered ones the later are answered before the first. */
		for (got = 0; got < 8;)
			got += poll(&dev, 0, &held[got], (uint16_t)(8 - got));
		n = poll(&dev, 1, ev, 4);
		for (i = 0; i < n; i++) {
			ev[i].op = RTE_EVENT_OP_FORWARD;
			ev[i].queue_id = 3;
		}
		TEST_EQ(rte_event_enqueue_burst(dev.id, 1, ev, (uint16_t)n), n, devices[d]);
		rte_event_dev_stop(dev.id);
		for (i = 0; i < 8; i++)
			flushed.count[held[i].u64]++;
		for (i = 0; i < 80; i++)
			TEST_EQ(flushed.count[i], 1, devices[d]);
		rte_event_dev_stop_flush_callback_register(dev.id, NULL, NULL);
		TEST_EQ(rte_event_dev_start(dev.id), 0, devices[d]);
		device_expect_idle(&dev);
		device_remove(&dev);
	}
}

/* 13: NEW events between the answers to an ordered queue change nothing about the order of answers. */
static void
new_between_ordered_answers(void **state)
{
	static const struct setup setup = { .queues = "os", .ports = { "!0", "!0", "1" } };
	struct rte_event got[2][4], mixed[8], out[EVENTS];
	struct device dev;
	uint32_t d, i, late, rising;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		for (i = 0; i < 8; i++)
			out[i] = event_new(0, RTE_SCHED_TYPE_ORDERED, i, i);
		send(&dev, 2, out, 8);
		receive(&dev, 0, got[0], 4);
		receive(&dev, 1, got[1], 4);
		/* The port whose first event came later answers first, with NEW events in between. */
		late = got[1][0].u64 > got[0][0].u64;
		for (i = 0; i < 4; i++) {
			mixed[2 * i] = got[late][i];
			mixed[2 * i].op = RTE_EVENT_OP_FORWARD;
			mixed[2 * i].queue_id = 1;
			mixed[2 * i + 1] = event_new(1, RTE_SCHED_TYPE_ATOMIC, 0, 50 + i);
		}
		send(&dev, (uint8_t)late, mixed, 8);
		receive(&dev, 2, out, 4);
		for (i = 0; i < 4; i++)
			TEST_EQ(out[i].u64, 50 + i, devices[d]);
		forward(&dev, !late, got[!late], 4, 1, RTE_SCHED_TYPE_ATOMIC);
		receive(&dev, 2, out, 8);
		for (i = 1, rising = 0; i < 8; i++)
			rising += out[i].u64 > out[i - 1].u64;
		TEST_EQ(rising, 7, devices[d]);
		rte_event_dev_stop(dev.id);
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(lines_of_bursts, fixture_sweep),
		cmocka_unit_test_teardown(spoiled_entries_leak_nothing, fixture_sweep),
		cmocka_unit_test_teardown(fields_survive_burst_sizes, fixture_sweep),
		cmocka_unit_test_teardown(holes_in_the_ring, fixture_sweep),
		cmocka_unit_test_teardown(stop_with_events_everywhere, fixture_sweep),
		cmocka_unit_test_teardown(new_between_ordered_answers, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}

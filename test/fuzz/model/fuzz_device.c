/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: what a broken or hostile driver does to a device. Registers, configuration space and
 * producer-port pages are read and written with anything, in any order, while the device schedules.
 *
 * The input is two bytes that say what device it is, and a list of steps: a byte whose low bits say what
 * is done, and operands. Most devices are set up first, so that QEs find queues and ports. Whatever has
 * been done, a device that is reset is as new: in the end it is set up again and has to pass an event.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dlb_model.h"
#include "dlb_pf.h"
#include "dlb_reg.h"
#include "pp.h"

#define DEVICE_GEN 0x01u
#define DEVICE_LINT 0x02u
#define DEVICE_NOISE 0x04u
#define DEVICE_RELAXED 0x08u
#define DEVICE_STRICT 0x10u
#define DEVICE_LAGS 0x20u
#define DEVICE_RAW 0x40u /* is not set up */
#define LAG 16

#define STEP_KIND 0x07u
#define STEP_DETAIL 0xf8u
#define STEP_DETAIL_SHIFT 3
#define STEP_WIDE 0x80u /* the operand is a whole word, or any port */

#define BLOCKS 16 /* of memory for the device; each is one allocation, so that its end is guarded */
#define PORTS_IN_USE 4

#define COMMAND 0x04
#define COMMAND_MEMORY_AND_MASTER 0x0006
#define CAPABILITY_POINTER 0x34
#define CAPABILITY_PM 0x01
#define PM_CONTROL 4 /* 0: full power */
#define RESET_US 200000
#define RUN_BUDGET 4096

/* What must hold; the fuzzer sees an abort. */
#define REQUIRE(condition)        \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

struct run {
	struct dlb_bus bus;      /* first: the operations get a pointer to it */
	const uint8_t *at, *end; /* what is left of the input */
	struct dlb_model *model;
	struct pp_pages pp;
	struct dlb_dma blocks[BLOCKS];
	bool unmapped; /* the memory is there, and the device cannot reach it */
};

/* A domain with a queue of each type, a port for them, and a directed pair. */
struct machine {
	struct dlb_device *device;
	struct dlb_domain *domain;
	struct dlb_queue *atomic, *ordered, *unordered, *directed;
	struct dlb_port *port, *pair;
};

static uint32_t
take(struct run *run, uint32_t size_bytes)
{
	uint32_t value = 0;

	for (; size_bytes > 0 && run->at < run->end; size_bytes--)
		value = value << 8 | *run->at++;
	return value;
}

/* The bus that sets the device up */

static struct run *
run_of(struct dlb_bus *bus)
{
	return (struct run *)bus;
}

static uint32_t
csr_read(struct dlb_bus *bus, uint32_t offset)
{
	return dlb_model_csr_read(run_of(bus)->model, offset);
}

static void
csr_write(struct dlb_bus *bus, uint32_t offset, uint32_t value)
{
	dlb_model_csr_write(run_of(bus)->model, offset, value);
}

static int
config_read(struct dlb_bus *bus, uint32_t offset, void *value, size_t size_bytes)
{
	return dlb_model_config_read(run_of(bus)->model, offset, value, size_bytes);
}

static int
config_write(struct dlb_bus *bus, uint32_t offset, const void *value, size_t size_bytes)
{
	return dlb_model_config_write(run_of(bus)->model, offset, value, size_bytes);
}

static void
pp_write(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port,
	 const struct dlb_qe line[DLB_QES_PER_LINE])
{
	dlb_model_pp_write(run_of(bus)->model, kind, port, line);
}

static void
pp_flush(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port)
{
	(void)kind;
	(void)port;
	dlb_model_run(run_of(bus)->model, RUN_BUDGET);
}

static void *
pp_address(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port)
{
	(void)bus;
	return (void *)(uintptr_t)(dlb_pp_base[kind] + port * DLB_PP_STRIDE);
}

static int
dma_alloc(struct dlb_bus *bus, const char *name, size_t size_bytes, size_t align,
	  struct dlb_dma *dma)
{
	struct dlb_dma *block = run_of(bus)->blocks;

	(void)name;
	while (block->addr != NULL)
		block++;
	REQUIRE(block < &run_of(bus)->blocks[BLOCKS]);
	size_bytes = (size_bytes + align - 1) / align * align;
	*block = (struct dlb_dma){ .addr = aligned_alloc(align, size_bytes),
				   .size_bytes = size_bytes };
	REQUIRE(block->addr != NULL);
	memset(block->addr, 0, size_bytes);
	block->iova = (uintptr_t)block->addr;
	*dma = *block;
	return 0;
}

static void
dma_free(struct dlb_bus *bus, struct dlb_dma *dma)
{
	struct dlb_dma *block = run_of(bus)->blocks;

	while (block->addr != dma->addr)
		block++;
	dlb_model_dma_changed(run_of(bus)->model);
	free(block->addr);
	*block = (struct dlb_dma){ 0 };
}

static void
wait_us(struct dlb_bus *bus, uint32_t us)
{
	dlb_model_advance(run_of(bus)->model, us);
	dlb_model_run(run_of(bus)->model, RUN_BUDGET);
}

static const struct dlb_bus_ops bus_ops = {
	.csr_read = csr_read,
	.csr_write = csr_write,
	.config_read = config_read,
	.config_write = config_write,
	.pp_write = pp_write,
	.pp_flush = pp_flush,
	.pp_address = pp_address,
	.dma_alloc = dma_alloc,
	.dma_free = dma_free,
	.wait_us = wait_us,
};

static void *
dma_map(void *arg, uint64_t iova, size_t size_bytes)
{
	struct run *run = arg;
	uint32_t i;

	for (i = 0; i < BLOCKS && !run->unmapped; i++) {
		const struct dlb_dma *b = &run->blocks[i];

		if (iova >= b->iova && iova - b->iova <= b->size_bytes &&
		    size_bytes <= b->size_bytes - (iova - b->iova))
			return (uint8_t *)b->addr + (iova - b->iova);
	}
	return NULL;
}

static void
interrupt(void *arg, uint32_t vector)
{
	(void)arg;
	REQUIRE(vector < DLB_VECTORS);
}

static void
lint_report(void *arg, enum dlb_lint rule, const char *text)
{
	(void)arg;
	REQUIRE(dlb_lint_name(rule) != NULL && strlen(text) > 0);
}

static void
log_write(void *arg, enum dlb_log_level level, const char *format, va_list ap)
{
	(void)arg;
	(void)level;
	(void)format;
	(void)ap;
}

/* Set-up and taking down */

static struct dlb_queue *
queue_create(struct machine *m, uint16_t sequence_numbers, uint16_t aqed_entries)
{
	struct dlb_queue_conf conf = {
		.kind = DLB_LDB,
		.sequence_numbers = sequence_numbers,
		.inflights = 64,
		.aqed_entries = aqed_entries,
	};
	struct dlb_queue *queue;

	REQUIRE(dlb_queue_create(m->domain, &conf, &queue) == 0);
	REQUIRE(dlb_link(m->port, queue, 0) == 0);
	return queue;
}

static void
machine_create(struct run *run, struct machine *m, bool is_reset)
{
	const struct dlb_device_conf device = { .log = { .write = log_write },
						.bus_has_reset = is_reset };
	const struct dlb_domain_conf domain = {
		.queues = { 3, 1 },
		.ports = { 1, 1 },
		.credits = { 64, dlb_limits[run->bus.gen].has_shared_credits ? 0 : 64 },
		.aqed_entries = 128,
		.hist_entries = 64,
	};
	const struct dlb_port_conf port = {
		.kind = DLB_LDB, .cq_depth = 8, .hist_entries = 64, .cos = DLB_COS_ANY
	};
	const struct dlb_port_conf pair = { .kind = DLB_DIR, .cq_depth = 8 };
	struct dlb_queue_conf directed = { .kind = DLB_DIR };

	REQUIRE(dlb_device_create(&run->bus, &device, &m->device) == 0);
	REQUIRE(dlb_domain_create(m->device, &domain, &m->domain) == 0);
	REQUIRE(dlb_port_create(m->domain, &port, &m->port) == 0);
	m->atomic = queue_create(m, 0, 64);
	m->ordered = queue_create(m, 64, 64);
	m->unordered = queue_create(m, 0, 0);
	REQUIRE(dlb_port_create(m->domain, &pair, &m->pair) == 0);
	directed.port = m->pair;
	REQUIRE(dlb_queue_create(m->domain, &directed, &m->directed) == 0);
	REQUIRE(dlb_domain_start(m->domain) == 0);
}

/* One event through the ordered queue to the directed pair. */
static void
machine_pass_event(struct run *run, const struct machine *m)
{
	const struct dlb_qe line[2][DLB_QES_PER_LINE] = {
		{ { .qid = (uint8_t)dlb_queue_id(m->ordered),
		    .sched = dlb_qe_sched(DLB_SCHED_ORDERED, 0, 0),
		    .cmd = DLB_CMD_NEW } },
		{ { .data = 42,
		    .qid = (uint8_t)dlb_queue_id(m->directed),
		    .sched = dlb_qe_sched(DLB_SCHED_DIRECTED, 0, 0),
		    .cmd = DLB_CMD_FWD_T } },
	};
	const struct dlb_cqe *cq = dlb_port_cq(m->pair);
	struct dlb_port_stats stats;

	dlb_model_pp_write(run->model, DLB_LDB, dlb_port_id(m->port), line[0]);
	dlb_model_run(run->model, RUN_BUDGET);
	dlb_model_pp_write(run->model, DLB_LDB, dlb_port_id(m->port), line[1]);
	dlb_model_run(run->model, RUN_BUDGET);
	dlb_port_stats(m->pair, &stats);
	REQUIRE(stats.scheduled == 1);
	REQUIRE(cq->data == 42 && (cq->flags & DLB_CQE_GEN) != 0);
}

/* What an operating system leaves of a function that it hands to somebody else; the reset is done. */
static void
function_restore(struct run *run)
{
	const uint16_t full_power = 0, command = COMMAND_MEMORY_AND_MASTER;
	uint8_t at = 0, id = 0;

	run->unmapped = false;
	dlb_model_dma_changed(run->model);
	dlb_model_advance(run->model, RESET_US);
	dlb_model_config_read(run->model, CAPABILITY_POINTER, &at, sizeof(at));
	dlb_model_config_read(run->model, at, &id, sizeof(id));
	while (id != CAPABILITY_PM) {
		dlb_model_config_read(run->model, at + 1u, &at, sizeof(at));
		dlb_model_config_read(run->model, at, &id, sizeof(id));
	}
	dlb_model_config_write(run->model, at + PM_CONTROL, &full_power, sizeof(full_power));
	dlb_model_config_write(run->model, COMMAND, &command, sizeof(command));
}

/* Steps */

/* A register by its number, so that a fuzzer need not find offsets. */
static uint32_t
register_offset(struct run *run)
{
	enum dlb_reg reg = (enum dlb_reg)(take(run, 1) % DLB_REG_COUNT);
	uint32_t index = take(run, 1), instances = dlb_reg_instances(run->bus.gen, reg);

	return instances == 0 ? index * 4 : dlb_reg_offset(run->bus.gen, reg, index % instances);
}

static void
step_register_write(struct run *run, uint8_t how)
{
	uint32_t offset = register_offset(run);
	uint32_t value =
		how & STEP_WIDE ? take(run, 4) : take(run, 1) << ((how & STEP_DETAIL) >> 2);

	dlb_model_csr_write(run->model, offset, value);
}

static void
step_register_read(struct run *run, uint8_t how)
{
	uint32_t offset = how & STEP_WIDE ? take(run, 4) : register_offset(run);

	dlb_model_csr_read(run->model, offset);
	if (how & STEP_WIDE)
		dlb_model_csr_write(run->model, offset, take(run, 4));
}

static void
step_config(struct run *run, uint8_t how)
{
	uint32_t offset = take(run, 2), value = take(run, 4), seen;
	size_t size_bytes = (how & STEP_DETAIL) >> STEP_DETAIL_SHIFT & 7;

	dlb_model_config_write(run->model, offset, &value, size_bytes > 4 ? 4 : size_bytes);
	dlb_model_config_read(run->model, offset, &seen, size_bytes > 4 ? 4 : size_bytes);
}

static void
step_line(struct run *run, uint8_t how)
{
	enum dlb_kind kind = how >> STEP_DETAIL_SHIFT & 1 ? DLB_DIR : DLB_LDB;
	uint32_t port = take(run, 1);
	struct dlb_qe line[DLB_QES_PER_LINE] = { { 0 } };
	uint32_t i;

	for (i = 0; i < DLB_QES_PER_LINE; i++) {
		line[i].cmd = (uint8_t)take(run, 1);
		line[i].qid = (uint8_t)take(run, 1);
		line[i].sched = (uint8_t)take(run, 1);
		line[i].lock_id = (uint16_t)take(run, 1 + (how >> 6 & 1));
		line[i].misc = line[i].cmd & 0xf0;
	}
	port %= how & STEP_WIDE ? dlb_limits[run->bus.gen].ports[kind] : PORTS_IN_USE;
	dlb_model_pp_write(run->model, kind, port, line);
}

/* As a bus without 64-byte stores brings them: any bytes, anywhere in the pages. */
static void
step_store(struct run *run, uint8_t how)
{
	uint64_t offset = dlb_pp_base[DLB_DIR] + take(run, how & STEP_WIDE ? 3 : 1) * 4;
	size_t size_bytes = take(run, 1), have = (size_t)(run->end - run->at);

	if (size_bytes > have)
		size_bytes = have;
	pp_store(&run->pp, offset, run->at, size_bytes);
	run->at += size_bytes;
}

static void
step_run(struct run *run, uint8_t how)
{
	uint32_t budget = take(run, 1);

	(void)how;
	REQUIRE(dlb_model_run(run->model, budget) <= budget);
	dlb_model_has_work(run->model);
}

static void
step_time(struct run *run, uint8_t how)
{
	dlb_model_advance(run->model, take(run, 1) << ((how & STEP_DETAIL) >> STEP_DETAIL_SHIFT));
}

static void
step_memory(struct run *run, uint8_t how)
{
	if (how & STEP_WIDE) {
		run->unmapped = !run->unmapped;
		dlb_model_dma_changed(run->model);
	} else {
		dlb_model_inject_error(run->model, DLB_LDB, take(run, 1) % DLB_LDB_PORTS);
	}
}

static void (*const steps[STEP_KIND + 1])(struct run *run, uint8_t how) = {
	step_register_write, step_register_read, step_config, step_line,
	step_store,          step_run,           step_time,   step_memory,
};

static void
pp_line(void *arg, enum dlb_kind kind, uint32_t port, const struct dlb_qe line[DLB_QES_PER_LINE])
{
	struct run *run = arg;

	if (port < dlb_limits[run->bus.gen].ports[kind])
		dlb_model_pp_write(run->model, kind, port, line);
}

static void
run_create(struct run *run, uint32_t device, uint32_t seed)
{
	const struct dlb_model_conf conf = {
		.gen = device & DEVICE_GEN ? DLB_V25 : DLB_V2,
		.lint = device & DEVICE_LINT,
		.seed = seed,
		.lag = device & DEVICE_LAGS ? LAG : 0,
		.noise = device & DEVICE_NOISE,
		.relaxed = device & DEVICE_RELAXED,
		.strict = device & DEVICE_STRICT,
		.dma_map = dma_map,
		.interrupt = interrupt,
		.lint_report = lint_report,
		.arg = run,
	};

	run->bus = (struct dlb_bus){ .ops = &bus_ops, .gen = conf.gen };
	run->pp.line = pp_line;
	run->pp.arg = run;
	REQUIRE(dlb_model_create(&conf, &run->model) == 0);
	function_restore(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run *run = calloc(1, sizeof(*run));
	struct machine broken = { 0 }, whole;
	uint32_t device;
	uint8_t how;

	REQUIRE(run != NULL);
	run->at = data;
	run->end = data + size;
	device = take(run, 1);
	run_create(run, device, take(run, 1));
	if (!(device & DEVICE_RAW))
		machine_create(run, &broken, true);
	while (run->at < run->end) {
		how = (uint8_t)take(run, 1);
		steps[how & STEP_KIND](run, how);
	}

	function_restore(run);
	if (broken.device != NULL)
		dlb_device_destroy(broken.device);
	function_restore(run);
	machine_create(run, &whole, broken.device != NULL);
	machine_pass_event(run, &whole);
	dlb_device_destroy(whole.device);
	dlb_model_destroy(run->model);
	free(run);
	return 0;
}

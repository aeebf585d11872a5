/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_pause.h>
#include <rte_service.h>
#include <rte_service_component.h>
#include <rte_spinlock.h>

#include "dlb_model.h"

#include "embedded.h"
#include "log.h"
#include "ring.h"

#define NAME_BYTES 64

/* QEs scheduled per pump: enough to fill a few CQs, little enough not to hold up the caller's own. */
#define PUMP_BUDGET 128

/* Pumps that find nothing before a scheduler thread offers its CPU to others. */
#define THREAD_IDLE_PUMPS 256

/* PCI command register: decode memory, master the bus. A PCI layer sets both before a driver runs. */
#define PCI_COMMAND 0x04
#define PCI_COMMAND_MEMORY_MASTER 0x06

struct dlb_embedded {
	struct dlb_bus bus;
	rte_spinlock_t lock; /* of the model and of what the model's side of the rings touches */
	struct dlb_model *model;
	struct dlb_ring *active[DLB_KIND_COUNT * DLB_PORTS_MAX]; /* rings in use */
	uint32_t nb_active;
	struct dlb_ring *rings[DLB_KIND_COUNT][DLB_PORTS_MAX];
	enum dlb_sched_mode sched;
	int socket_id;
	uint32_t service_id;
	pthread_t thread;
	bool has_service;
	bool has_thread;
	bool stopping;
	char name[NAME_BYTES];
};

static struct dlb_embedded *
embedded_of(struct dlb_bus *bus)
{
	return container_of(bus, struct dlb_embedded, bus);
}

static void
rings_drain(struct dlb_embedded *e)
{
	struct dlb_ring *ring;
	uint32_t head, tail;
	uint32_t i;

	for (i = 0; i < e->nb_active; i++) {
		ring = e->active[i];
		head = ring->head;
		tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
		if (head == tail)
			continue;
		for (; head != tail; head++)
			dlb_model_pp_write(e->model, ring->kind, ring->port,
					   ring->lines[head % DLB_RING_LINES]);
		__atomic_store_n(&ring->head, head, __ATOMIC_RELEASE);
	}
}

uint32_t
dlb_embedded_pump(struct dlb_embedded *e)
{
	uint32_t scheduled;

	if (!rte_spinlock_trylock(&e->lock))
		return 0;
	rings_drain(e);
	scheduled = dlb_model_run(e->model, PUMP_BUDGET);
	rte_spinlock_unlock(&e->lock);
	return scheduled;
}

/*
 * Every mode may run the model here: a service that nobody runs, or a thread that does not get a CPU,
 * must not stop a producer for good. Yielding lets a preempted holder of the lock go on.
 */
void
dlb_ring_make_room(struct dlb_ring *ring)
{
	dlb_ring_publish(ring);
	for (;;) {
		dlb_embedded_pump(ring->embedded);
		ring->head_seen = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
		if (ring->fill - ring->head_seen < DLB_RING_LINES)
			return;
		sched_yield();
	}
}

static uint32_t
bus_csr_read(struct dlb_bus *bus, uint32_t offset)
{
	struct dlb_embedded *e = embedded_of(bus);
	uint32_t value;

	rte_spinlock_lock(&e->lock);
	value = dlb_model_csr_read(e->model, offset);
	rte_spinlock_unlock(&e->lock);
	return value;
}

static void
bus_csr_write(struct dlb_bus *bus, uint32_t offset, uint32_t value)
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	dlb_model_csr_write(e->model, offset, value);
	rte_spinlock_unlock(&e->lock);
}

static int
bus_config_read(struct dlb_bus *bus, uint32_t offset, void *value, size_t size_bytes)
{
	struct dlb_embedded *e = embedded_of(bus);
	int ret;

	rte_spinlock_lock(&e->lock);
	ret = dlb_model_config_read(e->model, offset, value, size_bytes);
	rte_spinlock_unlock(&e->lock);
	return ret == 0 ? 0 : -EIO;
}

static int
bus_config_write(struct dlb_bus *bus, uint32_t offset, const void *value, size_t size_bytes)
{
	struct dlb_embedded *e = embedded_of(bus);
	int ret;

	rte_spinlock_lock(&e->lock);
	ret = dlb_model_config_write(e->model, offset, value, size_bytes);
	rte_spinlock_unlock(&e->lock);
	return ret == 0 ? 0 : -EIO;
}

/* The PF layer writes to ports whose core has stopped, so it may go past the ring: once that is empty. */
static void
bus_pp_write(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port,
	     const struct dlb_qe line[DLB_QES_PER_LINE])
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	rings_drain(e);
	dlb_model_pp_write(e->model, kind, port, line);
	rte_spinlock_unlock(&e->lock);
}

static void
bus_pp_flush(struct dlb_bus *bus, enum dlb_kind kind __rte_unused, uint32_t port __rte_unused)
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	rings_drain(e);
	rte_spinlock_unlock(&e->lock);
}

static struct dlb_ring *
ring_create(struct dlb_embedded *e, enum dlb_kind kind, uint32_t port)
{
	struct dlb_ring *ring =
		rte_zmalloc_socket("dlb_ring", sizeof(*ring), RTE_CACHE_LINE_SIZE, e->socket_id);

	if (ring == NULL)
		return NULL;
	ring->embedded = e;
	ring->port = (uint16_t)port;
	ring->kind = (uint8_t)kind;
	e->rings[kind][port] = ring;
	return ring;
}

static bool
ring_is_active(const struct dlb_embedded *e, const struct dlb_ring *ring)
{
	uint32_t i;

	for (i = 0; i < e->nb_active; i++) {
		if (e->active[i] == ring)
			return true;
	}
	return false;
}

static void *
bus_pp_address(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port)
{
	struct dlb_embedded *e = embedded_of(bus);
	struct dlb_ring *ring = e->rings[kind][port];

	if (ring == NULL)
		ring = ring_create(e, kind, port);
	if (ring == NULL)
		return NULL;
	rte_spinlock_lock(&e->lock);
	if (!ring_is_active(e, ring))
		e->active[e->nb_active++] = ring;
	rte_spinlock_unlock(&e->lock);
	return ring;
}

void
dlb_embedded_rings_reset(struct dlb_embedded *e)
{
	rte_spinlock_lock(&e->lock);
	e->nb_active = 0;
	rte_spinlock_unlock(&e->lock);
}

/* The model takes device addresses for pointers. */
static int
bus_dma_alloc(struct dlb_bus *bus, const char *name, size_t size_bytes, size_t align,
	      struct dlb_dma *dma)
{
	struct dlb_embedded *e = embedded_of(bus);
	void *addr = rte_zmalloc_socket(name, size_bytes, (unsigned int)align, e->socket_id);

	if (addr == NULL)
		return -ENOMEM;
	*dma = (struct dlb_dma){ .addr = addr, .iova = (uintptr_t)addr, .size_bytes = size_bytes };
	return 0;
}

static void
bus_dma_free(struct dlb_bus *bus __rte_unused, struct dlb_dma *dma)
{
	rte_free(dma->addr);
	*dma = (struct dlb_dma){ 0 };
}

static void
bus_wait_us(struct dlb_bus *bus, uint32_t us)
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	dlb_model_advance(e->model, us);
	rings_drain(e);
	dlb_model_run(e->model, DLB_CREDITS_MAX);
	rte_spinlock_unlock(&e->lock);
}

static const struct dlb_bus_ops bus_ops = {
	.csr_read = bus_csr_read,
	.csr_write = bus_csr_write,
	.config_read = bus_config_read,
	.config_write = bus_config_write,
	.pp_write = bus_pp_write,
	.pp_flush = bus_pp_flush,
	.pp_address = bus_pp_address,
	.dma_alloc = bus_dma_alloc,
	.dma_free = bus_dma_free,
	.wait_us = bus_wait_us,
};

static void
lint_report(void *arg, enum dlb_lint rule, const char *text)
{
	const struct dlb_embedded *e = arg;

	rte_log(RTE_LOG_ERR, dlb_log_model, "%s: lint: %s: %s\n", e->name, dlb_lint_name(rule),
		text);
}

int
dlb_embedded_create(const char *name, int socket_id, const struct dlb_devargs *args,
		    struct dlb_embedded **embedded)
{
	struct dlb_model_conf conf = {
		.gen = args->gen,
		.lint = args->lint,
		.lint_report = lint_report,
	};
	uint16_t command = PCI_COMMAND_MEMORY_MASTER;
	struct dlb_embedded *e;
	int ret;

	e = rte_zmalloc_socket("dlb_embedded", sizeof(*e), RTE_CACHE_LINE_SIZE, socket_id);
	if (e == NULL)
		return -ENOMEM;
	conf.arg = e;
	ret = dlb_model_create(&conf, &e->model);
	if (ret < 0)
		goto free_embedded;

	snprintf(e->name, sizeof(e->name), "%s", name);
	rte_spinlock_init(&e->lock);
	e->bus.ops = &bus_ops;
	e->bus.gen = args->gen;
	e->sched = args->sched;
	e->socket_id = socket_id;
	dlb_model_config_write(e->model, PCI_COMMAND, &command, sizeof(command));
	*embedded = e;
	return 0;

free_embedded:
	rte_free(e);
	return ret;
}

void
dlb_embedded_destroy(struct dlb_embedded *e)
{
	uint32_t kind, port;

	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (port = 0; port < DLB_PORTS_MAX; port++)
			rte_free(e->rings[kind][port]);
	}
	dlb_model_destroy(e->model);
	rte_free(e);
}

struct dlb_bus *
dlb_embedded_bus(struct dlb_embedded *e)
{
	return &e->bus;
}

uint64_t
dlb_embedded_lint_count(struct dlb_embedded *e)
{
	uint64_t count = 0;
	uint32_t rule;

	rte_spinlock_lock(&e->lock);
	for (rule = 0; rule < DLB_LINT_COUNT; rule++)
		count += dlb_model_lint_count(e->model, rule);
	rte_spinlock_unlock(&e->lock);
	return count;
}

static int32_t
service_run(void *arg)
{
	dlb_embedded_pump(arg);
	return 0;
}

int
dlb_embedded_service_create(struct dlb_embedded *e, uint32_t *service_id)
{
	struct rte_service_spec spec = {
		.callback = service_run,
		.callback_userdata = e,
		.socket_id = e->socket_id,
	};
	int ret;

	if (e->sched != DLB_SCHED_SERVICE)
		return 0;
	if (!e->has_service) {
		snprintf(spec.name, sizeof(spec.name), "%.*s_sched", RTE_SERVICE_NAME_MAX - 8,
			 e->name);
		ret = rte_service_component_register(&spec, &e->service_id);
		if (ret < 0) {
			rte_log(RTE_LOG_ERR, dlb_log_driver,
				"%s: sched=service: no service '%s': %s\n", e->name, spec.name,
				strerror(-ret));
			return ret;
		}
		rte_service_component_runstate_set(e->service_id, 1);
		e->has_service = true;
	}
	*service_id = e->service_id;
	return 1;
}

void
dlb_embedded_service_destroy(struct dlb_embedded *e)
{
	if (!e->has_service)
		return;
	rte_service_component_runstate_set(e->service_id, 0);
	rte_service_component_unregister(e->service_id);
	e->has_service = false;
}

/* The thread may share its CPU with workers that poll: it leaves only when it finds nothing to do. */
static void *
thread_run(void *arg)
{
	struct dlb_embedded *e = arg;
	uint32_t idle = 0;

	while (!__atomic_load_n(&e->stopping, __ATOMIC_RELAXED)) {
		idle = dlb_embedded_pump(e) > 0 ? 0 : idle + 1;
		if (idle < THREAD_IDLE_PUMPS)
			rte_pause();
		else
			sched_yield();
	}
	return NULL;
}

int
dlb_embedded_start(struct dlb_embedded *e)
{
	int ret;

	if (e->sched != DLB_SCHED_THREAD)
		return 0;
	__atomic_store_n(&e->stopping, false, __ATOMIC_RELAXED);
	ret = rte_ctrl_thread_create(&e->thread, "dlb-sched", NULL, thread_run, e);
	if (ret != 0) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: sched=thread: no thread: %s\n", e->name,
			strerror(-ret));
		return ret;
	}
	e->has_thread = true;
	return 0;
}

void
dlb_embedded_stop(struct dlb_embedded *e)
{
	if (!e->has_thread)
		return;
	__atomic_store_n(&e->stopping, true, __ATOMIC_RELAXED);
	pthread_join(e->thread, NULL);
	e->has_thread = false;
}

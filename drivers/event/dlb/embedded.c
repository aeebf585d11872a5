/* SPDX-License-Identifier: BSD-3-Clause */
/* The embedded device as a bus: accesses of the PF layer go to the model. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/eventfd.h>

#include <rte_malloc.h>

#include "embedded_device.h"
#include "log.h"

/* PCI command register: decode memory, master the bus. A PCI layer sets both before a driver runs. */
#define PCI_COMMAND 0x04
#define PCI_COMMAND_MEMORY_MASTER 0x06

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
	/* A link or a limit may let events go to those who sleep. */
	if (__atomic_load_n(&e->sleepers, __ATOMIC_SEQ_CST) != 0)
		embedded_wake(e);
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
	embedded_rings_drain(e);
	dlb_model_pp_write(e->model, kind, port, line);
	rte_spinlock_unlock(&e->lock);
}

static void
bus_pp_flush(struct dlb_bus *bus, enum dlb_kind kind __rte_unused, uint32_t port __rte_unused)
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	embedded_rings_drain(e);
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
	ring->sleepers = &e->sleepers;
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
	if (!ring_is_active(e, ring)) {
		/* What a worker wrote after the last stop is for a domain that is gone. */
		ring->head = ring->tail;
		e->active[e->nb_active++] = ring;
	}
	rte_spinlock_unlock(&e->lock);
	return ring;
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

static int
bus_vector_fd(struct dlb_bus *bus, uint32_t vector)
{
	struct dlb_embedded *e = embedded_of(bus);

	if (e->vector_fds[vector] < 0)
		e->vector_fds[vector] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return e->vector_fds[vector] < 0 ? -errno : e->vector_fds[vector];
}

/* The model raises an interrupt, under the lock of whoever runs it. */
static void
interrupt_raise(void *arg, uint32_t vector)
{
	struct dlb_embedded *e = arg;

	embedded_vector_came(e, vector);
	if (e->vector_fds[vector] >= 0)
		eventfd_write(e->vector_fds[vector], 1);
}

static void
bus_wait_us(struct dlb_bus *bus, uint32_t us)
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	dlb_model_advance(e->model, us);
	embedded_rings_drain(e);
	dlb_model_run(e->model, DLB_CREDITS_MAX);
	rte_spinlock_unlock(&e->lock);
}

static void
embedded_time_pass(struct dlb_bus *bus, uint64_t now_us)
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	/* What was written before is no matter of time, whoever should have run the model for it. */
	embedded_rings_drain(e);
	if (now_us > e->now_us) {
		dlb_model_advance(e->model,
				  (uint32_t)RTE_MIN(now_us - e->now_us, (uint64_t)UINT32_MAX));
		e->now_us = now_us;
	}
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
	.vector_fd = bus_vector_fd,
	.wait_us = bus_wait_us,
};

static void
lint_report(void *arg, enum dlb_lint rule, const char *text)
{
	const struct dlb_embedded *e = arg;

	rte_log(RTE_LOG_ERR, dlb_log_model, "%s: lint: %s: %s\n", e->name, dlb_lint_name(rule),
		text);
}

_Static_assert(DLB_ARG_LAG_MAX == DLB_MODEL_LAG_MAX && DLB_ARG_CHOICES_MAX == DLB_CHOICES_ALL,
	       "what the arguments accept, the model takes");

int
dlb_embedded_create(const char *name, int socket_id, const struct dlb_devargs *args,
		    struct dlb_embedded **embedded)
{
	struct dlb_model_conf conf = {
		.gen = args->gen,
		.lint = args->lint,
		.choices = args->choices,
		.seed = args->seed,
		.lag = args->lag,
		.noise = args->noise,
		.relaxed = args->relaxed,
		.strict = args->strict,
		.lint_report = lint_report,
		.interrupt = interrupt_raise,
	};
	uint16_t command = PCI_COMMAND_MEMORY_MASTER;
	struct dlb_embedded *e;
	uint32_t v;
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
	embedded_sched_init(e);
	for (v = 0; v < DLB_VECTORS; v++)
		e->vector_fds[v] = -1;
	dlb_model_config_write(e->model, PCI_COMMAND, &command, sizeof(command));
	*embedded = e;
	return 0;

free_embedded:
	rte_free(e);
	return ret;
}

struct dlb_bus *
dlb_embedded_bus(struct dlb_embedded *e)
{
	return &e->bus;
}

static void
rings_reset(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	e->nb_active = 0;
	rte_spinlock_unlock(&e->lock);
}

static bool
embedded_can_sleep(const struct dlb_bus *bus)
{
	return embedded_of(bus)->can_sleep;
}

static struct dlb_embedded *
embedded_workers_run(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);

	return e->sched == DLB_SCHED_INLINE ? e : NULL;
}

static uint64_t
embedded_lint_count(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);
	uint64_t count = 0;
	uint32_t rule;

	rte_spinlock_lock(&e->lock);
	for (rule = 0; rule < DLB_LINT_COUNT; rule++)
		count += dlb_model_lint_count(e->model, rule);
	rte_spinlock_unlock(&e->lock);
	return count;
}

static struct dlb_model *
embedded_model_lock(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	return e->model;
}

static void
embedded_model_unlock(struct dlb_bus *bus)
{
	rte_spinlock_unlock(&embedded_of(bus)->lock);
}

static void
embedded_destroy(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);
	uint32_t kind, port, v;

	embedded_service_destroy(e);
	for (v = 0; v < DLB_VECTORS; v++) {
		if (e->vector_fds[v] >= 0)
			close(e->vector_fds[v]);
	}
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (port = 0; port < DLB_PORTS_MAX; port++)
			rte_free(e->rings[kind][port]);
	}
	dlb_model_destroy(e->model);
	rte_free(e);
}

const struct dlb_backend_ops dlb_embedded_backend = {
	.name = "embedded",
	.start = embedded_thread_start,
	.stop = embedded_thread_stop,
	.ports_reset = rings_reset,
	.can_sleep = embedded_can_sleep,
	.sleeper_add = embedded_sleeper_add,
	.sleeper_remove = embedded_sleeper_remove,
	.vector_await = embedded_vector_await,
	.vector_forget = embedded_vector_forget,
	.workers_run = embedded_workers_run,
	.time_pass = embedded_time_pass,
	.lint_count = embedded_lint_count,
	.model_lock = embedded_model_lock,
	.model_unlock = embedded_model_unlock,
	.destroy = embedded_destroy,
};

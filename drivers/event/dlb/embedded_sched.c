/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who runs the model of an embedded device: workers that have nothing to do, a service, or a thread;
 * and how those sleep who have nothing to do either.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>

#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_pause.h>
#include <rte_service.h>
#include <rte_service_component.h>

#include "dpdk_release.h"
#include "embedded_device.h"
#include "log.h"
#include "secondary.h"

/* QEs scheduled per pump: enough to fill a few CQs, little enough not to hold up the caller's own. */
#define PUMP_BUDGET 512

/* Pumps that find nothing before a scheduler thread offers its CPU to others. */
#define THREAD_IDLE_PUMPS 256
#define SERVICE_IDLE_PUMPS 32
#define THREAD_IDLE_YIELDS 1024 /* and before it sleeps */

/* How often a secondary process yields for room in a ring before it looks whether the primary lives. */
#define ROOM_YIELDS 4096

/* The model takes all that a ring holds, in the one or two stretches that it has in memory. */
static void
ring_drain(struct dlb_embedded *e, struct dlb_ring *ring)
{
	uint32_t tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
	uint32_t head = ring->head;
	uint32_t at, n;

	if (head == tail)
		return;
	for (; head != tail; head += n) {
		at = head % DLB_RING_LINES;
		n = RTE_MIN(tail - head, DLB_RING_LINES - at);
		dlb_model_pp_write_lines(e->model, ring->kind, ring->port,
					 (const struct dlb_qe(*)[DLB_QES_PER_LINE])ring->lines[at],
					 n);
	}
	__atomic_store_n(&ring->head, head, __ATOMIC_RELEASE);
}

void
embedded_rings_drain(struct dlb_embedded *e)
{
	uint32_t i;

	for (i = 0; i < e->nb_active; i++)
		ring_drain(e, e->active[i]);
}

uint32_t
dlb_embedded_pump(struct dlb_embedded *e)
{
	uint32_t scheduled;

	if (!rte_spinlock_trylock(&e->lock))
		return 0;
	embedded_rings_drain(e);
	scheduled = dlb_model_run(e->model, PUMP_BUDGET);
	rte_spinlock_unlock(&e->lock);
	return scheduled;
}

/* All that can be done now, whoever holds the device at the moment. */
static void
embedded_settle(struct dlb_embedded *e)
{
	uint32_t scheduled;

	do {
		rte_spinlock_lock(&e->lock);
		embedded_rings_drain(e);
		scheduled = dlb_model_run(e->model, PUMP_BUDGET);
		rte_spinlock_unlock(&e->lock);
	} while (scheduled == PUMP_BUDGET);
}

static int
membarrier(int command)
{
	return (int)syscall(__NR_membarrier, command, 0, 0);
}

static void
futex(uint32_t *word, int operation, uint32_t value)
{
	syscall(__NR_futex, word, operation, value, NULL, NULL, 0);
}

void
embedded_sched_init(struct dlb_embedded *e)
{
	e->can_sleep = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

/* From now on the barrier has to reach this process, too. A system that cannot do that gets no sleep. */
void
dlb_embedded_share(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);

	if (membarrier(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED) != 0)
		__atomic_store_n(&e->can_sleep, false, __ATOMIC_RELAXED);
	__atomic_store_n(&e->is_shared, true, __ATOMIC_SEQ_CST);
	/* It may sleep already, by the other barrier. */
	embedded_wake(e);
}

/*
 * After the barrier every thread has either seen the count, or has published all that it wrote before
 * it looked; that is in the rings then, and is settled here. A device with a service or a thread that
 * is awake needs no help from writers.
 */
static void
sleeper_add(struct dlb_embedded *e)
{
	__atomic_fetch_add(&e->sleepers, 1, __ATOMIC_SEQ_CST);
	membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
	if (__atomic_load_n(&e->is_shared, __ATOMIC_SEQ_CST))
		membarrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED);
}

static void
sleeper_remove(struct dlb_embedded *e)
{
	__atomic_fetch_sub(&e->sleepers, 1, __ATOMIC_SEQ_CST);
}

void
embedded_sleeper_add(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);

	if (e->sched == DLB_SCHED_INLINE)
		sleeper_add(e);
	embedded_settle(e);
}

void
embedded_sleeper_remove(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);

	if (e->sched == DLB_SCHED_INLINE)
		sleeper_remove(e);
}

void
embedded_vector_came(struct dlb_embedded *e, uint32_t vector)
{
	if (!e->awaited[vector])
		return;
	e->awaited[vector] = false;
	sleeper_remove(e);
}

void
embedded_vector_await(struct dlb_bus *bus, uint32_t vector)
{
	struct dlb_embedded *e = embedded_of(bus);

	if (e->sched != DLB_SCHED_INLINE)
		return;
	vector += DLB_CQ_VECTOR_FIRST;
	rte_spinlock_lock(&e->lock);
	if (!e->awaited[vector])
		__atomic_fetch_add(&e->sleepers, 1, __ATOMIC_SEQ_CST);
	e->awaited[vector] = true;
	rte_spinlock_unlock(&e->lock);
	membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

void
embedded_vector_forget(struct dlb_bus *bus, uint32_t vector)
{
	struct dlb_embedded *e = embedded_of(bus);

	rte_spinlock_lock(&e->lock);
	embedded_vector_came(e, DLB_CQ_VECTOR_FIRST + vector);
	rte_spinlock_unlock(&e->lock);
}

void
embedded_wake(struct dlb_embedded *e)
{
	if (e->sched == DLB_SCHED_INLINE)
		embedded_settle(e);
	else if (__atomic_exchange_n(&e->sleepers, 0, __ATOMIC_SEQ_CST) != 0)
		futex(&e->sleepers, FUTEX_WAKE, 1);
}

void
dlb_ring_wake(struct dlb_ring *ring)
{
	embedded_wake(ring->embedded);
}

/* Whoever fills a ring takes its lines to the model, if nobody else is at it. */
static void
ring_drain_own(struct dlb_ring *ring)
{
	struct dlb_embedded *e = ring->embedded;

	if (!rte_spinlock_trylock(&e->lock))
		return;
	ring_drain(e, ring);
	rte_spinlock_unlock(&e->lock);
}

/*
 * In every mode: a service that nobody runs, or a thread that does not get a CPU, must not stop a
 * producer for good. What the lines hold is scheduled by those whose part that is, many at a time.
 * Yielding lets a preempted holder of the lock go on.
 */
void
dlb_ring_make_room(struct dlb_ring *ring, uint32_t lines)
{
	uint32_t tries;

	for (tries = 1;; tries++) {
		if (!dlb_is_secondary()) {
			ring_drain_own(ring);
		} else if (tries % ROOM_YIELDS == 0 && !rte_eal_primary_proc_alive(NULL)) {
			/* Nobody reads any more: what is written goes nowhere. */
			ring->head_seen = ring->tail;
			return;
		}
		ring->head_seen = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
		if (ring->tail - ring->head_seen + lines <= DLB_RING_LINES)
			return;
		sched_yield();
	}
}

static int32_t
service_run(void *arg)
{
	struct dlb_embedded *e = arg;

	if (dlb_embedded_pump(e) > 0)
		e->service_idle = 0;
	else if (++e->service_idle % SERVICE_IDLE_PUMPS == 0)
		sched_yield();
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
embedded_service_destroy(struct dlb_embedded *e)
{
	if (!e->has_service)
		return;
	rte_service_component_runstate_set(e->service_id, 0);
	/* A service core may be in the middle of a run. */
	while (rte_service_may_be_active(e->service_id) == 1)
		sched_yield();
	rte_service_component_unregister(e->service_id);
	e->has_service = false;
}

/* Nothing to do: sleep until somebody writes to a ring, or the device goes. Who wakes it, counts it out. */
static void
thread_sleep(struct dlb_embedded *e)
{
	sleeper_add(e);
	embedded_settle(e);
	while (__atomic_load_n(&e->sleepers, __ATOMIC_SEQ_CST) != 0 &&
	       !__atomic_load_n(&e->stopping, __ATOMIC_SEQ_CST))
		futex(&e->sleepers, FUTEX_WAIT, 1);
}

/* The thread may share its CPU with workers that poll: it leaves only when it finds nothing to do. */
static dlb_thread_result
thread_run(void *arg)
{
	struct dlb_embedded *e = arg;
	uint32_t idle = 0;

	while (!__atomic_load_n(&e->stopping, __ATOMIC_RELAXED)) {
		idle = dlb_embedded_pump(e) > 0 ? 0 : idle + 1;
		if (idle < THREAD_IDLE_PUMPS)
			rte_pause();
		else if (idle < THREAD_IDLE_YIELDS || !e->can_sleep)
			sched_yield();
		else
			thread_sleep(e);
	}
	return 0;
}

int
embedded_thread_start(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);
	int ret;

	if (e->sched != DLB_SCHED_THREAD)
		return 0;
	__atomic_store_n(&e->stopping, false, __ATOMIC_RELAXED);
	ret = dlb_control_thread_create(&e->thread, "dlb-sched", thread_run, e);
	if (ret != 0) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: sched=thread: no thread: %s\n", e->name,
			strerror(-ret));
		return ret;
	}
	e->has_thread = true;
	return 0;
}

void
embedded_thread_stop(struct dlb_bus *bus)
{
	struct dlb_embedded *e = embedded_of(bus);

	if (!e->has_thread)
		return;
	__atomic_store_n(&e->stopping, true, __ATOMIC_SEQ_CST);
	embedded_wake(e);
	rte_thread_join(e->thread, NULL);
	e->sleepers = 0;
	e->has_thread = false;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Links; see link.h and the specification, section "QID-to-CQ mapping". A link is written down in
 * five tables that cannot change together, so the CQ is off meanwhile. The device looks at a
 * new link only when the queue's "inflight OK" changes, so on a started domain the queue is paused
 * (its inflight limit is 0) until it owes nothing, and resumed with the link in place. Links of one
 * queue that wait together share the pause.
 *
 * A slot of a port goes through these states:
 *
 *	UNLINKED -> LINKED -> UNLINKED		domain not started
 *	UNLINKED -> LINKING -> LINKED		queue had inflight QEs
 *	LINKING -> UNLINKED			unlinked before it took effect
 *	LINKED -> UNLINKING -> UNLINKED		CQ had inflight QEs
 *	UNLINKING -> LINKED			linked again before it took effect
 */
#include <assert.h>
#include <errno.h>

#include "link.h"
#include "log.h"

#define QID0_SLOTS 4
#define PRIORITY_BITS 3
#define SLOT_BITS 8 /* a slot's field in CQ2QID, and a CQ's field in QID2CQIDIX */

static const enum dlb_reg cq2qid_regs[] = { DLB_LSP_CQ2QID0, DLB_LSP_CQ2QID1 };

static const enum dlb_reg cqidx_regs[] = { DLB_ATM_QID2CQIDIX, DLB_LSP_QID2CQIDIX,
					   DLB_LSP_QID2CQIDIX2 };

#define CQIDX_REGS (sizeof(cqidx_regs) / sizeof(cqidx_regs[0]))

/* The tables. What they hold is known, so nothing is read. */

static void
cq2priov_set(struct dlb_port *port, uint32_t slot, bool valid, uint32_t priority)
{
	uint32_t valid_bit = 1u << (slot + (uint32_t)__builtin_ctz(DLB_LSP_CQ2PRIOV_V));
	uint32_t priority_mask = (DLB_PRIORITIES - 1) << PRIORITY_BITS * slot;

	port->cq2priov &= ~(valid_bit | priority_mask);
	if (valid)
		port->cq2priov |= valid_bit | priority << PRIORITY_BITS * slot;
	pf_write(port->domain->device, DLB_LSP_CQ2PRIOV, port->id, port->cq2priov);
}

static void
cq2qid_set(struct dlb_port *port, uint32_t slot, uint32_t qid)
{
	uint32_t word = slot / QID0_SLOTS;
	uint32_t mask = DLB_LSP_CQ2QID0_QID_P0 << SLOT_BITS * (slot % QID0_SLOTS);

	port->cq2qid[word] = dlb_field_set(port->cq2qid[word], mask, qid);
	pf_write(port->domain->device, cq2qid_regs[word], port->id, port->cq2qid[word]);
}

static void
cqidx_set(struct dlb_queue *queue, const struct dlb_port *port, uint32_t slot, bool valid)
{
	uint32_t group = port->id / PF_CQS_PER_GROUP;
	uint32_t bit = 1u << (SLOT_BITS * (port->id % PF_CQS_PER_GROUP) + slot);
	uint32_t i;

	queue->cqidx[group] = valid ? queue->cqidx[group] | bit : queue->cqidx[group] & ~bit;
	for (i = 0; i < CQIDX_REGS; i++)
		pf_write2(queue->domain->device, cqidx_regs[i], queue->id, group,
			  queue->cqidx[group]);
}

static void
tables_add(struct dlb_port *port, uint32_t slot)
{
	struct pf_slot *s = &port->slots[slot];

	cq2priov_set(port, slot, true, s->priority);
	cq2qid_set(port, slot, s->queue->id);
	cqidx_set(s->queue, port, slot, true);
}

static void
tables_remove(struct dlb_port *port, uint32_t slot)
{
	cq2priov_set(port, slot, false, 0);
	cqidx_set(port->slots[slot].queue, port, slot, false);
}

/* The scheduler's state of a slot: set or clear the bits that are named. */
static void
sched_ctrl(const struct dlb_port *port, uint32_t slot, uint32_t bits, bool value)
{
	pf_write(port->domain->device, DLB_LSP_LDB_SCHED_CTRL, 0,
		 dlb_field(DLB_LSP_LDB_SCHED_CTRL_CQ, port->id) |
			 dlb_field(DLB_LSP_LDB_SCHED_CTRL_QIDIX, slot) |
			 dlb_field(DLB_LSP_LDB_SCHED_CTRL_VALUE, value) | bits);
}

/* Slots */

static struct pf_slot *
slot_of(struct dlb_port *port, const struct dlb_queue *queue)
{
	uint32_t i;

	for (i = 0; i < DLB_CQ_SLOTS; i++) {
		if (port->slots[i].state != PF_UNLINKED && port->slots[i].queue == queue)
			return &port->slots[i];
	}
	return NULL;
}

static struct pf_slot *
slot_find_free(struct dlb_port *port)
{
	uint32_t i;

	for (i = 0; i < DLB_CQ_SLOTS; i++) {
		if (port->slots[i].state == PF_UNLINKED)
			return &port->slots[i];
	}
	return NULL;
}

static uint32_t
slot_number(const struct dlb_port *port, const struct pf_slot *slot)
{
	return (uint32_t)(slot - port->slots);
}

/* Every change of state goes through here, so that the counts cannot drift from the slots. */
static void
slot_move(struct dlb_port *port, struct pf_slot *slot, enum pf_link_state state)
{
	struct dlb_queue *queue = slot->queue;

	queue->linking -= slot->state == PF_LINKING;
	queue->links -= slot->state == PF_LINKED || slot->state == PF_UNLINKING;
	port->unlinking -= slot->state == PF_UNLINKING;
	slot->state = state;
	queue->linking += state == PF_LINKING;
	queue->links += state == PF_LINKED || state == PF_UNLINKING;
	port->unlinking += state == PF_UNLINKING;
	if (state == PF_UNLINKED)
		*slot = (struct pf_slot){ .state = PF_UNLINKED };
}

/* The queue and all its CQs */

static struct dlb_port *
ldb_port(const struct dlb_domain *domain, uint32_t i)
{
	return &domain->ports[DLB_LDB][i];
}

/* Nothing may be scheduled from a queue while its links change. */
static void
cqs_hold(struct dlb_queue *queue)
{
	struct dlb_domain *domain = queue->domain;
	uint32_t i;

	for (i = 0; i < domain->port_count[DLB_LDB]; i++) {
		if (slot_of(ldb_port(domain, i), queue) != NULL)
			pf_port_cq_set(ldb_port(domain, i), false);
	}
	pf_flush(domain->device);
}

static void
cqs_release(struct dlb_queue *queue)
{
	struct dlb_domain *domain = queue->domain;
	uint32_t i;

	for (i = 0; i < domain->port_count[DLB_LDB]; i++) {
		if (slot_of(ldb_port(domain, i), queue) != NULL)
			pf_port_cq_update(ldb_port(domain, i));
	}
	pf_flush(domain->device);
}

static void
queue_pause(const struct dlb_queue *queue)
{
	pf_write(queue->domain->device, DLB_LSP_QID_LDB_INFL_LIM, queue->id, 0);
	pf_flush(queue->domain->device);
}

/* The pause may have cleared "inflight OK" of any slot, and a limit does not set it again. */
static void
queue_resume(const struct dlb_queue *queue)
{
	struct dlb_domain *domain = queue->domain;
	uint32_t i;

	for (i = 0; i < domain->port_count[DLB_LDB]; i++) {
		struct dlb_port *port = ldb_port(domain, i);
		const struct pf_slot *slot = slot_of(port, queue);

		if (slot != NULL && slot->state != PF_LINKING)
			sched_ctrl(port, slot_number(port, slot),
				   DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V, true);
	}
	pf_flush(domain->device);
	pf_write(domain->device, DLB_LSP_QID_LDB_INFL_LIM, queue->id, queue->inflights);
	pf_flush(domain->device);
}

/* Links */

/*
 * A queue that has work already sends no event for it to the new slot, so tell the slot. "Inflight
 * OK" must not stand before queue_resume(), or the slot would be served while the queue is paused.
 */
static void
slot_activate(struct dlb_port *port, uint32_t slot)
{
	const struct dlb_device *device = port->domain->device;
	uint32_t qid = port->slots[slot].queue->id;

	if (pf_read(device, DLB_LSP_QID_AQED_ACTIVE_CNT, qid) > 0)
		sched_ctrl(port, slot, DLB_LSP_LDB_SCHED_CTRL_RLIST_HASWORK_V, true);
	if (pf_read(device, DLB_LSP_QID_LDB_ENQUEUE_CNT, qid) > 0)
		sched_ctrl(port, slot, DLB_LSP_LDB_SCHED_CTRL_NALB_HASWORK_V, true);
	pf_flush(device);
	sched_ctrl(port, slot, DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V, false);
	pf_flush(device);
}

/* Program all links of a paused queue that wait. */
static void
links_finish(struct dlb_queue *queue)
{
	struct dlb_domain *domain = queue->domain;
	uint32_t i;

	for (i = 0; i < domain->port_count[DLB_LDB]; i++) {
		struct dlb_port *port = ldb_port(domain, i);
		struct pf_slot *slot = slot_of(port, queue);

		if (slot == NULL || slot->state != PF_LINKING)
			continue;
		tables_add(port, slot_number(port, slot));
		slot_move(port, slot, PF_LINKED);
		pf_flush(domain->device);
		slot_activate(port, slot_number(port, slot));
	}
	queue_resume(queue);
}

/*
 * The queue may have scheduled one more QE between the pause and the first look, so look again once
 * its CQs are off.
 */
static void
links_try(struct dlb_queue *queue)
{
	if (pf_queue_inflights(queue) > 0)
		return;
	cqs_hold(queue);
	if (pf_queue_inflights(queue) == 0)
		links_finish(queue);
	cqs_release(queue);
}

static void
link_start(struct dlb_port *port, struct pf_slot *slot, struct dlb_queue *queue, uint32_t priority)
{
	slot->queue = queue;
	slot->priority = priority;
	if (port->domain->started) {
		slot_move(port, slot, PF_LINKING);
		queue_pause(queue);
		links_try(queue);
		return;
	}
	slot_move(port, slot, PF_LINKED);
	pf_port_cq_set(port, false);
	pf_flush(port->domain->device);
	tables_add(port, slot_number(port, slot));
	pf_flush(port->domain->device);
	pf_port_cq_update(port);
	pf_flush(port->domain->device);
}

/* Link a queue that has a slot of the port already. */
static void
link_change(struct dlb_port *port, struct pf_slot *slot, uint32_t priority)
{
	struct dlb_device *device = port->domain->device;
	bool changed = slot->priority != priority;

	slot->priority = priority;
	if (slot->state == PF_LINKING)
		return;
	if (slot->state == PF_LINKED && !changed)
		return;
	pf_port_cq_set(port, false);
	pf_flush(device);
	if (changed)
		cq2priov_set(port, slot_number(port, slot), true, priority);
	pf_flush(device);
	slot_move(port, slot, PF_LINKED);
	pf_port_cq_update(port);
	pf_flush(device);
}

/* Unlinks */

static void
unlink_finish(struct dlb_port *port, struct pf_slot *slot)
{
	const struct dlb_device *device = port->domain->device;
	uint32_t number = slot_number(port, slot);

	tables_remove(port, number);
	pf_flush(device);
	sched_ctrl(port, number, DLB_LSP_LDB_SCHED_CTRL_RLIST_HASWORK_V, false);
	sched_ctrl(port, number, DLB_LSP_LDB_SCHED_CTRL_NALB_HASWORK_V, false);
	pf_flush(device);
	/* Set is what an unused slot has after a reset. */
	sched_ctrl(port, number, DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V, true);
	pf_flush(device);
	slot_move(port, slot, PF_UNLINKED);
}

/* The whole CQ must owe nothing, also of queues that stay linked: it is off, so that will come. */
static void
unlinks_try(struct dlb_port *port)
{
	uint32_t i;

	if (port->unlinking == 0 || pf_port_inflights(port) > 0)
		return;
	for (i = 0; i < DLB_CQ_SLOTS; i++) {
		if (port->slots[i].state == PF_UNLINKING)
			unlink_finish(port, &port->slots[i]);
	}
	pf_port_cq_update(port);
	pf_flush(port->domain->device);
}

/* The last link that waited takes the pause with it. */
static void
link_cancel(struct dlb_port *port, struct pf_slot *slot)
{
	struct dlb_queue *queue = slot->queue;

	slot_move(port, slot, PF_UNLINKED);
	if (queue->linking > 0)
		return;
	cqs_hold(queue);
	queue_resume(queue);
	cqs_release(queue);
}

int
pf_link(struct dlb_port *port, struct dlb_queue *queue, uint32_t priority)
{
	const struct dlb_log *log = port->domain->device->log;
	struct pf_slot *slot = slot_of(port, queue);

	if (slot != NULL) {
		link_change(port, slot, priority);
		return 0;
	}
	unlinks_try(port);
	if (port->unlinking > 0)
		return pf_refuse(log, -EBUSY,
				 "queue %u to port %u: linked once the %u unlinks that wait for "
				 "completions by the port are done",
				 queue->id, port->id, port->unlinking);
	slot = slot_find_free(port);
	if (slot == NULL)
		return pf_refuse(log, -ENOSPC,
				 "queue %u to port %u: a port serves at most %u queues", queue->id,
				 port->id, DLB_CQ_SLOTS);
	link_start(port, slot, queue, priority);
	return 0;
}

int
pf_unlink(struct dlb_port *port, struct dlb_queue *queue)
{
	struct pf_slot *slot = slot_of(port, queue);

	if (slot == NULL || slot->state == PF_UNLINKING)
		return pf_refuse(port->domain->device->log, -EINVAL,
				 "queue %u from port %u: must be one that the port serves",
				 queue->id, port->id);
	if (slot->state == PF_LINKING) {
		link_cancel(port, slot);
		return 0;
	}
	slot_move(port, slot, PF_UNLINKING);
	pf_port_cq_update(port);
	pf_flush(port->domain->device);
	unlinks_try(port);
	return 0;
}

uint32_t
pf_links_poll(struct dlb_domain *domain)
{
	uint32_t waiting = 0, i;

	for (i = 0; i < domain->port_count[DLB_LDB]; i++) {
		unlinks_try(ldb_port(domain, i));
		waiting += ldb_port(domain, i)->unlinking;
	}
	for (i = 0; i < domain->queue_count[DLB_LDB]; i++) {
		struct dlb_queue *queue = &domain->queues[DLB_LDB][i];

		if (queue->linking > 0)
			links_try(queue);
		waiting += queue->linking;
	}
	return waiting;
}

void
pf_links_remove(struct dlb_domain *domain)
{
	uint32_t i, slot;

	for (i = 0; i < domain->port_count[DLB_LDB]; i++) {
		struct dlb_port *port = ldb_port(domain, i);

		for (slot = 0; slot < DLB_CQ_SLOTS; slot++) {
			if (port->slots[slot].state != PF_UNLINKED)
				unlink_finish(port, &port->slots[slot]);
		}
	}
}

static int
link_check(const struct dlb_port *port, const struct dlb_queue *queue)
{
	const struct dlb_log *log = port->domain->device->log;

	if (port->kind != DLB_LDB || queue->kind != DLB_LDB)
		return pf_refuse(log, -EINVAL,
				 "%s queue %u and %s port %u: must both be load-balanced",
				 queue->kind == DLB_LDB ? "load-balanced" : "directed", queue->id,
				 port->kind == DLB_LDB ? "load-balanced" : "directed", port->id);
	if (port->domain != queue->domain)
		return pf_refuse(log, -EINVAL,
				 "queue %u of domain %u and port %u of domain %u: must be of one "
				 "domain",
				 queue->id, queue->domain->id, port->id, port->domain->id);
	return 0;
}

int
dlb_link(struct dlb_port *port, struct dlb_queue *queue, uint32_t priority)
{
	struct dlb_device *device = port->domain->device;
	int ret;

	pf_device_lock(device);
	ret = link_check(port, queue);
	if (ret == 0)
		ret = pf_check_range(device->log, "priority of a link", priority, 0,
				     DLB_PRIORITIES - 1);
	if (ret == 0)
		ret = pf_link(port, queue, priority);
	pf_device_unlock(device);
	return ret;
}

int
dlb_unlink(struct dlb_port *port, struct dlb_queue *queue)
{
	struct dlb_device *device = port->domain->device;
	int ret;

	pf_device_lock(device);
	ret = link_check(port, queue);
	if (ret == 0)
		ret = pf_unlink(port, queue);
	pf_device_unlock(device);
	return ret;
}

int
dlb_port_links_pending(struct dlb_port *port)
{
	struct dlb_device *device = port->domain->device;
	int waiting = 0;
	uint32_t i;

	pf_device_lock(device);
	pf_links_poll(port->domain);
	for (i = 0; i < DLB_CQ_SLOTS; i++)
		waiting += port->slots[i].state == PF_LINKING;
	pf_device_unlock(device);
	return waiting;
}

int
dlb_port_unlinks_pending(struct dlb_port *port)
{
	struct dlb_device *device = port->domain->device;
	int waiting;

	pf_device_lock(device);
	unlinks_try(port);
	waiting = (int)port->unlinking;
	pf_device_unlock(device);
	return waiting;
}

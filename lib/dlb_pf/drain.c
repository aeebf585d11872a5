/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Drain; see drain.h and the specification, section "Domain reset". The PF layer plays the consumer
 * of every port: it looks at no CQ memory, it reads what a CQ owes and pays through the port's own
 * producer port. Workers have stopped, but the lines that they wrote last may be under way, and
 * must not be met by a queue that is closed, or be counted as owed. Then it goes in rounds:
 *
 *	all CQs off; pay what they owe, until the device says that they owe nothing;
 *	finish links that waited, link queues that hold events and have no link;
 *	all CQs on, for a moment.
 *
 * What is owed is read and paid with the CQ off, so that it is exact: nothing is paid twice however
 * late the device works. A domain is empty when two rounds in a row find nothing: results of
 * ordered events may be on their way from the reorder window to a queue while all counts are 0.
 */
#include <errno.h>
#include <string.h>

#include "drain.h"
#include "link.h"
#include "log.h"

#define LIMIT_US 1000000u
#define LIMIT_PER_CREDIT_US 64u
#define PAID_LIMIT_US 10000u /* for the device to work off what was paid: much more than it needs */
#define STEP_LIMIT_US 1000u
#define SETTLE_US 10u /* for lines that have reached the device: much more than it needs */
#define QUIET_ROUNDS 2

struct debt {
	uint32_t completions, tokens;
};

static struct dlb_port *
port_at(const struct dlb_domain *domain, uint32_t i)
{
	uint32_t ldb = domain->port_count[DLB_LDB];

	return i < ldb ? &domain->ports[DLB_LDB][i] : &domain->ports[DLB_DIR][i - ldb];
}

static uint32_t
ports(const struct dlb_domain *domain)
{
	return domain->port_count[DLB_LDB] + domain->port_count[DLB_DIR];
}

static struct dlb_queue *
queue_at(const struct dlb_domain *domain, uint32_t i)
{
	uint32_t ldb = domain->queue_count[DLB_LDB];

	return i < ldb ? &domain->queues[DLB_LDB][i] : &domain->queues[DLB_DIR][i - ldb];
}

static uint32_t
queues(const struct dlb_domain *domain)
{
	return domain->queue_count[DLB_LDB] + domain->queue_count[DLB_DIR];
}

static struct debt
debt_read(const struct dlb_port *port)
{
	return (struct debt){ pf_port_inflights(port), pf_port_tokens(port) };
}

/* Pay: four QEs a line, the first of all with the tokens. */
static void
debt_pay(struct dlb_port *port, struct debt debt)
{
	struct dlb_bus *bus = port->domain->device->bus;
	struct dlb_qe line[DLB_QES_PER_LINE];
	uint32_t i;

	while (debt.completions > 0 || debt.tokens > 0) {
		memset(line, 0, sizeof(line));
		for (i = 0; i < DLB_QES_PER_LINE; i++) {
			if (debt.tokens > 0)
				line[i] = dlb_qe_pop(debt.tokens);
			if (debt.completions > 0) {
				line[i].cmd |= DLB_CMD_REL;
				debt.completions--;
			}
			debt.tokens = 0;
		}
		bus->ops->pp_write(bus, port->kind, port->id, line);
	}
	bus->ops->pp_flush(bus, port->kind, port->id);
}

static void
cqs_enable(struct dlb_domain *domain, bool enable)
{
	uint32_t i;

	for (i = 0; i < ports(domain); i++) {
		port_at(domain, i)->enabled = enable;
		pf_port_cq_update(port_at(domain, i));
	}
	pf_flush(domain->device);
}

static bool
owes_nothing(const struct dlb_domain *domain)
{
	uint32_t i;

	for (i = 0; i < ports(domain); i++) {
		struct debt debt = debt_read(port_at(domain, i));

		if (debt.completions > 0 || debt.tokens > 0)
			return false;
	}
	return true;
}

/* Until what was paid has been worked off. What comes late, the next round pays. @return us. */
static uint32_t
debts_wait(const struct dlb_domain *domain)
{
	uint32_t waited_us = 0, step_us = 1;

	while (!owes_nothing(domain) && waited_us < PAID_LIMIT_US) {
		pf_wait_us(domain->device, step_us);
		waited_us += step_us;
		step_us *= 2;
	}
	return waited_us;
}

/* All ports pay; nobody is waited for. @return QEs and tokens paid, or -EIO. */
static int
debts_pay(struct dlb_domain *domain)
{
	uint32_t i;
	int paid = 0;

	for (i = 0; i < ports(domain); i++) {
		struct dlb_port *port = port_at(domain, i);
		struct debt debt = debt_read(port);

		/* A device that has gone reads as all ones. */
		if (debt.completions > port->hist_entries || debt.tokens > port->cq_depth)
			return pf_refuse(domain->device->log, -EIO,
					 "port %u of domain %u: the device counts %u inflight QEs "
					 "and %u tokens, at most %u and %u are possible",
					 port->id, domain->id, debt.completions, debt.tokens,
					 port->hist_entries, port->cq_depth);
		if (debt.completions == 0 && debt.tokens == 0)
			continue;
		debt_pay(port, debt);
		paid += (int)(debt.completions + debt.tokens);
	}
	return paid;
}

/* A port with room for one more link; if need be by taking back a link to a queue that is empty. */
static struct dlb_port *
port_with_room(struct dlb_domain *domain)
{
	uint32_t i, slot;

	for (i = 0; i < domain->port_count[DLB_LDB]; i++) {
		for (slot = 0; slot < DLB_CQ_SLOTS; slot++) {
			if (domain->ports[DLB_LDB][i].slots[slot].state == PF_UNLINKED)
				return &domain->ports[DLB_LDB][i];
		}
	}
	for (i = 0; i < domain->port_count[DLB_LDB]; i++) {
		struct dlb_port *port = &domain->ports[DLB_LDB][i];

		for (slot = 0; slot < DLB_CQ_SLOTS; slot++) {
			struct pf_slot *s = &port->slots[slot];

			if (s->state != PF_LINKED || pf_queue_depth(s->queue) > 0)
				continue;
			pf_unlink(port, s->queue);
			return port->unlinking == 0 ? port : NULL;
		}
	}
	return NULL;
}

/* Queues that hold events and have no link: no CQ would ever take the events out. */
static void
strays_link(struct dlb_domain *domain)
{
	uint32_t i;

	for (i = 0; i < domain->queue_count[DLB_LDB]; i++) {
		struct dlb_queue *queue = &domain->queues[DLB_LDB][i];
		struct dlb_port *port;

		if (queue->links > 0 || queue->linking > 0 || pf_queue_depth(queue) == 0)
			continue;
		port = port_with_room(domain);
		if (port == NULL)
			return; /* once the linked queues are empty there will be room */
		pf_link(port, queue, 0);
	}
}

static bool
is_empty(const struct dlb_domain *domain)
{
	uint32_t i;

	for (i = 0; i < queues(domain); i++) {
		if (pf_queue_depth(queue_at(domain, i)) > 0)
			return false;
	}
	return owes_nothing(domain);
}

static uint32_t
limit_us(const struct dlb_domain *domain)
{
	const struct pf_estate *estate = pf_domain_estate(domain);
	uint32_t credits = estate->credits[DLB_LDB] + estate->credits[DLB_DIR];

	return LIMIT_US + credits * LIMIT_PER_CREDIT_US;
}

/* Rounds, until the domain is empty; its CQs are off when this returns. */
static int
events_drain(struct dlb_domain *domain)
{
	uint32_t waited_us = 0, step_us = 1, quiet = 0;
	int paid;

	for (;;) {
		cqs_enable(domain, false);
		paid = debts_pay(domain);
		if (paid < 0)
			return paid;
		waited_us += debts_wait(domain);
		quiet = pf_links_poll(domain) == 0 && is_empty(domain) ? quiet + 1 : 0;
		if (quiet == QUIET_ROUNDS)
			return 0;
		if (waited_us >= limit_us(domain))
			return pf_refuse(domain->device->log, -ETIMEDOUT,
					 "domain %u: not empty after %u us", domain->id, waited_us);
		strays_link(domain);
		cqs_enable(domain, true);
		step_us = paid > 0 ? 1 : step_us * 2;
		if (step_us > STEP_LIMIT_US)
			step_us = STEP_LIMIT_US;
		pf_wait_us(domain->device, step_us);
		waited_us += step_us;
	}
}

static void
lines_settle(const struct dlb_domain *domain)
{
	struct dlb_bus *bus = domain->device->bus;
	uint32_t i;

	for (i = 0; i < ports(domain); i++)
		bus->ops->pp_flush(bus, port_at(domain, i)->kind, port_at(domain, i)->id);
	pf_wait_us(domain->device, SETTLE_US);
}

int
pf_drain(struct dlb_domain *domain)
{
	uint32_t i;
	int ret = 0;

	if (domain->started)
		lines_settle(domain);
	for (i = 0; i < ports(domain); i++)
		pf_port_quiesce(port_at(domain, i));
	for (i = 0; i < queues(domain); i++)
		pf_queue_open(queue_at(domain, i), false);
	pf_flush(domain->device);

	if (domain->started)
		ret = events_drain(domain);
	cqs_enable(domain, false);
	if (ret < 0)
		return ret;
	for (i = 0; i < ports(domain); i++)
		pf_port_invalidate(port_at(domain, i));
	pf_flush(domain->device);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <rte_cpuflags.h>
#include <rte_cycles.h>
#include <rte_pause.h>
#include <rte_power_intrinsics.h>

#include "backend.h"
#include "evdev.h"
#include "log.h"
#include "secondary.h"
#include "transport.h"
#include "wait.h"

#define NS_IN_S 1000000000ull

/* Events that are too few to wake a port are looked for every millisecond. */
#define FEW_EVENTS_PER_S 1000

static int
member_interrupt_set(const struct dlb_event_port *port, const struct dlb_member *m)
{
	uint32_t depth = m->cq_mask + 1u;
	uint32_t threshold = RTE_MIN(port->evdev->args.wake_depth, depth / 2);

	return dlb_port_interrupt_set(m->port, port->wait.vector,
				      port->wait.has_loop ? 1 : threshold);
}

/* The members must not become more before the port's state says that they have to interrupt. */
static int
members_interrupt_set(struct dlb_event_port *port)
{
	uint32_t m;
	int ret = 0;

	rte_spinlock_lock(&port->evdev->members_lock);
	for (m = 0; m < port->nb_members && ret == 0; m++)
		ret = member_interrupt_set(port, &port->members[m]);
	if (ret == 0)
		port->wait.state = DLB_WAIT_SLEEPS;
	rte_spinlock_unlock(&port->evdev->members_lock);
	return ret;
}

/* An interrupt counts entries whose tokens are not paid. */
static bool
keeps_tokens(const struct dlb_event_port *port)
{
	return port->preschedule == DLB_PRESCHEDULE_NONE ||
	       port->preschedule == DLB_PRESCHEDULE_ADAPTIVE;
}

int
dlb_wait_create(struct dlb_evdev *evdev, struct dlb_event_port *port)
{
	int ret;

	port->wait.state = DLB_WAIT_POLLS;
	if (dlb_is_secondary() || evdev->args.wake_depth == 0 ||
	    !evdev->backend->can_sleep(evdev->bus) || keeps_tokens(port) ||
	    port->id >= DLB_CQ_VECTORS)
		return -ENOTSUP;
	ret = dlb_vector_take(evdev->device, &port->wait.vector, &port->wait.fd);
	if (ret < 0)
		return ret;
	ret = members_interrupt_set(port);
	if (ret < 0)
		dlb_vector_put(evdev->device, port->wait.vector);
	return ret;
}

void
dlb_wait_member_add(struct dlb_event_port *port, const struct dlb_member *m)
{
	if (port->wait.state == DLB_WAIT_SLEEPS && member_interrupt_set(port, m) < 0)
		port->wait.state = DLB_WAIT_POLLS;
	dlb_wait_wake(port);
}

void
dlb_wait_member_remove(struct dlb_event_port *port, const struct dlb_member *m)
{
	if (port->wait.state == DLB_WAIT_SLEEPS)
		dlb_port_interrupt_set(m->port, port->wait.vector, 0);
}

void
dlb_wait_wake(const struct dlb_event_port *port)
{
	if (port->wait.state == DLB_WAIT_SLEEPS)
		eventfd_write(port->wait.fd, 1);
}

void
dlb_wait_destroy(struct dlb_evdev *evdev, struct dlb_event_port *port)
{
	if (port->wait.state == DLB_WAIT_SLEEPS) {
		if (evdev->backend->vector_forget != NULL)
			evdev->backend->vector_forget(evdev->bus, port->wait.vector);
		dlb_vector_put(evdev->device, port->wait.vector);
	}
	port->wait.state = DLB_WAIT_UNKNOWN;
	port->wait.has_loop = false;
}

static int
loop_create(struct dlb_evdev *evdev, struct dlb_event_port *port)
{
	if (port->wait.has_loop)
		return port->wait.fd;
	port->wait.has_loop = true;
	if (port->wait.state == DLB_WAIT_SLEEPS)
		return members_interrupt_set(port);
	return dlb_wait_create(evdev, port);
}

int
dlb_wait_loop_create(struct dlb_evdev *evdev, struct dlb_event_port *port)
{
	int ret = loop_create(evdev, port);

	if (ret >= 0)
		return port->wait.fd;
	port->wait.has_loop = false;
	return ret;
}

/* An interrupt counts entries that are not paid for: those that have been read must not count. */
static void
member_arm(const struct dlb_evdev *evdev, struct dlb_member *m)
{
	struct dlb_qe line[DLB_QES_PER_LINE] = { { .cmd = DLB_CMD_ARM } };

	if (m->tokens_owed > 0) {
		line[1] = line[0];
		line[0] = dlb_qe_pop(m->tokens_owed);
		m->tokens_owed = 0;
	}
	dlb_line_send(evdev->transport, m->pp, line);
}

void
dlb_wait_loop_arm(struct dlb_event_port *port)
{
	const struct dlb_evdev *evdev = port->evdev;
	eventfd_t count;
	uint32_t m;

	dlb_credits_return(&port->credits);
	eventfd_read(port->wait.fd, &count);
	/* Whoever writes to the device must know before it is armed: it may have to run it from then on. */
	if (evdev->backend->vector_await != NULL)
		evdev->backend->vector_await(evdev->bus, port->wait.vector);
	for (m = 0; m < port->nb_members; m++)
		member_arm(evdev, &port->members[m]);
	/* These are waiting for a dequeue. Whoever asked for one before this look has it asked for again. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (port->needs_attention || __atomic_load_n(&evdev->links_pending, __ATOMIC_RELAXED) != 0)
		dlb_wait_wake(port);
}

void
dlb_wait_restart(struct dlb_event_port *port)
{
	uint32_t m;

	if (port->wait.state == DLB_WAIT_SLEEPS) {
		if (!keeps_tokens(port))
			return;
		for (m = 0; m < port->nb_members; m++)
			dlb_wait_member_remove(port, &port->members[m]);
		dlb_wait_destroy(port->evdev, port);
	}
	if (port->tuning.wait == RTE_PMD_DLB_WAIT_POLL ||
	    port->tuning.wait == RTE_PMD_DLB_WAIT_MONITOR)
		port->wait.state = DLB_WAIT_POLLS;
	else
		port->wait.state = DLB_WAIT_UNKNOWN;
}

/* Where rte_power_monitor() looks: abort when the entry has the generation that the reader expects. */
static int
entry_is_new(const uint64_t word, const uint64_t opaque[RTE_POWER_MONITOR_OPAQUE_SZ])
{
	return (word >> DLB_QE_CMD_SHIFT & DLB_CQE_GEN) == opaque[0] ? -1 : 0;
}

void
dlb_wait_pause(struct dlb_event_port *port, uint64_t deadline)
{
	const struct dlb_member *m = &port->members[0];
	uint32_t stride = dlb_cq_stride(port->evdev->args.cq_mode);
	const uint8_t *entry = m->cq + (m->cq_index & m->cq_mask) * stride;
	struct rte_power_monitor_cond cond = {
		.addr = (void *)(uintptr_t)(entry + sizeof(uint64_t)),
		.size = sizeof(uint64_t),
		.fn = entry_is_new,
		.opaque = { dlb_cqe_gen(m->cq_index, m->cq_log2_ring) },
	};

	/* Refused on a thread that is no lcore. */
	if (!port->monitors || rte_power_monitor(&cond, deadline) < 0)
		rte_pause();
}

bool
dlb_wait_can_monitor(const struct dlb_event_port *port)
{
	struct rte_cpu_intrinsics cpu = { 0 };

	rte_cpu_get_intrinsics_support(&cpu);
	return cpu.power_monitor && port->nb_members == 1 && port->embedded == NULL;
}

void
dlb_wait_begin(struct dlb_event_port *port)
{
	const struct dlb_evdev *evdev = port->evdev;

	if (!dlb_is_secondary() && evdev->backend->sleeper_add != NULL)
		evdev->backend->sleeper_add(evdev->bus);
}

void
dlb_wait_sleep(struct dlb_event_port *port, uint64_t deadline)
{
	struct pollfd pfd = { .fd = port->wait.fd, .events = POLLIN };
	uint64_t now = rte_get_timer_cycles();
	uint64_t hz = rte_get_timer_hz();
	uint64_t ticks = deadline > now ? deadline - now : 0;
	uint64_t longest = port->evdev->args.wake_depth > 1 ? hz / FEW_EVENTS_PER_S : UINT64_MAX;
	struct timespec left = {
		.tv_sec = (time_t)(RTE_MIN(ticks, longest) / hz),
		.tv_nsec = (long)(RTE_MIN(ticks, longest) % hz * NS_IN_S / hz),
	};
	eventfd_t count;

	/* A secondary process polls, also where the primary has slept: the number is another file's there. */
	if (dlb_is_secondary())
		rte_pause();
	else if (ppoll(&pfd, 1, &left, NULL) > 0)
		eventfd_read(port->wait.fd, &count);
}

void
dlb_wait_end(struct dlb_event_port *port)
{
	const struct dlb_evdev *evdev = port->evdev;

	if (!dlb_is_secondary() && evdev->backend->sleeper_remove != NULL)
		evdev->backend->sleeper_remove(evdev->bus);
}

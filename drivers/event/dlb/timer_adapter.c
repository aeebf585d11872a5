/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Event timer adapter with a port of its own. A timer fires as many ticks after it was armed as it asks
 * for: not earlier, and at most an eighth of a tick or 50 us later than whoever drives the timers looks.
 * A periodic one fires for the first time half a tick early, then once a period: whoever counts its
 * events in a while of so many periods may be half a tick late with arming, or with taking them.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "control.h"
#include "evdev.h"
#include "log.h"
#include "timers.h"

#define NS_IN_S 1000000000ull
#define TICK_NS_MIN 1000ull
#define SLOTS_PER_TICK 8
#define SLOTS_PER_S 20000     /* at least: a slot is what a timer may be late */
#define PERIODIC_EARLY_PART 2 /* the first period of a periodic timer is shorter by half a tick */
#define TICK_FRACTION_BITS 20 /* of the fixed-point number of cycles in a tick */

static struct dlb_timer_adapter *
adapter_of(const struct rte_event_timer_adapter *adapter)
{
	return adapter->data->adapter_priv;
}

static uint64_t
ticks_to_cycles(const struct dlb_timer_adapter *a, uint64_t ticks)
{
	return (uint64_t)((unsigned __int128)ticks * a->tick >> TICK_FRACTION_BITS);
}

static uint64_t
cycles_to_ticks(const struct dlb_timer_adapter *a, uint64_t cycles)
{
	return (uint64_t)(((unsigned __int128)cycles << TICK_FRACTION_BITS) / a->tick);
}

/* The configuration that an adapter gets. 0, or a negative errno. */
static int
conf_check(const struct dlb_evdev *evdev, struct rte_event_timer_adapter_conf *conf)
{
	bool adjusts = conf->flags & RTE_EVENT_TIMER_ADAPTER_F_ADJUST_RES;

	if (conf->clk_src != RTE_EVENT_TIMER_ADAPTER_CPU_CLK) {
		DLB_LOG(ERR, evdev,
			"timer adapter %u: clk_src %d: accepted is RTE_EVENT_TIMER_ADAPTER_CPU_CLK",
			conf->timer_adapter_id, conf->clk_src);
		return -EINVAL;
	}
	if (conf->nb_timers < 1 || conf->nb_timers >= UINT32_MAX) {
		DLB_LOG(ERR, evdev, "timer adapter %u: nb_timers %" PRIu64 ": accepted are 1 to %u",
			conf->timer_adapter_id, conf->nb_timers, UINT32_MAX - 1);
		return -EINVAL;
	}
	if (conf->timer_tick_ns < TICK_NS_MIN && adjusts)
		conf->timer_tick_ns = TICK_NS_MIN;
	/* A periodic adapter may leave its longest timeout open. */
	if (conf->max_tmo_ns < conf->timer_tick_ns &&
	    (adjusts || conf->flags & RTE_EVENT_TIMER_ADAPTER_F_PERIODIC))
		conf->max_tmo_ns = conf->timer_tick_ns;
	if (conf->timer_tick_ns < TICK_NS_MIN || conf->max_tmo_ns < conf->timer_tick_ns) {
		DLB_LOG(ERR, evdev,
			"timer adapter %u: timer_tick_ns %" PRIu64 ", max_tmo_ns %" PRIu64
			": accepted are ticks from %llu ns on, up to max_tmo_ns",
			conf->timer_adapter_id, conf->timer_tick_ns, conf->max_tmo_ns, TICK_NS_MIN);
		return -ERANGE;
	}
	return 0;
}

static int
wheel_create(struct dlb_timer_adapter *a, const struct rte_event_timer_adapter_conf *conf)
{
	const struct dlb_wheel_conf wheel_conf = {
		.slot_cycles = RTE_MIN(ticks_to_cycles(a, 1) / SLOTS_PER_TICK,
				       rte_get_tsc_hz() / SLOTS_PER_S),
		.span_cycles = ticks_to_cycles(a, a->max_ticks),
		.nb_timers = (uint32_t)conf->nb_timers,
		.now = rte_rdtsc(),
	};
	void *memory = rte_malloc_socket("dlb_wheel", dlb_wheel_bytes(&wheel_conf),
					 RTE_CACHE_LINE_SIZE, (int)conf->socket_id);

	if (memory == NULL)
		return -ENOMEM;
	a->wheel = dlb_wheel_init(memory, &wheel_conf);
	return 0;
}

static int
adapter_create(struct dlb_evdev *evdev, const struct rte_event_timer_adapter_conf *conf,
	       struct dlb_timer_adapter **adapter)
{
	struct dlb_timer_adapter *a = rte_zmalloc_socket("dlb_timer_adapter", sizeof(*a),
							 RTE_CACHE_LINE_SIZE, (int)conf->socket_id);
	int ret;

	if (a == NULL)
		return -ENOMEM;
	rte_spinlock_init(&a->lock);
	a->evdev = evdev;
	a->tick_ns = conf->timer_tick_ns;
	a->tick = (uint64_t)(((unsigned __int128)conf->timer_tick_ns * rte_get_tsc_hz()
			      << TICK_FRACTION_BITS) /
			     NS_IN_S);
	a->max_ticks = conf->max_tmo_ns / conf->timer_tick_ns;
	a->periodic = conf->flags & RTE_EVENT_TIMER_ADAPTER_F_PERIODIC;
	a->stats_begin = rte_rdtsc();
	ret = wheel_create(a, conf);
	if (ret < 0) {
		rte_free(a);
		return ret;
	}
	*adapter = a;
	return 0;
}

static int
timer_init(struct rte_event_timer_adapter *adapter)
{
	struct rte_event_timer_adapter_data *data = adapter->data;
	struct dlb_timer_adapter *a;
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(data->event_dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = conf_check(evdev, &data->conf);
	if (ret == 0)
		ret = adapter_create(evdev, &data->conf, &a);
	if (ret == 0)
		data->adapter_priv = a;
	else if (ret == -ENOMEM)
		DLB_LOG(ERR, evdev, "timer adapter %u: no memory for %" PRIu64 " timers", data->id,
			data->conf.nb_timers);
	dlb_control_put(evdev);
	return ret;
}

/* Timers that are armed go with it. */
static int
timer_uninit(struct rte_event_timer_adapter *adapter)
{
	struct dlb_timer_adapter *a = adapter_of(adapter);

	rte_free(a->wheel);
	rte_free(a);
	adapter->data->adapter_priv = NULL;
	return 0;
}

static int
adapter_start(struct dlb_evdev *evdev, struct dlb_timer_adapter *a, uint8_t id)
{
	int ret;

	if (evdev->domain != NULL && evdev->internal.nb_members == 0) {
		DLB_LOG(ERR, evdev,
			"timer adapter %u: timers need a directed port of their own, and the device has "
			"none to spare: accepted are fewer SINGLE_LINK queues and ports",
			id);
		return -ENOSPC;
	}
	ret = dlb_timers_add(evdev, a);
	if (ret == 0)
		__atomic_store_n(&a->running, true, __ATOMIC_RELEASE);
	return ret;
}

static int
timer_start(const struct rte_event_timer_adapter *adapter)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(adapter->data->event_dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = adapter_start(evdev, adapter_of(adapter), adapter->data->id);
	dlb_control_put(evdev);
	return ret;
}

static int
timer_stop(const struct rte_event_timer_adapter *adapter)
{
	struct dlb_timer_adapter *a = adapter_of(adapter);
	struct dlb_evdev *evdev = dlb_control_take_quietly(adapter->data->event_dev_id);

	__atomic_store_n(&a->running, false, __ATOMIC_RELEASE);
	if (evdev == NULL)
		return 0;
	dlb_timers_remove(evdev, a);
	dlb_control_put(evdev);
	return 0;
}

static void
timer_get_info(const struct rte_event_timer_adapter *adapter,
	       struct rte_event_timer_adapter_info *info)
{
	const struct dlb_timer_adapter *a = adapter_of(adapter);

	info->min_resolution_ns = a->tick_ns;
	info->max_tmo_ns = a->max_ticks * a->tick_ns;
	info->event_dev_port_id = -1;
}

/* Whoever has got the event of a timer finds it counted: not while somebody still enqueues. */
static int
timer_stats_get(const struct rte_event_timer_adapter *adapter,
		struct rte_event_timer_adapter_stats *stats)
{
	const struct dlb_timer_adapter *a = adapter_of(adapter);
	struct dlb_evdev *evdev = dlb_control_take_quietly(adapter->data->event_dev_id);

	if (evdev == NULL)
		return -ENODEV;
	rte_spinlock_lock(&evdev->timers.lock);
	*stats = a->stats;
	rte_spinlock_unlock(&evdev->timers.lock);
	dlb_control_put(evdev);
	stats->adapter_tick_count = cycles_to_ticks(a, rte_rdtsc() - a->stats_begin);
	return 0;
}

static int
timer_stats_reset(const struct rte_event_timer_adapter *adapter)
{
	struct dlb_timer_adapter *a = adapter_of(adapter);
	struct dlb_evdev *evdev = dlb_control_take_quietly(adapter->data->event_dev_id);

	if (evdev == NULL)
		return -ENODEV;
	rte_spinlock_lock(&evdev->timers.lock);
	memset(&a->stats, 0, sizeof(a->stats));
	rte_spinlock_unlock(&evdev->timers.lock);
	dlb_control_put(evdev);
	a->stats_begin = rte_rdtsc();
	return 0;
}

/* Why a timer cannot be armed: 0, or what rte_errno is to be, and the timer's state says more. */
static int
arm_check(const struct dlb_timer_adapter *a, struct rte_event_timer *timer, uint64_t ticks)
{
	const struct dlb_evdev *evdev = a->evdev;
	uint8_t queue = timer->ev.queue_id;

	if (timer->state == RTE_EVENT_TIMER_ARMED)
		return EALREADY;
	if (timer->state != RTE_EVENT_TIMER_NOT_ARMED && timer->state != RTE_EVENT_TIMER_CANCELED)
		return EINVAL;
	if (ticks == 0)
		timer->state = RTE_EVENT_TIMER_ERROR_TOOEARLY;
	else if (ticks > a->max_ticks)
		timer->state = RTE_EVENT_TIMER_ERROR_TOOLATE;
	else if (queue >= evdev->nb_queues || !evdev->queues[queue].configured ||
		 timer->ev.sched_type > RTE_SCHED_TYPE_PARALLEL)
		timer->state = RTE_EVENT_TIMER_ERROR;
	else
		return 0;
	return EINVAL;
}

/* Whoever counts periods until n have passed is to find n events. */
static uint64_t
arm_deadline(const struct dlb_timer_adapter *a, uint64_t now, uint64_t ticks)
{
	uint64_t early = a->periodic ? ticks_to_cycles(a, 1) / PERIODIC_EARLY_PART : 0;

	return now + ticks_to_cycles(a, ticks) - early;
}

/* Returns 0, or what rte_errno is to be. */
static int
arm_one(struct dlb_timer_adapter *a, struct rte_event_timer *timer, uint64_t now, uint64_t ticks)
{
	int err = arm_check(a, timer, ticks);
	uint64_t deadline;
	uint32_t entry;

	if (err != 0)
		return err;
	deadline = arm_deadline(a, now, ticks);
	entry = dlb_wheel_arm(a->wheel, deadline, timer);
	if (entry == DLB_WHEEL_NONE)
		return ENOSPC;
	timer->impl_opaque[0] = entry;
	timer->impl_opaque[1] = deadline;
	timer->timeout_ticks = ticks;
	__atomic_store_n(&timer->state, RTE_EVENT_TIMER_ARMED, __ATOMIC_RELEASE);
	return 0;
}

/* When the first of a burst will be due if it is armed now. */
static uint64_t
burst_due(const struct dlb_timer_adapter *a, struct rte_event_timer **timers, uint64_t ticks,
	  uint16_t n)
{
	uint64_t least = ticks == 0 ? UINT32_MAX : ticks;
	uint16_t i;

	for (i = 0; ticks == 0 && i < n; i++)
		least = RTE_MIN(least, timers[i]->timeout_ticks);
	return arm_deadline(a, rte_rdtsc(), least);
}

/* Arm timers, each with its own timeout, or all with one (not 0). */
static uint16_t
arm_burst(const struct rte_event_timer_adapter *adapter, struct rte_event_timer **timers,
	  uint64_t ticks, uint16_t n)
{
	struct dlb_timer_adapter *a = adapter_of(adapter);
	uint64_t now, due;
	uint16_t i;
	int err = EAGAIN;

	if (!__atomic_load_n(&a->running, __ATOMIC_ACQUIRE)) {
		rte_errno = EAGAIN;
		return 0;
	}
	/* Waking a thread can take longer than a short timeout: that is over before time counts. */
	dlb_timers_armed(&a->evdev->timers, burst_due(a, timers, ticks, n));
	rte_spinlock_lock(&a->lock);
	now = rte_rdtsc();
	for (i = 0; i < n; i++) {
		err = arm_one(a, timers[i], now, ticks == 0 ? timers[i]->timeout_ticks : ticks);
		if (err != 0)
			break;
	}
	due = dlb_wheel_due(a->wheel);
	rte_spinlock_unlock(&a->lock);
	if (i < n)
		rte_errno = err;
	if (i > 0)
		dlb_timers_armed(&a->evdev->timers, due);
	return i;
}

static uint16_t
timer_arm_burst(const struct rte_event_timer_adapter *adapter, struct rte_event_timer **timers,
		uint16_t n)
{
	return arm_burst(adapter, timers, 0, n);
}

static uint16_t
timer_arm_tmo_tick_burst(const struct rte_event_timer_adapter *adapter,
			 struct rte_event_timer **timers, uint64_t ticks, uint16_t n)
{
	uint16_t i;

	/* Of all of them: 0 would mean each its own. */
	for (i = 0; ticks == 0 && i < n; i++)
		timers[i]->state = RTE_EVENT_TIMER_ERROR_TOOEARLY;
	if (ticks > 0)
		return arm_burst(adapter, timers, ticks, n);
	rte_errno = EINVAL;
	return 0;
}

/* Returns 0, or what rte_errno is to be. */
static int
cancel_one(struct dlb_timer_adapter *a, struct rte_event_timer *timer)
{
	uint32_t entry = (uint32_t)timer->impl_opaque[0];

	if (timer->state == RTE_EVENT_TIMER_CANCELED)
		return EALREADY;
	if (timer->state != RTE_EVENT_TIMER_ARMED || dlb_wheel_timer(a->wheel, entry) != timer)
		return EINVAL;
	dlb_wheel_cancel(a->wheel, entry);
	__atomic_store_n(&timer->state, RTE_EVENT_TIMER_CANCELED, __ATOMIC_RELEASE);
	return 0;
}

static uint16_t
timer_cancel_burst(const struct rte_event_timer_adapter *adapter, struct rte_event_timer **timers,
		   uint16_t n)
{
	struct dlb_timer_adapter *a = adapter_of(adapter);
	uint16_t i;
	int err;

	if (!__atomic_load_n(&a->running, __ATOMIC_ACQUIRE)) {
		rte_errno = EAGAIN;
		return 0;
	}
	rte_spinlock_lock(&a->lock);
	for (i = 0; i < n; i++) {
		err = cancel_one(a, timers[i]);
		if (err != 0) {
			rte_errno = err;
			break;
		}
	}
	rte_spinlock_unlock(&a->lock);
	return i;
}

const struct event_timer_adapter_ops dlb_timer_adapter_ops = {
	.init = timer_init,
	.uninit = timer_uninit,
	.start = timer_start,
	.stop = timer_stop,
	.get_info = timer_get_info,
	.stats_get = timer_stats_get,
	.stats_reset = timer_stats_reset,
	.arm_burst = timer_arm_burst,
	.arm_tmo_tick_burst = timer_arm_tmo_tick_burst,
	.cancel_burst = timer_cancel_burst,
};

/* The event of an expired timer. A periodic one is armed again; any other is the application's again. */
static struct rte_event
timer_expire(struct dlb_timer_adapter *a, struct rte_event_timer *timer)
{
	struct rte_event ev = timer->ev;

	ev.op = RTE_EVENT_OP_NEW;
	if (a->periodic) {
		timer->impl_opaque[1] += ticks_to_cycles(a, timer->timeout_ticks);
		timer->impl_opaque[0] = dlb_wheel_arm(a->wheel, timer->impl_opaque[1], timer);
	} else {
		__atomic_store_n(&timer->state, RTE_EVENT_TIMER_NOT_ARMED, __ATOMIC_RELEASE);
	}
	return ev;
}

void
dlb_timer_adapter_expire(struct dlb_timer_adapter *a, uint64_t now)
{
	struct rte_event_timer *timer;

	rte_spinlock_lock(&a->lock);
	while (a->nb_staged < DLB_TIMERS_STAGED) {
		timer = dlb_wheel_expire(a->wheel, now);
		if (timer == NULL)
			break;
		a->staged[a->nb_staged++] = timer_expire(a, timer);
		a->stats.evtim_exp_count++;
	}
	rte_spinlock_unlock(&a->lock);
}

uint64_t
dlb_timer_adapter_due(struct dlb_timer_adapter *a)
{
	uint64_t due;

	rte_spinlock_lock(&a->lock);
	due = dlb_wheel_due(a->wheel);
	rte_spinlock_unlock(&a->lock);
	return due;
}

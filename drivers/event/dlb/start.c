/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Start: from what was configured to a scheduling domain that runs. The whole need is added up first,
 * so that the domain is created once, with what it takes.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_cycles.h>

#include "answer.h"
#include "backend.h"
#include "dpdk_release.h"
#include "evdev.h"
#include "function.h"
#include "hot.h"
#include "log.h"
#include "need.h"
#include "wait.h"

#define LDB_CQ_DEPTH_MIN 16
#define DIR_CQ_DEPTH_MIN 128
#define DEPTH_THRESHOLD 256
#define FLOW_LIMIT_MIN 512
#define FLOW_LIMIT_MAX 2047
#define SPINS_PER_S 50000 /* a wait spins for 20 us before it sleeps */
#define CREDIT_QUANTA_MAX 32
#define CREDIT_EXACT_MAX \
	1024            /* up to that limit, ports keep no credits: an atomic operation a burst */
#define CREDIT_SHARE 16 /* all caches together hold at most one part in so many of the limit */

/* A port that has not been set up is none: there is no call in which it could be used. */
static int
setup_check(const struct dlb_evdev *evdev)
{
	uint32_t i;

	for (i = 0; i < evdev->nb_queues; i++) {
		if (!evdev->queues[i].configured) {
			DLB_LOG(ERR, evdev,
				"queue %u has not been set up: accepted are %u queues, "
				"each set up by rte_event_queue_setup()",
				i, evdev->nb_queues);
			return -ESTALE;
		}
	}
	return 0;
}

static bool
directed_is_counted(const struct dlb_evdev *evdev)
{
	return !dlb_limits[evdev->gen].has_shared_credits &&
	       evdev->credits.limit > evdev->directed_credits.limit;
}

/* Every event in the system may be stored at once: credits for the limit, as far as there are any. */
static int
domain_create(struct dlb_evdev *evdev, const struct dlb_need *need)
{
	const struct dlb_limits *limits = &dlb_limits[evdev->gen];
	int32_t limit = evdev->data->dev_conf.nb_events_limit;
	int32_t asked = (int32_t)evdev->args.directed_credits;
	int32_t directed = RTE_MIN(asked > 0 ? asked : limit, (int32_t)limits->credits[DLB_DIR]);
	struct dlb_domain_conf conf = {
		.client = DLB_CLIENT_PF,
		.queues = { need->queues[DLB_LDB], need->queues[DLB_DIR] },
		.ports = { need->ports[DLB_LDB] + need->spares, need->ports[DLB_DIR] },
		.credits = { (uint16_t)limit, limits->has_shared_credits ? 0 : (uint16_t)directed },
		.aqed_entries = need->aqed_entries,
		.hist_entries = need->hist_entries,
		.cos_strict = true,
	};
	uint32_t cos;

	for (cos = 0; cos < DLB_COS_COUNT; cos++) {
		conf.cos_ports[cos] = need->cos_ports[cos];
		conf.ports[DLB_LDB] -= need->cos_ports[cos];
	}

	evdev->credits = (struct dlb_credit_pool){ .free = limit, .limit = limit };
	evdev->directed_credits = (struct dlb_credit_pool){ .free = directed, .limit = directed };
	return dlb_domain_create(evdev->device, &conf, &evdev->domain);
}

/* Hardware schedule type of each eventdev one, by what the queue is configured for. */
static uint8_t
sched_map(const struct dlb_event_queue *queue)
{
	static const uint8_t hw[] = {
		[RTE_SCHED_TYPE_ORDERED] = DLB_SCHED_ORDERED,
		[RTE_SCHED_TYPE_ATOMIC] = DLB_SCHED_ATOMIC,
		[RTE_SCHED_TYPE_PARALLEL] = DLB_SCHED_UNORDERED,
	};
	uint8_t one = DLB_SCHED_DIRECTED;

	/* A queue with sequence numbers takes no unordered QEs: parallel is scheduled in order. */
	if (dlb_event_queue_is_single_link(queue))
		return (uint8_t)(one | one << 2 | one << 4);
	if (queue->conf.event_queue_cfg & RTE_EVENT_QUEUE_CFG_ALL_TYPES)
		return DLB_SCHED_ORDERED << 2 * RTE_SCHED_TYPE_ORDERED |
		       DLB_SCHED_ATOMIC << 2 * RTE_SCHED_TYPE_ATOMIC |
		       DLB_SCHED_ORDERED << 2 * RTE_SCHED_TYPE_PARALLEL;
	one = hw[queue->conf.schedule_type];
	return (uint8_t)(one | one << 2 | one << 4);
}

static uint16_t
cq_depth(const struct dlb_event_port *port, enum dlb_kind kind)
{
	uint32_t depth = rte_align32pow2(port->conf.dequeue_depth) * 2;
	uint32_t min = kind == DLB_LDB ? LDB_CQ_DEPTH_MIN : DIR_CQ_DEPTH_MIN;
	uint32_t allowed = port->evdev->args.max_cq_depth;
	uint32_t max = allowed > 0 ? allowed : DLB_CQ_DEPTH_MAX;

	return (uint16_t)RTE_MIN(RTE_MAX(depth, min), max);
}

static uint16_t
depth_threshold(const struct dlb_event_queue *queue)
{
	return queue->tuning.depth_threshold > 0 ? queue->tuning.depth_threshold : DEPTH_THRESHOLD;
}

static int
ldb_queue_create(struct dlb_evdev *evdev, uint32_t q, const struct dlb_need *need)
{
	struct dlb_event_queue *queue = &evdev->queues[q];
	uint16_t numbers = queue->sequence_numbers;
	uint16_t aqed =
		queue->tuning.aqed_entries > 0 ? queue->tuning.aqed_entries : need->aqed_share;
	struct dlb_queue_conf conf = {
		.kind = DLB_LDB,
		.depth_threshold = depth_threshold(queue),
		.sequence_numbers = numbers,
		.inflights = numbers > 0 ? numbers : DLB_QID_INFLIGHTS_MAX,
		.aqed_entries = dlb_event_queue_is_atomic(queue) ? aqed : 0,
		.flow_limit = RTE_MIN(RTE_MAX(2 * aqed, FLOW_LIMIT_MIN), FLOW_LIMIT_MAX),
	};
	int ret;

	if (numbers > 0) {
		ret = dlb_sn_group_fit(evdev->device, numbers);
		if (ret < 0)
			return ret;
	}
	ret = dlb_queue_create(evdev->domain, &conf, &queue->queue);
	if (ret < 0)
		return ret;
	evdev->event_queues[dlb_queue_id(queue->queue)] = (uint8_t)q;
	return 0;
}

static int
dir_queue_create(struct dlb_evdev *evdev, uint32_t q)
{
	struct dlb_event_queue *queue = &evdev->queues[q];
	struct dlb_queue_conf conf = {
		.kind = DLB_DIR,
		.depth_threshold = depth_threshold(queue),
		.port = queue->directed.port,
	};

	return dlb_queue_create(evdev->domain, &conf, &queue->queue);
}

/* What the application asked for wins over what is good for most. */
static void
member_tune(const struct dlb_port_tuning *tuning, struct dlb_port_conf *conf)
{
	if (tuning->hist_entries > 0)
		conf->hist_entries = tuning->hist_entries;
	conf->cq_weight_limit = tuning->cq_weight_limit;
	conf->inflight_threshold = tuning->inflight_threshold;
	if (tuning->has_cos) {
		conf->cos = tuning->cos;
		conf->cos_strict = true;
	}
}

/* Create a hardware port for an event port. */
static int
member_create(struct dlb_evdev *evdev, const struct dlb_event_port *port, enum dlb_kind kind,
	      const struct dlb_need *need, struct dlb_cq *cq)
{
	struct dlb_port_conf conf = { .kind = kind, .cq_depth = cq_depth(port, kind) };
	uint32_t places;

	*cq = (struct dlb_cq){ .depth = conf.cq_depth };
	if (kind == DLB_LDB) {
		conf.cos = DLB_COS_ANY;
		conf.hist_entries = need->hist_share;
		/* Who releases implicitly holds one burst; more would only keep events from others. */
		if (!(port->conf.event_port_cfg & RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL))
			conf.hist_entries = RTE_MIN(conf.hist_entries, 2 * conf.cq_depth);
		member_tune(&port->tuning, &conf);
		places = dlb_answers_places(port, kind);
		if (dlb_answers_in_any_order(evdev, port) && places > 0)
			conf.hist_entries = RTE_MIN(conf.hist_entries, places);
	}
	return dlb_port_create(evdev->domain, &conf, &cq->port);
}

/* For a single-link queue that no port is linked to, and for timers. */
static int
directed_create(struct dlb_evdev *evdev, struct dlb_cq *cq)
{
	const struct dlb_port_conf conf = { .kind = DLB_DIR, .cq_depth = DIR_CQ_DEPTH_MIN };

	*cq = (struct dlb_cq){ .depth = conf.cq_depth };
	return dlb_port_create(evdev->domain, &conf, &cq->port);
}

/* For links of any port while the device runs, so as deep as the deepest. */
static int
spares_create(struct dlb_evdev *evdev, const struct dlb_need *need)
{
	struct dlb_port_conf conf = {
		.kind = DLB_LDB,
		.hist_entries = need->spare_hist_share,
		.cos = DLB_COS_ANY,
	};
	const struct dlb_event_port *port;
	struct dlb_cq *cq;
	uint32_t p;
	int ret;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;)
		conf.cq_depth = RTE_MAX(conf.cq_depth, cq_depth(port, DLB_LDB));
	while (evdev->nb_spares < need->spares) {
		cq = &evdev->spares[evdev->nb_spares];
		*cq = (struct dlb_cq){ .depth = conf.cq_depth };
		ret = dlb_port_create(evdev->domain, &conf, &cq->port);
		if (ret < 0)
			return ret;
		evdev->nb_spares++;
	}
	return 0;
}

static int
member_add(struct dlb_evdev *evdev, struct dlb_event_port *port, enum dlb_kind kind, uint32_t queue,
	   uint8_t profile, const struct dlb_need *need, struct dlb_member **member)
{
	struct dlb_cq cq;
	int ret;

	ret = member_create(evdev, port, kind, need, &cq);
	if (ret < 0)
		return ret;
	*member = dlb_event_port_member_init(port, &cq, queue, profile);
	ret = dlb_answers_create(evdev, port, *member);
	if (ret < 0)
		return ret;
	dlb_event_port_member_publish(port);
	return 0;
}

/* The load-balanced hardware ports of an event port: those of its profiles, or one for later links. */
static int
ldb_members_create(struct dlb_evdev *evdev, struct dlb_event_port *port,
		   const struct dlb_need *need)
{
	struct dlb_member *m;
	uint8_t profile;
	uint32_t i;
	int ret = 0;

	for (profile = 0; profile < DLB_PROFILES_MAX; profile++) {
		for (i = dlb_need_of_profile(evdev, &port->links[profile]); i > 0 && ret == 0; i--)
			ret = member_add(evdev, port, DLB_LDB, 0, profile, need, &m);
	}
	if (ret == 0 && port->nb_members < need->members[port->id][DLB_LDB])
		ret = member_add(evdev, port, DLB_LDB, 0, 0, need, &m);
	return ret;
}

/* The hardware ports of an event port: load-balanced ones first, then one for each single-link queue. */
static int
members_create(struct dlb_evdev *evdev, struct dlb_event_port *port, const struct dlb_need *need)
{
	struct dlb_member *m;
	uint32_t i, q;
	int ret;

	port->nb_members = 0;
	port->profile = 0;
	port->preschedule = dlb_preschedule_configured(&evdev->data->dev_conf);
	ret = ldb_members_create(evdev, port, need);
	for (i = 0; i < need->members[port->id][DLB_DIR] && ret == 0; i++)
		ret = member_add(evdev, port, DLB_DIR, 0, 0, need, &m);
	for (q = 0; q < evdev->nb_queues && ret == 0; q++) {
		if (!dlb_event_port_has_link(port, q) ||
		    !dlb_event_queue_is_single_link(&evdev->queues[q]))
			continue;
		ret = member_add(evdev, port, DLB_DIR, q, 0, need, &m);
		if (ret == 0) {
			evdev->queues[q].directed = (struct dlb_cq){
				.port = m->port,
				.depth = cq_depth(port, DLB_DIR),
			};
		}
	}
	return ret;
}

/* Everything of the port that the data path reads and that does not change while it runs. */
static void
port_prepare(struct dlb_evdev *evdev, struct dlb_event_port *port)
{
	const struct rte_event_dev_config *conf = &evdev->data->dev_conf;
	int32_t limit = evdev->credits.limit;
	int32_t reserve = limit - port->conf.new_event_threshold;
	int32_t allowed = (int32_t)evdev->args.credit_quanta;
	int32_t most = allowed > 0 ? allowed : CREDIT_QUANTA_MAX;

	bool is_exact = reserve > 0 || limit <= CREDIT_EXACT_MAX;

	/* A limit or a threshold is exact only if the port holds nothing back. */
	port->credits = (struct dlb_credit_cache){
		.pool = &evdev->credits,
		.directed = &evdev->directed_credits,
		.quanta = is_exact ? 0 : RTE_MIN(limit / (CREDIT_SHARE * evdev->nb_ports), most),
		.reserve = reserve,
	};
	port->routes = &evdev->routes;
	port->counts_directed = directed_is_counted(evdev);
	port->releases_implicitly =
		!(port->conf.event_port_cfg & RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL);
	port->times_per_call = conf->event_dev_cfg & RTE_EVENT_DEV_CFG_PER_DEQUEUE_TIMEOUT;
	port->timeout_ticks = (uint64_t)conf->dequeue_timeout_ns * rte_get_timer_hz() / 1000000000u;
	port->embedded = evdev->backend->workers_run == NULL
				 ? NULL
				 : evdev->backend->workers_run(evdev->bus);
	port->spin_ticks = port->tuning.wait == RTE_PMD_DLB_WAIT_INTERRUPT
				   ? 0
				   : rte_get_timer_hz() / SPINS_PER_S;
	port->monitors = port->tuning.wait != RTE_PMD_DLB_WAIT_POLL && dlb_wait_can_monitor(port);
	dlb_wait_restart(port);
	port->next_member = 0;
	port->quiesced = false;
	port->needs_attention = false;
	memset(&port->rejects, 0, sizeof(port->rejects));
	port->corrupt_entries = 0;
}

void
dlb_event_port_borrow(struct dlb_evdev *evdev, uint8_t queue, struct dlb_event_port *port)
{
	*port = (struct dlb_event_port){ .evdev = evdev };
	port_prepare(evdev, port);
	dlb_event_port_member_init(port, &evdev->queues[queue].directed, queue, 0);
	dlb_event_port_member_publish(port);
}

/* Ports of a class of service first: others take whatever the domain has left. */
static int
ports_create(struct dlb_evdev *evdev, const struct dlb_need *need)
{
	struct dlb_event_port *port;
	uint32_t p, q, pass;
	int ret;

	for (pass = 0; pass < 2; pass++) {
		for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
			if (port->tuning.has_cos != (pass == 0))
				continue;
			ret = members_create(evdev, port, need);
			if (ret < 0)
				return ret;
			port_prepare(evdev, port);
		}
	}
	for (q = 0; q < evdev->nb_queues; q++) {
		if (!dlb_event_queue_is_single_link(&evdev->queues[q]) ||
		    evdev->queues[q].directed.port != NULL)
			continue;
		ret = directed_create(evdev, &evdev->queues[q].directed);
		if (ret < 0)
			return ret;
	}
	return spares_create(evdev, need);
}

static int
internal_port_create(struct dlb_evdev *evdev, const struct dlb_need *need)
{
	struct dlb_event_port *port = &evdev->internal;
	struct dlb_cq cq;
	int ret;

	*port = (struct dlb_event_port){ .evdev = evdev };
	if (!need->internal_port)
		return 0;
	ret = directed_create(evdev, &cq);
	if (ret < 0)
		return ret;
	port->conf.new_event_threshold = evdev->credits.limit;
	port_prepare(evdev, port);
	port->credits.quanta = 0; /* nobody polls it: it must not hoard */
	dlb_event_port_member_init(port, &cq, 0, 0);
	dlb_event_port_member_publish(port);
	return 0;
}

static int
queues_create(struct dlb_evdev *evdev, const struct dlb_need *need)
{
	uint32_t q;
	int ret;

	for (q = 0; q < evdev->nb_queues; q++) {
		if (dlb_event_queue_is_single_link(&evdev->queues[q]))
			ret = dir_queue_create(evdev, q);
		else
			ret = ldb_queue_create(evdev, q, need);
		if (ret < 0)
			return ret;
		dlb_routes_add(&evdev->routes, (uint8_t)q,
			       (uint8_t)dlb_queue_id(evdev->queues[q].queue),
			       sched_map(&evdev->queues[q]));
	}
	return 0;
}

/* Fill the load-balanced hardware ports of a profile, eight links to each. */
static int
profile_create(struct dlb_evdev *evdev, struct dlb_event_port *port, uint32_t profile)
{
	struct dlb_links *links = &port->links[profile];
	uint32_t first = 0, count = 0;
	uint32_t q;
	int ret;

	while (first < port->nb_members && port->members[first].profile != profile)
		first++;
	for (q = 0; q < evdev->nb_queues; q++) {
		if (!dlb_links_have(links, q) || dlb_event_queue_is_single_link(&evdev->queues[q]))
			continue;
		links->member[q] = (uint8_t)(first + count++ / DLB_CQ_SLOTS);
		ret = dlb_link(port->members[links->member[q]].port, evdev->queues[q].queue,
			       dlb_event_link_priority(evdev, links, q));
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int
links_create(struct dlb_evdev *evdev)
{
	struct dlb_event_port *port;
	uint32_t p, profile;
	int ret = 0;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		for (profile = 0; profile < DLB_PROFILES_MAX && ret == 0; profile++)
			ret = profile_create(evdev, port, profile);
	}
	return ret;
}

/* A domain that starts switches all its CQs on. */
static void
profiles_start(struct dlb_evdev *evdev)
{
	struct dlb_event_port *port;
	uint32_t p;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		if (dlb_event_port_nb_links(port) > port->links[0].count)
			dlb_event_port_enable(port, true);
	}
}

int
dlb_evdev_start(struct rte_eventdev *dev)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	struct dlb_need need;
	int ret;

	ret = dlb_evdev_check_open(evdev);
	if (ret == 0)
		ret = dlb_function_mend(evdev->function);
	if (ret == 0)
		ret = setup_check(evdev);
	if (ret == 0)
		ret = dlb_evdev_links_check(evdev);
	if (ret == 0)
		ret = dlb_evdev_plan_sequences(evdev);
	if (ret == 0)
		ret = dlb_need_sum(evdev, &need);
	if (ret != 0)
		return ret;

	ret = domain_create(evdev, &need);
	if (ret < 0)
		return ret;
	dlb_routes_clear(&evdev->routes);
	dlb_evdev_choose_variant(dev);
	ret = ports_create(evdev, &need);
	if (ret == 0)
		ret = internal_port_create(evdev, &need);
	if (ret == 0)
		ret = queues_create(evdev, &need);
	if (ret == 0)
		ret = links_create(evdev);
	if (ret == 0)
		ret = dlb_domain_start(evdev->domain);
	if (ret == 0) {
		profiles_start(evdev);
		dlb_pending_open(evdev);
	}
	if (ret == 0)
		ret = dlb_function_start(evdev->function, evdev);
	if (ret < 0)
		dlb_evdev_teardown(evdev);
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Queue; see queue.h and the specification, sections "Load-balanced queue" and "Directed queue".
 * The kinds differ in the registers they have; what is done with them is one code.
 */
#include <assert.h>
#include <errno.h>

#include "log.h"
#include "port.h"
#include "queue.h"

#define FLOW_LIMIT_DEFAULT 512 /* so that no queue takes all flows of the device */
#define FLOW_LIMIT_MAX 2047
#define LOCK_IDS_ALL 65536
#define LOCK_IDS_MIN 64
#define LOCK_IDS_MAX 4096

/* What a register of a new queue is set to. */
enum queue_value {
	VALUE_ZERO,
	VALUE_ONE,
	VALUE_INFLIGHTS,
	VALUE_AQED,
	VALUE_LOCK_CODE,
	VALUE_THRESHOLD,
	VALUE_FLOW_LIMIT,
	VALUE_SN_MAP,
	VALUE_CFG_V,
	VALUE_COUNT
};

#define ROWS_MAX 16

struct queue_row {
	enum dlb_reg reg;
	enum queue_value value;
};

static const struct queue_kind {
	const char *name;
	enum dlb_reg vasqid_v;
	uint32_t row_count;
	struct queue_row
		rows[ROWS_MAX]; /* in this order; the one that makes it valid is the last */
	uint32_t reset_count;
	enum dlb_reg reset[ROWS_MAX];
	uint32_t depth_count;
	enum dlb_reg depth[3]; /* disjoint parts of the depth */
	enum dlb_reg max_depth;
	uint32_t enqueued_count;
	enum dlb_reg enqueued[2][2]; /* low and high word of each part */
} queue_kinds[DLB_KIND_COUNT] = {
	[DLB_LDB] = {
		.name = "load-balanced",
		.vasqid_v = DLB_SYS_LDB_VASQID_V,
		.row_count = 10,
		.rows = {
			{ DLB_LSP_QID_LDB_INFL_LIM, VALUE_INFLIGHTS },
			{ DLB_LSP_QID_AQED_ACTIVE_LIM, VALUE_AQED },
			{ DLB_AQED_QID_HID_WIDTH, VALUE_LOCK_CODE },
			{ DLB_SYS_LDB_QID_ITS, VALUE_ZERO },
			{ DLB_LSP_QID_ATM_DEPTH_THRSH, VALUE_THRESHOLD },
			{ DLB_LSP_QID_NALDB_DEPTH_THRSH, VALUE_THRESHOLD },
			{ DLB_AQED_QID_FID_LIM, VALUE_FLOW_LIMIT },
			{ DLB_CHP_ORD_QID_SN_MAP, VALUE_SN_MAP },
			{ DLB_SYS_LDB_QID_CFG_V, VALUE_CFG_V },
			{ DLB_SYS_LDB_QID_V, VALUE_ONE },
		},
		.reset_count = 16,
		.reset = {
			DLB_LSP_QID_NALDB_TOT_ENQ_CNTL, DLB_LSP_QID_NALDB_TOT_ENQ_CNTH,
			DLB_LSP_QID_ATM_TOT_ENQ_CNTL, DLB_LSP_QID_ATM_TOT_ENQ_CNTH,
			DLB_LSP_QID_NALDB_MAX_DEPTH, DLB_LSP_QID_LDB_INFL_LIM,
			DLB_LSP_QID_AQED_ACTIVE_LIM, DLB_LSP_QID_ATM_DEPTH_THRSH,
			DLB_LSP_QID_NALDB_DEPTH_THRSH, DLB_SYS_LDB_QID_ITS,
			DLB_CHP_ORD_QID_SN, DLB_CHP_ORD_QID_SN_MAP,
			DLB_SYS_LDB_QID_V, DLB_SYS_LDB_QID_CFG_V,
			DLB_AQED_QID_FID_LIM, DLB_AQED_QID_HID_WIDTH,
		},
		.depth_count = 3,
		.depth = { DLB_LSP_QID_AQED_ACTIVE_CNT, DLB_LSP_QID_LDB_ENQUEUE_CNT,
			   DLB_LSP_QID_ATM_ACTIVE },
		.max_depth = DLB_LSP_QID_NALDB_MAX_DEPTH,
		.enqueued_count = 2,
		.enqueued = {
			{ DLB_LSP_QID_NALDB_TOT_ENQ_CNTL, DLB_LSP_QID_NALDB_TOT_ENQ_CNTH },
			{ DLB_LSP_QID_ATM_TOT_ENQ_CNTL, DLB_LSP_QID_ATM_TOT_ENQ_CNTH },
		},
	},
	[DLB_DIR] = {
		.name = "directed",
		.vasqid_v = DLB_SYS_DIR_VASQID_V,
		.row_count = 3,
		.rows = {
			{ DLB_SYS_DIR_QID_ITS, VALUE_ZERO },
			{ DLB_LSP_QID_DIR_DEPTH_THRSH, VALUE_THRESHOLD },
			{ DLB_SYS_DIR_QID_V, VALUE_ONE },
		},
		.reset_count = 6,
		.reset = {
			DLB_LSP_QID_DIR_MAX_DEPTH, DLB_LSP_QID_DIR_TOT_ENQ_CNTL,
			DLB_LSP_QID_DIR_TOT_ENQ_CNTH, DLB_LSP_QID_DIR_DEPTH_THRSH,
			DLB_SYS_DIR_QID_ITS, DLB_SYS_DIR_QID_V,
		},
		.depth_count = 1,
		.depth = { DLB_LSP_QID_DIR_ENQUEUE_CNT },
		.max_depth = DLB_LSP_QID_DIR_MAX_DEPTH,
		.enqueued_count = 1,
		.enqueued = { { DLB_LSP_QID_DIR_TOT_ENQ_CNTL, DLB_LSP_QID_DIR_TOT_ENQ_CNTH } },
	},
};

static int
lock_ids_check(const struct dlb_log *log, uint32_t lock_ids)
{
	bool hashed = lock_ids >= LOCK_IDS_MIN && lock_ids <= LOCK_IDS_MAX &&
		      (lock_ids & (lock_ids - 1)) == 0;

	if (lock_ids == 0 || lock_ids == LOCK_IDS_ALL || hashed)
		return 0;
	return pf_refuse(log, -EINVAL,
			 "lock IDs %u: must be 0 or %u for all, or a power of two from %u to %u",
			 lock_ids, LOCK_IDS_ALL, LOCK_IDS_MIN, LOCK_IDS_MAX);
}

static int
ldb_conf_check(const struct dlb_log *log, const struct dlb_queue_conf *conf)
{
	uint32_t inflights_max =
		conf->sequence_numbers > 0 ? conf->sequence_numbers : DLB_QID_INFLIGHTS_MAX;
	int ret;

	if (conf->port != NULL)
		return pf_refuse(log, -EINVAL,
				 "port of a load-balanced queue: must be NULL, links connect it");
	if (conf->sequence_numbers > 0 && !pf_sn_count_is_valid(conf->sequence_numbers))
		return pf_refuse(log, -EINVAL,
				 "sequence numbers %u: must be 0, 64, 128, 256, 512 or 1024",
				 conf->sequence_numbers);
	ret = pf_check_range(log, "queue inflights", conf->inflights, 1, inflights_max);
	if (ret < 0)
		return ret;
	ret = pf_check_range(log, "flow limit", conf->flow_limit, 0, FLOW_LIMIT_MAX);
	if (ret < 0)
		return ret;
	return lock_ids_check(log, conf->lock_ids);
}

static int
dir_conf_check(const struct dlb_domain *domain, const struct dlb_queue_conf *conf)
{
	const struct dlb_log *log = domain->device->log;
	const struct dlb_port *port = conf->port;

	if (conf->sequence_numbers != 0 || conf->inflights != 0 || conf->aqed_entries != 0 ||
	    conf->flow_limit != 0 || conf->lock_ids != 0)
		return pf_refuse(log, -EINVAL,
				 "sequence numbers %u, inflights %u, AQED entries %u, flow limit "
				 "%u, lock IDs %u of a directed queue: must be 0",
				 conf->sequence_numbers, conf->inflights, conf->aqed_entries,
				 conf->flow_limit, conf->lock_ids);
	if (port == NULL)
		return 0;
	if (port->domain != domain || port->kind != DLB_DIR)
		return pf_refuse(
			log, -EINVAL,
			"port %u of a directed queue: must be a directed port of domain %u",
			port->id, domain->id);
	if (domain->device->ledger.queues[DLB_DIR][port->id].used)
		return pf_refuse(log, -EINVAL,
				 "port %u of a directed queue: must be one without a queue",
				 port->id);
	return 0;
}

static int
conf_check(const struct dlb_domain *domain, const struct dlb_queue_conf *conf)
{
	const struct dlb_log *log = domain->device->log;
	int ret;

	ret = pf_check_range(log, "queue kind", conf->kind, 0, DLB_KIND_COUNT - 1);
	if (ret < 0)
		return ret;
	ret = pf_check_range(log, "depth threshold", conf->depth_threshold, 0,
			     DLB_DEPTH_THRESHOLD_MAX);
	if (ret < 0)
		return ret;
	if (conf->kind == DLB_LDB)
		return ldb_conf_check(log, conf);
	return dir_conf_check(domain, conf);
}

/* Number that the new queue gets, or -ENOSPC. */
static int
number_find(const struct dlb_domain *domain, const struct dlb_queue_conf *conf)
{
	const struct pf_ledger *ledger = &domain->device->ledger;
	int id = -ENOSPC;

	if (domain->queue_count[conf->kind] < domain->queue_limit[conf->kind]) {
		if (conf->kind == DLB_LDB)
			id = pf_ledger_queue_find(ledger, domain->id);
		else if (conf->port != NULL)
			id = (int)conf->port->id;
		else
			id = pf_ledger_pair_find(ledger, domain->id);
	}
	if (id < 0)
		return pf_refuse(domain->device->log, -ENOSPC,
				 "%s queue %u of domain %u: it was given %u, and %u directed pairs",
				 queue_kinds[conf->kind].name, domain->queue_count[conf->kind] + 1,
				 domain->id, domain->queue_limit[conf->kind],
				 domain->port_limit[DLB_DIR]);
	return id;
}

/* Sequence-number slot and AQED entries that the new queue gets. */
static int
shares_find(const struct dlb_domain *domain, const struct dlb_queue_conf *conf,
	    struct pf_sn_slot *slot)
{
	const struct pf_estate *estate = pf_domain_estate(domain);
	const struct dlb_log *log = domain->device->log;

	if (conf->aqed_entries > estate->aqed_entries - estate->aqed_used)
		return pf_refuse(log, -ENOSPC, "AQED entries %u: domain %u has at most %u left",
				 conf->aqed_entries, domain->id,
				 estate->aqed_entries - estate->aqed_used);
	if (conf->sequence_numbers > 0 &&
	    pf_sn_slot_find(domain->device, conf->sequence_numbers, slot) < 0)
		return pf_refuse(log, -ENOSPC,
				 "sequence numbers %u: no group is set so and has a free slot; the "
				 "groups are set to %u and %u",
				 conf->sequence_numbers,
				 dlb_sn_per_queue(domain->device->sn_mode[0]),
				 dlb_sn_per_queue(domain->device->sn_mode[1]));
	return 0;
}

static uint32_t
lock_code(uint32_t lock_ids)
{
	if (lock_ids == 0 || lock_ids == LOCK_IDS_ALL)
		return 0;
	return (uint32_t)__builtin_ctz(lock_ids / LOCK_IDS_MIN) + 1;
}

static uint32_t
sn_map(const struct dlb_queue *queue)
{
	const struct pf_sn_slot *slot = &queue->sn_slot;

	if (!queue->has_sn_slot)
		return 0;
	return dlb_field(DLB_CHP_ORD_QID_SN_MAP_MODE, queue->domain->device->sn_mode[slot->group]) |
	       dlb_field(DLB_CHP_ORD_QID_SN_MAP_SLOT, slot->slot) |
	       dlb_field(DLB_CHP_ORD_QID_SN_MAP_GRP, slot->group);
}

static void
queue_program(const struct dlb_queue *queue, const struct dlb_queue_conf *conf)
{
	const struct queue_kind *kind = &queue_kinds[queue->kind];
	const uint32_t values[VALUE_COUNT] = {
		[VALUE_ONE] = 1,
		[VALUE_INFLIGHTS] = conf->inflights,
		[VALUE_AQED] = conf->aqed_entries,
		[VALUE_LOCK_CODE] = lock_code(conf->lock_ids),
		[VALUE_THRESHOLD] = conf->depth_threshold,
		[VALUE_FLOW_LIMIT] = conf->flow_limit > 0 ? conf->flow_limit : FLOW_LIMIT_DEFAULT,
		[VALUE_SN_MAP] = sn_map(queue),
		[VALUE_CFG_V] =
			dlb_field(DLB_SYS_LDB_QID_CFG_V_SN_CFG_V, conf->sequence_numbers > 0) |
			dlb_field(DLB_SYS_LDB_QID_CFG_V_FID_CFG_V, conf->aqed_entries > 0),
	};
	uint32_t i;

	pf_queue_open(queue, false);
	for (i = 0; i < kind->row_count; i++)
		pf_write(queue->domain->device, kind->rows[i].reg, queue->id,
			 values[kind->rows[i].value]);
}

static int
queue_create(struct dlb_domain *domain, const struct dlb_queue_conf *conf, struct dlb_queue **queue)
{
	struct dlb_device *device = domain->device;
	struct pf_sn_slot slot = { 0 };
	struct dlb_queue *q;
	int ret, id;

	ret = conf_check(domain, conf);
	if (ret < 0)
		return ret;
	ret = pf_domain_check_not_started(domain, "queue");
	if (ret < 0)
		return ret;
	id = number_find(domain, conf);
	if (id < 0)
		return id;
	ret = shares_find(domain, conf, &slot);
	if (ret < 0)
		return ret;

	device->ledger.queues[conf->kind][id].used = true;
	pf_domain_estate(domain)->aqed_used += conf->aqed_entries;
	if (conf->sequence_numbers > 0)
		pf_sn_slot_take(device, slot, domain->id);

	q = &domain->queues[conf->kind][domain->queue_count[conf->kind]++];
	*q = (struct dlb_queue){
		.domain = domain,
		.kind = conf->kind,
		.id = (uint32_t)id,
		.inflights = conf->inflights,
		.has_sn_slot = conf->sequence_numbers > 0,
		.sn_slot = slot,
	};
	queue_program(q, conf);
	*queue = q;
	return 0;
}

int
dlb_queue_create(struct dlb_domain *domain, const struct dlb_queue_conf *conf,
		 struct dlb_queue **queue)
{
	int ret;

	pf_device_lock(domain->device);
	ret = queue_create(domain, conf, queue);
	pf_device_unlock(domain->device);
	return ret;
}

uint32_t
dlb_queue_id(const struct dlb_queue *queue)
{
	return queue->id;
}

enum dlb_kind
dlb_queue_kind(const struct dlb_queue *queue)
{
	return queue->kind;
}

uint32_t
pf_queue_depth(const struct dlb_queue *queue)
{
	const struct queue_kind *kind = &queue_kinds[queue->kind];
	uint32_t depth = 0, i;

	for (i = 0; i < kind->depth_count; i++)
		depth += pf_read(queue->domain->device, kind->depth[i], queue->id);
	return depth;
}

uint32_t
pf_queue_inflights(const struct dlb_queue *queue)
{
	if (queue->kind == DLB_DIR)
		return 0;
	return pf_read(queue->domain->device, DLB_LSP_QID_LDB_INFL_CNT, queue->id);
}

void
dlb_queue_stats(struct dlb_queue *queue, struct dlb_queue_stats *stats)
{
	const struct queue_kind *kind = &queue_kinds[queue->kind];
	struct dlb_device *device = queue->domain->device;
	uint32_t i;

	pf_device_lock(device);
	*stats = (struct dlb_queue_stats){
		.depth = pf_queue_depth(queue),
		.inflights = pf_queue_inflights(queue),
		.max_depth = pf_read(device, kind->max_depth, queue->id),
	};
	for (i = 0; i < kind->enqueued_count; i++)
		stats->enqueued += pf_read_count(device, kind->enqueued[i][0], kind->enqueued[i][1],
						 queue->id);
	pf_device_unlock(device);
}

void
pf_queue_open(const struct dlb_queue *queue, bool open)
{
	pf_write2(queue->domain->device, queue_kinds[queue->kind].vasqid_v, queue->domain->id,
		  queue->id, open);
}

void
pf_queue_reset(const struct dlb_queue *queue)
{
	const struct queue_kind *kind = &queue_kinds[queue->kind];
	struct dlb_device *device = queue->domain->device;
	uint32_t i;

	for (i = 0; i < kind->reset_count; i++)
		pf_write_reset(device, kind->reset[i], queue->id);
	if (queue->has_sn_slot)
		pf_sn_slot_reset(device, queue->sn_slot);
}

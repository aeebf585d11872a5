/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Port; see port.h and the specification, sections "Load-balanced port" and "Directed port". The
 * kinds differ in the registers they have; what is done with them is one code.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "global.h"
#include "log.h"
#include "port.h"

#define DMA_NAME_BYTES 32

/* What a register of a new port is set to. */
enum port_value {
	VALUE_ZERO,
	VALUE_ONE,
	VALUE_ADDR_L,
	VALUE_ADDR_U,
	VALUE_ACCESS,
	VALUE_DEPTH_SELECT,
	VALUE_TOKEN_BASE,
	VALUE_HIST_BASE,
	VALUE_HIST_LAST,
	VALUE_HIST_ENTRIES,
	VALUE_THRESHOLD,
	VALUE_WEIGHT,
	VALUE_DOMAIN,
	VALUE_COUNT
};

#define ROWS_MAX 40

struct port_row {
	enum dlb_reg reg;
	enum port_value value;
};

static const struct port_kind {
	const char *name;
	enum dlb_reg disable, pp_v, tokens, scheduled_low, scheduled_high;
	uint32_t row_count;
	struct port_row rows[ROWS_MAX]; /* in this order; the CQ is enabled after the last */
	uint32_t quiesce_count;
	enum dlb_reg quiesce[3];
	uint32_t reset_count;
	enum dlb_reg reset[ROWS_MAX];
} port_kinds[DLB_KIND_COUNT] = {
	[DLB_LDB] = {
		.name = "load-balanced",
		.disable = DLB_LSP_CQ_LDB_DSBL,
		.pp_v = DLB_SYS_LDB_PP_V,
		.tokens = DLB_LSP_CQ_LDB_TKN_CNT,
		.scheduled_low = DLB_LSP_CQ_LDB_TOT_SCH_CNTL,
		.scheduled_high = DLB_LSP_CQ_LDB_TOT_SCH_CNTH,
		.row_count = 20,
		.rows = {
			{ DLB_SYS_LDB_CQ_ADDR_L, VALUE_ADDR_L },
			{ DLB_SYS_LDB_CQ_ADDR_U, VALUE_ADDR_U },
			{ DLB_SYS_LDB_CQ2VF_PF_RO, VALUE_ACCESS },
			{ DLB_CHP_LDB_CQ_TKN_DEPTH_SEL, VALUE_DEPTH_SELECT },
			{ DLB_LSP_CQ_LDB_TKN_CNT, VALUE_TOKEN_BASE },
			{ DLB_LSP_CQ_LDB_TKN_DEPTH_SEL, VALUE_DEPTH_SELECT },
			{ DLB_CHP_LDB_CQ_WPTR, VALUE_ZERO },
			{ DLB_CHP_HIST_LIST_LIM, VALUE_HIST_LAST },
			{ DLB_CHP_HIST_LIST_BASE, VALUE_HIST_BASE },
			{ DLB_LSP_CQ_LDB_INFL_LIM, VALUE_HIST_ENTRIES },
			{ DLB_LSP_CQ_LDB_INFL_THRESH, VALUE_THRESHOLD },
			{ DLB_CHP_HIST_LIST_PUSH_PTR, VALUE_HIST_BASE },
			{ DLB_CHP_HIST_LIST_POP_PTR, VALUE_HIST_BASE },
			{ DLB_SYS_LDB_CQ_AT, VALUE_ZERO },
			{ DLB_SYS_LDB_CQ_PASID, VALUE_ZERO },
			{ DLB_CHP_LDB_CQ2VAS, VALUE_DOMAIN },
			{ DLB_LSP_CFG_CQ_LDB_WU_LIMIT, VALUE_WEIGHT },
			{ DLB_LSP_CQ2PRIOV, VALUE_ZERO },
			{ DLB_SYS_LDB_PP2VAS, VALUE_DOMAIN },
			{ DLB_SYS_LDB_PP_V, VALUE_ONE },
		},
		.quiesce_count = 3,
		.quiesce = { DLB_CHP_LDB_CQ_INT_ENB, DLB_CHP_LDB_CQ_WD_ENB, DLB_CHP_SN_CHK_ENBL },
		.reset_count = 31,
		.reset = {
			DLB_SYS_LDB_PP2VAS, DLB_CHP_LDB_CQ2VAS, DLB_SYS_LDB_PP2VDEV,
			DLB_SYS_LDB_PP_V, DLB_LSP_CQ_LDB_DSBL, DLB_CHP_LDB_CQ_DEPTH,
			DLB_LSP_CFG_CQ_LDB_WU_LIMIT, DLB_LSP_CQ_LDB_INFL_LIM,
			DLB_LSP_CQ_LDB_INFL_THRESH, DLB_CHP_HIST_LIST_LIM, DLB_CHP_HIST_LIST_BASE,
			DLB_CHP_HIST_LIST_POP_PTR, DLB_CHP_HIST_LIST_PUSH_PTR,
			DLB_CHP_LDB_CQ_INT_DEPTH_THRSH, DLB_CHP_LDB_CQ_TMR_THRSH,
			DLB_CHP_LDB_CQ_INT_ENB, DLB_SYS_LDB_CQ_ISR, DLB_LSP_CQ_LDB_TKN_DEPTH_SEL,
			DLB_CHP_LDB_CQ_TKN_DEPTH_SEL, DLB_CHP_LDB_CQ_WPTR, DLB_LSP_CQ_LDB_TKN_CNT,
			DLB_SYS_LDB_CQ_ADDR_L, DLB_SYS_LDB_CQ_ADDR_U, DLB_SYS_LDB_CQ_AT,
			DLB_SYS_LDB_CQ_PASID, DLB_SYS_LDB_CQ2VF_PF_RO,
			DLB_LSP_CQ_LDB_TOT_SCH_CNTL, DLB_LSP_CQ_LDB_TOT_SCH_CNTH,
			DLB_LSP_CQ2QID0, DLB_LSP_CQ2QID1, DLB_LSP_CQ2PRIOV,
		},
	},
	[DLB_DIR] = {
		.name = "directed",
		.disable = DLB_LSP_CQ_DIR_DSBL,
		.pp_v = DLB_SYS_DIR_PP_V,
		.tokens = DLB_LSP_CQ_DIR_TKN_CNT,
		.scheduled_low = DLB_LSP_CQ_DIR_TOT_SCH_CNTL,
		.scheduled_high = DLB_LSP_CQ_DIR_TOT_SCH_CNTH,
		.row_count = 13,
		.rows = {
			{ DLB_SYS_DIR_CQ_ADDR_L, VALUE_ADDR_L },
			{ DLB_SYS_DIR_CQ_ADDR_U, VALUE_ADDR_U },
			{ DLB_SYS_DIR_CQ2VF_PF_RO, VALUE_ACCESS },
			{ DLB_CHP_DIR_CQ_TKN_DEPTH_SEL, VALUE_DEPTH_SELECT },
			{ DLB_LSP_CQ_DIR_TKN_CNT, VALUE_TOKEN_BASE },
			{ DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI, VALUE_DEPTH_SELECT },
			{ DLB_CHP_DIR_CQ_WPTR, VALUE_ZERO },
			{ DLB_SYS_DIR_CQ_FMT, VALUE_ZERO },
			{ DLB_SYS_DIR_CQ_AT, VALUE_ZERO },
			{ DLB_SYS_DIR_CQ_PASID, VALUE_ZERO },
			{ DLB_CHP_DIR_CQ2VAS, VALUE_DOMAIN },
			{ DLB_SYS_DIR_PP2VAS, VALUE_DOMAIN },
			{ DLB_SYS_DIR_PP_V, VALUE_ONE },
		},
		.quiesce_count = 2,
		.quiesce = { DLB_CHP_DIR_CQ_INT_ENB, DLB_CHP_DIR_CQ_WD_ENB },
		.reset_count = 22,
		.reset = {
			DLB_CHP_DIR_CQ2VAS, DLB_LSP_CQ_DIR_DSBL, DLB_CHP_DIR_CQ_DEPTH,
			DLB_CHP_DIR_CQ_INT_DEPTH_THRSH, DLB_CHP_DIR_CQ_TMR_THRSH,
			DLB_CHP_DIR_CQ_INT_ENB, DLB_SYS_DIR_CQ_ISR,
			DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI, DLB_CHP_DIR_CQ_TKN_DEPTH_SEL,
			DLB_CHP_DIR_CQ_WPTR, DLB_LSP_CQ_DIR_TKN_CNT, DLB_SYS_DIR_CQ_ADDR_L,
			DLB_SYS_DIR_CQ_ADDR_U, DLB_SYS_DIR_CQ_AT, DLB_SYS_DIR_CQ_PASID,
			DLB_SYS_DIR_CQ_FMT, DLB_SYS_DIR_CQ2VF_PF_RO,
			DLB_LSP_CQ_DIR_TOT_SCH_CNTL, DLB_LSP_CQ_DIR_TOT_SCH_CNTH,
			DLB_SYS_DIR_PP2VAS, DLB_SYS_DIR_PP2VDEV, DLB_SYS_DIR_PP_V,
		},
	},
};

static int
depth_check(const struct dlb_log *log, uint32_t depth)
{
	if (depth >= DLB_CQ_DEPTH_MIN && depth <= DLB_CQ_DEPTH_MAX && (depth & (depth - 1)) == 0)
		return 0;
	return pf_refuse(log, -EINVAL, "CQ depth %u: must be a power of two from %u to %u", depth,
			 DLB_CQ_DEPTH_MIN, DLB_CQ_DEPTH_MAX);
}

static int
cos_check(const struct dlb_log *log, const struct dlb_port_conf *conf)
{
	if (conf->cos < DLB_COS_COUNT || (conf->cos == DLB_COS_ANY && !conf->cos_strict))
		return 0;
	return pf_refuse(log, -EINVAL,
			 "class of service %u%s: must be 0 to %u, or %u for any if not strict",
			 conf->cos, conf->cos_strict ? ", strict" : "", DLB_COS_COUNT - 1,
			 DLB_COS_ANY);
}

/* Settings of which only some generations know. */
static int
load_check(const struct dlb_device *device, const struct dlb_port_conf *conf)
{
	int ret;

	if (conf->cq_weight_limit > 0 && !device->limits->has_cq_weight)
		return pf_refuse(device->log, -ENOTSUP,
				 "CQ weight limit %u: must be 0, DLB %s has no CQ weights",
				 conf->cq_weight_limit, device->limits->name);
	if (conf->inflight_threshold > 0 && !device->limits->has_inflight_threshold)
		return pf_refuse(device->log, -ENOTSUP,
				 "inflight threshold %u: must be 0, DLB %s has no thresholds",
				 conf->inflight_threshold, device->limits->name);
	ret = pf_check_range(device->log, "CQ weight limit", conf->cq_weight_limit, 0,
			     conf->cq_depth);
	if (ret < 0)
		return ret;
	return pf_check_range(device->log, "inflight threshold", conf->inflight_threshold, 0,
			      conf->hist_entries);
}

static int
ldb_conf_check(const struct dlb_device *device, const struct dlb_port_conf *conf)
{
	int ret;

	if (conf->queue != NULL)
		return pf_refuse(device->log, -EINVAL,
				 "queue of a load-balanced port: must be NULL, links connect it");
	ret = pf_check_range(device->log, "history entries", conf->hist_entries, 1,
			     DLB_HIST_ENTRIES);
	if (ret < 0)
		return ret;
	ret = cos_check(device->log, conf);
	if (ret < 0)
		return ret;
	return load_check(device, conf);
}

static int
dir_conf_check(const struct dlb_domain *domain, const struct dlb_port_conf *conf)
{
	const struct dlb_log *log = domain->device->log;
	const struct dlb_queue *queue = conf->queue;

	if (conf->hist_entries != 0 || conf->cos != 0 || conf->cos_strict ||
	    conf->cq_weight_limit != 0 || conf->inflight_threshold != 0)
		return pf_refuse(log, -EINVAL,
				 "history entries %u, class of service %u%s, CQ weight limit %u, "
				 "inflight threshold %u of a directed port: must be 0",
				 conf->hist_entries, conf->cos, conf->cos_strict ? ", strict" : "",
				 conf->cq_weight_limit, conf->inflight_threshold);
	if (queue == NULL)
		return 0;
	if (queue->domain != domain || queue->kind != DLB_DIR)
		return pf_refuse(
			log, -EINVAL,
			"queue %u of a directed port: must be a directed queue of domain %u",
			queue->id, domain->id);
	if (domain->device->ledger.ports[DLB_DIR][queue->id].used)
		return pf_refuse(log, -EINVAL,
				 "queue %u of a directed port: must be one without a port",
				 queue->id);
	return 0;
}

static int
conf_check(const struct dlb_domain *domain, const struct dlb_port_conf *conf)
{
	const struct dlb_log *log = domain->device->log;
	int ret;

	ret = pf_check_range(log, "port kind", conf->kind, 0, DLB_KIND_COUNT - 1);
	if (ret < 0)
		return ret;
	ret = depth_check(log, conf->cq_depth);
	if (ret < 0)
		return ret;
	if (conf->kind == DLB_LDB)
		return ldb_conf_check(domain->device, conf);
	return dir_conf_check(domain, conf);
}

/* Number that the new port gets, or -ENOSPC. */
static int
number_find(const struct dlb_domain *domain, const struct dlb_port_conf *conf)
{
	const struct pf_ledger *ledger = &domain->device->ledger;
	int id;

	if (conf->kind == DLB_LDB)
		id = pf_ledger_port_find(ledger, domain->id, conf->cos, conf->cos_strict);
	else if (conf->queue != NULL)
		id = (int)conf->queue->id;
	else
		id = pf_ledger_pair_find(ledger, domain->id);
	if (id < 0)
		return pf_refuse(domain->device->log, -ENOSPC,
				 "%s port %u of domain %u, class of service %u%s: none is left of "
				 "the %u that it was given",
				 port_kinds[conf->kind].name, domain->port_count[conf->kind] + 1,
				 domain->id, conf->cos, conf->cos_strict ? ", strict" : "",
				 domain->port_limit[conf->kind]);
	return id;
}

static int
hist_check(const struct dlb_domain *domain, const struct dlb_port_conf *conf)
{
	const struct pf_estate *estate = pf_domain_estate(domain);
	uint32_t left = estate->hist_entries - estate->hist_used;

	if (conf->hist_entries <= left)
		return 0;
	return pf_refuse(domain->device->log, -ENOSPC,
			 "history entries %u: domain %u has at most %u left", conf->hist_entries,
			 domain->id, left);
}

static int
cq_alloc(struct dlb_device *device, const struct dlb_port_conf *conf, uint32_t id,
	 struct dlb_dma *cq)
{
	size_t size_bytes = (size_t)dlb_cq_ring(conf->cq_depth) *
			    dlb_cq_stride(device->conf.cq_mode[conf->kind]);
	char name[DMA_NAME_BYTES];

	snprintf(name, sizeof(name), "dlb_%s_cq_%u", conf->kind == DLB_LDB ? "ldb" : "dir", id);
	if (device->bus->ops->dma_alloc(device->bus, name, size_bytes, DLB_CQ_ALIGN, cq) < 0)
		return pf_refuse(device->log, -ENOMEM,
				 "CQ depth %u: the bus cannot allocate the %zu bytes that it takes",
				 conf->cq_depth, size_bytes);
	assert(cq->iova % DLB_CQ_ALIGN == 0);
	return 0;
}

/*
 * While the device's switch is on, a threshold counts for every CQ. One that asked for none gets
 * its limit: it serves again as soon as it is not full.
 */
static uint32_t
threshold(const struct dlb_port_conf *conf)
{
	return conf->inflight_threshold > 0 ? conf->inflight_threshold : conf->hist_entries;
}

static uint32_t
weight_limit(const struct dlb_port_conf *conf)
{
	return dlb_field(DLB_LSP_CFG_CQ_LDB_WU_LIMIT_V, conf->cq_weight_limit > 0) |
	       dlb_field(DLB_LSP_CFG_CQ_LDB_WU_LIMIT_LIMIT, conf->cq_weight_limit);
}

static void
port_program(const struct dlb_port *port, const struct dlb_port_conf *conf)
{
	const struct port_kind *kind = &port_kinds[port->kind];
	const uint32_t values[VALUE_COUNT] = {
		[VALUE_ONE] = 1,
		[VALUE_ADDR_L] = (uint32_t)port->cq.iova,
		[VALUE_ADDR_U] = (uint32_t)(port->cq.iova >> 32),
		/* Relaxed ordering: lines may become visible in any order; readers know. */
		[VALUE_ACCESS] = DLB_SYS_LDB_CQ2VF_PF_RO_IS_PF | DLB_SYS_LDB_CQ2VF_PF_RO_RO,
		[VALUE_DEPTH_SELECT] = dlb_cq_depth_select(port->cq_depth),
		[VALUE_TOKEN_BASE] = port->token_base,
		[VALUE_HIST_BASE] = port->hist_base,
		[VALUE_HIST_LAST] = port->hist_base + port->hist_entries - 1,
		[VALUE_HIST_ENTRIES] = port->hist_entries,
		[VALUE_THRESHOLD] = threshold(conf),
		[VALUE_WEIGHT] = weight_limit(conf),
		[VALUE_DOMAIN] = port->domain->id,
	};
	uint32_t i;

	for (i = 0; i < kind->row_count; i++)
		pf_write(port->domain->device, kind->rows[i].reg, port->id,
			 values[kind->rows[i].value]);
}

/* A CQ off its threshold's switch would stall at a threshold of 0, so the switch comes after it. */
static void
threshold_take(struct dlb_port *port, const struct dlb_port_conf *conf)
{
	struct dlb_device *device = port->domain->device;

	port->has_threshold = conf->inflight_threshold > 0;
	if (port->has_threshold && device->threshold_ports++ == 0)
		pf_global_threshold_enable(device, true);
}

static void
threshold_put(struct dlb_port *port)
{
	struct dlb_device *device = port->domain->device;

	if (port->has_threshold && --device->threshold_ports == 0)
		pf_global_threshold_enable(device, false);
	port->has_threshold = false;
}

static struct dlb_port *
port_take(struct dlb_domain *domain, const struct dlb_port_conf *conf, uint32_t id,
	  const struct dlb_dma *cq)
{
	struct dlb_bus *bus = domain->device->bus;
	struct pf_estate *estate = pf_domain_estate(domain);
	struct dlb_port *port;

	port = &domain->ports[conf->kind][domain->port_count[conf->kind]++];
	*port = (struct dlb_port){
		.domain = domain,
		.kind = conf->kind,
		.id = id,
		.pp = bus->ops->pp_address(bus, conf->kind, id),
		.cq = *cq,
		.cq_depth = conf->cq_depth,
		.token_base = dlb_cq_ring(conf->cq_depth) - conf->cq_depth,
		.enabled = true,
		.hist_base = estate->hist_base + estate->hist_used,
		.hist_entries = conf->hist_entries,
	};
	estate->hist_used += conf->hist_entries;
	domain->device->ledger.ports[conf->kind][id].used = true;
	return port;
}

static int
port_create(struct dlb_domain *domain, const struct dlb_port_conf *conf, struct dlb_port **port)
{
	struct dlb_dma cq;
	struct dlb_port *p;
	int ret, id;

	ret = conf_check(domain, conf);
	if (ret < 0)
		return ret;
	ret = pf_domain_check_not_started(domain, "port");
	if (ret < 0)
		return ret;
	id = number_find(domain, conf);
	if (id < 0)
		return id;
	ret = hist_check(domain, conf);
	if (ret < 0)
		return ret;
	ret = cq_alloc(domain->device, conf, (uint32_t)id, &cq);
	if (ret < 0)
		return ret;

	p = port_take(domain, conf, (uint32_t)id, &cq);
	port_program(p, conf);
	threshold_take(p, conf);
	pf_port_cq_update(p);
	pf_flush(domain->device);
	*port = p;
	return 0;
}

int
dlb_port_create(struct dlb_domain *domain, const struct dlb_port_conf *conf, struct dlb_port **port)
{
	int ret;

	pf_device_lock(domain->device);
	ret = port_create(domain, conf, port);
	pf_device_unlock(domain->device);
	return ret;
}

uint32_t
dlb_port_id(const struct dlb_port *port)
{
	return port->id;
}

enum dlb_kind
dlb_port_kind(const struct dlb_port *port)
{
	return port->kind;
}

void *
dlb_port_pp(const struct dlb_port *port)
{
	return port->pp;
}

const void *
dlb_port_cq(const struct dlb_port *port)
{
	return port->cq.addr;
}

void
pf_port_cq_set(struct dlb_port *port, bool on)
{
	if (port->cq_on == on)
		return;
	port->cq_on = on;
	pf_write(port->domain->device, port_kinds[port->kind].disable, port->id, !on);
}

void
pf_port_cq_update(struct dlb_port *port)
{
	pf_port_cq_set(port, port->enabled && port->unlinking == 0);
}

int
dlb_port_enable(struct dlb_port *port, bool enable)
{
	struct dlb_device *device = port->domain->device;

	pf_device_lock(device);
	port->enabled = enable;
	pf_port_cq_update(port);
	pf_flush(device);
	pf_device_unlock(device);
	return 0;
}

uint32_t
pf_port_inflights(const struct dlb_port *port)
{
	if (port->kind == DLB_DIR)
		return 0;
	return pf_read(port->domain->device, DLB_LSP_CQ_LDB_INFL_CNT, port->id);
}

uint32_t
pf_port_tokens(const struct dlb_port *port)
{
	return pf_read(port->domain->device, port_kinds[port->kind].tokens, port->id) -
	       port->token_base;
}

void
dlb_port_stats(struct dlb_port *port, struct dlb_port_stats *stats)
{
	const struct port_kind *kind = &port_kinds[port->kind];
	struct dlb_device *device = port->domain->device;

	pf_device_lock(device);
	*stats = (struct dlb_port_stats){
		.inflights = pf_port_inflights(port),
		.tokens = pf_port_tokens(port),
		.scheduled =
			pf_read_count(device, kind->scheduled_low, kind->scheduled_high, port->id),
	};
	pf_device_unlock(device);
}

void
pf_port_quiesce(const struct dlb_port *port)
{
	const struct port_kind *kind = &port_kinds[port->kind];
	uint32_t i;

	for (i = 0; i < kind->quiesce_count; i++)
		pf_write_reset(port->domain->device, kind->quiesce[i], port->id);
}

void
pf_port_invalidate(const struct dlb_port *port)
{
	pf_write_reset(port->domain->device, port_kinds[port->kind].pp_v, port->id);
}

/*
 * The device gathers directed QEs for one CQ in a write buffer. The next owner must not get what
 * this one left there. The generations have different commands for that.
 */
static void
write_buffer_clear(const struct dlb_port *port)
{
	const struct dlb_device *device = port->domain->device;

	if (port->kind != DLB_DIR)
		return;
	if (dlb_reg_present(device->gen, DLB_SYS_DIR_CQ_OPT_CLR))
		pf_write(device, DLB_SYS_DIR_CQ_OPT_CLR, 0,
			 dlb_field(DLB_SYS_DIR_CQ_OPT_CLR_CQ, port->id));
	pf_write(device, DLB_SYS_WB_DIR_CQ_STATE, port->id, DLB_SYS_WB_DIR_CQ_STATE_CQ_OPT_CLR);
}

void
pf_port_reset(struct dlb_port *port)
{
	const struct port_kind *kind = &port_kinds[port->kind];
	uint32_t i;

	threshold_put(port);
	write_buffer_clear(port);
	for (i = 0; i < kind->reset_count; i++)
		pf_write_reset(port->domain->device, kind->reset[i], port->id);
}

void
pf_port_free(struct dlb_port *port)
{
	struct dlb_bus *bus = port->domain->device->bus;

	bus->ops->dma_free(bus, &port->cq);
}

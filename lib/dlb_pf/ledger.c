/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ledger; see ledger.h. Nothing here touches the device. Everything is handed out by rank, the
 * lowest free rank first, and the rank of a thing never changes: what is put back is where it was
 * before.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "ledger.h"
#include "log.h"

#define COS_SPREAD 7 /* coprime to the ports of a class, so that neighbours in rank stay apart */

static bool
holding_is_free(const struct pf_holding *holding)
{
	return holding->domain == PF_NOBODY;
}

static void
holding_take(struct pf_holding *holding, uint32_t client, uint32_t domain)
{
	assert(holding_is_free(holding));
	*holding = (struct pf_holding){ .client = (uint8_t)client, .domain = (uint8_t)domain };
}

static void
holding_free(struct pf_holding *holding)
{
	*holding = (struct pf_holding){ .client = DLB_CLIENT_PF, .domain = PF_NOBODY };
}

static void
holdings_free(struct pf_holding *holdings, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		holding_free(&holdings[i]);
}

static void
holdings_put(struct pf_holding *holdings, uint32_t count, uint32_t domain)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (holdings[i].domain == domain)
			holding_free(&holdings[i]);
	}
}

static uint16_t
holdings_left(const struct pf_holding *holdings, uint32_t count)
{
	uint16_t left = 0;
	uint32_t i;

	for (i = 0; i < count; i++)
		left += holding_is_free(&holdings[i]);
	return left;
}

static const struct dlb_limits *
limits(const struct pf_ledger *ledger)
{
	return &dlb_limits[ledger->gen];
}

/* The load-balanced port of a rank inside a class. */
static uint32_t
cos_port(const struct pf_ledger *ledger, uint32_t cos, uint32_t rank)
{
	uint32_t step = ledger->spread_ports ? COS_SPREAD : 1;

	return cos * DLB_COS_PORTS + rank * step % DLB_COS_PORTS;
}

/* First run of free history entries that is long enough; its base, or -ENOSPC. */
static int
hist_find(const struct pf_ledger *ledger, uint32_t entries)
{
	uint32_t i, run = 0;

	if (entries == 0)
		return 0;
	for (i = 0; i < DLB_HIST_ENTRIES; i++) {
		run = ledger->hist[i] == PF_NOBODY ? run + 1 : 0;
		if (run == entries)
			return (int)(i + 1 - run);
	}
	return -ENOSPC;
}

void
pf_ledger_init(struct pf_ledger *ledger, enum dlb_gen gen, bool spread_ports)
{
	uint32_t kind, group;

	memset(ledger, 0, sizeof(*ledger));
	ledger->gen = gen;
	ledger->spread_ports = spread_ports;
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		holdings_free(ledger->queues[kind], DLB_QUEUES_MAX);
		holdings_free(ledger->ports[kind], DLB_PORTS_MAX);
	}
	for (group = 0; group < DLB_SN_GROUPS; group++)
		holdings_free(ledger->sn_slots[group], DLB_SN_SLOTS_MAX);
	memset(ledger->hist, PF_NOBODY, sizeof(ledger->hist));
}

static void
hist_free_counts(const struct pf_ledger *ledger, struct dlb_free_counts *counts)
{
	uint16_t run = 0;
	uint32_t i;

	for (i = 0; i < DLB_HIST_ENTRIES; i++) {
		run = ledger->hist[i] == PF_NOBODY ? (uint16_t)(run + 1) : 0;
		if (run > 0)
			counts->hist_entries++;
		if (run > counts->hist_entries_contiguous)
			counts->hist_entries_contiguous = run;
	}
}

static void
estate_free_counts(const struct pf_ledger *ledger, struct dlb_free_counts *counts)
{
	uint32_t domain, kind;

	counts->domains = DLB_DOMAINS;
	counts->aqed_entries = DLB_AQED_ENTRIES;
	for (kind = 0; kind < DLB_KIND_COUNT; kind++)
		counts->credits[kind] = limits(ledger)->credits[kind];
	for (domain = 0; domain < DLB_DOMAINS; domain++) {
		const struct pf_estate *estate = &ledger->domains[domain];

		counts->domains -= estate->taken;
		counts->aqed_entries -= estate->aqed_entries;
		for (kind = 0; kind < DLB_KIND_COUNT; kind++)
			counts->credits[kind] -= estate->credits[kind];
	}
}

void
pf_ledger_free_counts(const struct pf_ledger *ledger, struct dlb_free_counts *counts)
{
	uint32_t kind, cos;

	memset(counts, 0, sizeof(*counts));
	estate_free_counts(ledger, counts);
	hist_free_counts(ledger, counts);
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		counts->queues[kind] =
			holdings_left(ledger->queues[kind], limits(ledger)->queues[kind]);
		counts->ports[kind] =
			holdings_left(ledger->ports[kind], limits(ledger)->ports[kind]);
	}
	for (cos = 0; cos < DLB_COS_COUNT; cos++)
		counts->cos_ports[cos] =
			holdings_left(&ledger->ports[DLB_LDB][cos * DLB_COS_PORTS], DLB_COS_PORTS);
}

static uint32_t
conf_ldb_ports(const struct dlb_domain_conf *conf)
{
	uint32_t cos, ports = conf->ports[DLB_LDB];

	for (cos = 0; cos < DLB_COS_COUNT; cos++)
		ports += conf->cos_ports[cos];
	return ports;
}

static int
check_left(const struct dlb_log *log, const char *setting, uint32_t wanted, uint32_t left)
{
	if (wanted <= left)
		return 0;
	return pf_refuse(log, -ENOSPC, "%s %u: at most %u left", setting, wanted, left);
}

static int
check_cos_left(const struct dlb_log *log, const struct dlb_domain_conf *conf,
	       const struct dlb_free_counts *left)
{
	uint32_t cos;

	for (cos = 0; conf->cos_strict && cos < DLB_COS_COUNT; cos++) {
		if (conf->cos_ports[cos] > left->cos_ports[cos])
			return pf_refuse(log, -ENOSPC,
					 "load-balanced ports of class %u %u: at most %u left", cos,
					 conf->cos_ports[cos], left->cos_ports[cos]);
	}
	return 0;
}

int
pf_ledger_check(const struct pf_ledger *ledger, const struct dlb_log *log,
		const struct dlb_domain_conf *conf)
{
	bool shared = limits(ledger)->has_shared_credits;
	struct dlb_free_counts left;
	uint32_t i;

	pf_ledger_free_counts(ledger, &left);

	const struct {
		const char *setting;
		uint32_t wanted, left;
	} rows[] = {
		{ "domains", 1, left.domains },
		{ "load-balanced queues", conf->queues[DLB_LDB], left.queues[DLB_LDB] },
		{ "load-balanced ports", conf_ldb_ports(conf), left.ports[DLB_LDB] },
		{ "directed ports", conf->ports[DLB_DIR], left.ports[DLB_DIR] },
		{ shared ? "credits" : "load-balanced credits", conf->credits[DLB_LDB],
		  left.credits[DLB_LDB] },
		{ "directed credits", conf->credits[DLB_DIR], left.credits[DLB_DIR] },
		{ "AQED entries", conf->aqed_entries, left.aqed_entries },
		{ "contiguous history entries", conf->hist_entries, left.hist_entries_contiguous },
	};

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int ret = check_left(log, rows[i].setting, rows[i].wanted, rows[i].left);

		if (ret < 0)
			return ret;
	}
	return check_cos_left(log, conf, &left);
}

/* Take up to count ports of a class; what is missing. */
static uint32_t
cos_ports_take(struct pf_ledger *ledger, uint32_t domain, uint32_t cos, uint32_t count)
{
	uint32_t client = ledger->domains[domain].client;
	uint32_t rank;

	for (rank = 0; count > 0 && rank < DLB_COS_PORTS; rank++) {
		struct pf_holding *port = &ledger->ports[DLB_LDB][cos_port(ledger, cos, rank)];

		if (!holding_is_free(port))
			continue;
		holding_take(port, client, domain);
		count--;
	}
	return count;
}

/* Each class serves its own requests first; then one that is short may borrow from the next. */
static void
ldb_ports_take(struct pf_ledger *ledger, uint32_t domain, const struct dlb_domain_conf *conf)
{
	uint32_t missing[DLB_COS_COUNT], any = conf->ports[DLB_LDB];
	uint32_t cos, next;

	for (cos = 0; cos < DLB_COS_COUNT; cos++)
		missing[cos] = cos_ports_take(ledger, domain, cos, conf->cos_ports[cos]);
	for (cos = 0; cos < DLB_COS_COUNT; cos++) {
		for (next = 1; next < DLB_COS_COUNT; next++)
			missing[cos] = cos_ports_take(ledger, domain, (cos + next) % DLB_COS_COUNT,
						      missing[cos]);
		assert(missing[cos] == 0);
	}
	for (cos = 0; cos < DLB_COS_COUNT; cos++)
		any = cos_ports_take(ledger, domain, cos, any);
	assert(any == 0);
}

static void
hist_take(struct pf_ledger *ledger, uint32_t domain, uint16_t entries)
{
	struct pf_estate *estate = &ledger->domains[domain];
	int base = hist_find(ledger, entries);

	assert(base >= 0);
	estate->hist_base = (uint16_t)base;
	estate->hist_entries = entries;
	memset(&ledger->hist[base], (int)domain, entries);
}

static void
holdings_take(struct pf_holding *holdings, uint32_t count, uint32_t client, uint32_t domain)
{
	for (; count > 0; holdings++) {
		if (!holding_is_free(holdings))
			continue;
		holding_take(holdings, client, domain);
		count--;
	}
}

uint32_t
pf_ledger_take(struct pf_ledger *ledger, const struct dlb_domain_conf *conf)
{
	struct pf_estate *estate;
	uint32_t domain = 0;

	while (ledger->domains[domain].taken)
		domain++;
	estate = &ledger->domains[domain];
	*estate = (struct pf_estate){
		.taken = true,
		.client = conf->client,
		.credits = { conf->credits[DLB_LDB], conf->credits[DLB_DIR] },
		.aqed_entries = conf->aqed_entries,
	};
	holdings_take(ledger->queues[DLB_LDB], conf->queues[DLB_LDB], conf->client, domain);
	ldb_ports_take(ledger, domain, conf);
	/* The halves of a directed pair are always taken and put together. */
	holdings_take(ledger->queues[DLB_DIR], conf->ports[DLB_DIR], conf->client, domain);
	holdings_take(ledger->ports[DLB_DIR], conf->ports[DLB_DIR], conf->client, domain);
	hist_take(ledger, domain, conf->hist_entries);
	return domain;
}

void
pf_ledger_put(struct pf_ledger *ledger, uint32_t domain)
{
	uint32_t kind, group, i;

	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		holdings_put(ledger->queues[kind], DLB_QUEUES_MAX, domain);
		holdings_put(ledger->ports[kind], DLB_PORTS_MAX, domain);
	}
	for (group = 0; group < DLB_SN_GROUPS; group++)
		holdings_put(ledger->sn_slots[group], DLB_SN_SLOTS_MAX, domain);
	for (i = 0; i < DLB_HIST_ENTRIES; i++) {
		if (ledger->hist[i] == domain)
			ledger->hist[i] = PF_NOBODY;
	}
	ledger->domains[domain] = (struct pf_estate){ .client = DLB_CLIENT_PF };
}

static bool
is_unused(const struct pf_holding *holding, uint32_t domain)
{
	return holding->domain == domain && !holding->used;
}

int
pf_ledger_queue_find(const struct pf_ledger *ledger, uint32_t domain)
{
	uint32_t i;

	for (i = 0; i < limits(ledger)->queues[DLB_LDB]; i++) {
		if (is_unused(&ledger->queues[DLB_LDB][i], domain))
			return (int)i;
	}
	return -ENOSPC;
}

int
pf_ledger_port_find(const struct pf_ledger *ledger, uint32_t domain, uint8_t cos, bool strict)
{
	uint32_t first = cos == DLB_COS_ANY ? 0 : cos;
	uint32_t classes = strict ? 1 : DLB_COS_COUNT;
	uint32_t i, rank;

	for (i = 0; i < classes; i++) {
		for (rank = 0; rank < DLB_COS_PORTS; rank++) {
			uint32_t port = cos_port(ledger, (first + i) % DLB_COS_COUNT, rank);

			if (is_unused(&ledger->ports[DLB_LDB][port], domain))
				return (int)port;
		}
	}
	return -ENOSPC;
}

int
pf_ledger_pair_find(const struct pf_ledger *ledger, uint32_t domain)
{
	uint32_t i;

	for (i = 0; i < limits(ledger)->ports[DLB_DIR]; i++) {
		if (is_unused(&ledger->queues[DLB_DIR][i], domain) &&
		    is_unused(&ledger->ports[DLB_DIR][i], domain))
			return (int)i;
	}
	return -ENOSPC;
}

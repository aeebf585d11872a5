/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ledger: who owns what of a device. The hardware has no allocator, so every domain, queue, port,
 * sequence-number slot, history entry, AQED entry and credit is written down here with its owner: a
 * client (0 is the PF, which also owns what is free) and one of the client's domains.
 */
#ifndef PF_LEDGER_H
#define PF_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "dlb_pf.h"

#define PF_NOBODY 0xff

/* A thing that has a number. */
struct pf_holding {
	uint8_t client;
	uint8_t domain; /* PF_NOBODY: free */
	bool used;      /* the domain has made something of it */
};

/* A domain, and what it holds that has no numbers. */
struct pf_estate {
	bool taken;
	uint8_t client;
	uint16_t credits[DLB_KIND_COUNT]; /* one shared pool: in DLB_LDB */
	uint16_t aqed_entries, aqed_used;
	uint16_t hist_base, hist_entries, hist_used;
};

struct pf_ledger {
	enum dlb_gen gen;
	bool spread_ports;
	struct pf_estate domains[DLB_DOMAINS];
	struct pf_holding queues[DLB_KIND_COUNT][DLB_QUEUES_MAX];
	struct pf_holding ports[DLB_KIND_COUNT][DLB_PORTS_MAX];
	struct pf_holding sn_slots[DLB_SN_GROUPS][DLB_SN_SLOTS_MAX];
	uint8_t hist[DLB_HIST_ENTRIES]; /* the domain, or PF_NOBODY */
};

void pf_ledger_init(struct pf_ledger *ledger, enum dlb_gen gen, bool spread_ports);

/* All but sn_slots, which depend on the groups' modes. */
void pf_ledger_free_counts(const struct pf_ledger *ledger, struct dlb_free_counts *counts);

/** See that a domain could have all it asks for. 0, or -ENOSPC. */
int pf_ledger_check(const struct pf_ledger *ledger, const struct dlb_log *log,
		    const struct dlb_domain_conf *conf);
/** Take what pf_ledger_check() found to be there. @return the domain's number. */
uint32_t pf_ledger_take(struct pf_ledger *ledger, const struct dlb_domain_conf *conf);
/** Give back a domain and all that it holds. */
void pf_ledger_put(struct pf_ledger *ledger, uint32_t domain);

/*
 * Find something that the domain holds and has not used: a load-balanced queue, a load-balanced
 * port by class of service, or a directed pair of which it has used neither half. -ENOSPC when
 * there is none.
 */
int pf_ledger_queue_find(const struct pf_ledger *ledger, uint32_t domain);
int pf_ledger_port_find(const struct pf_ledger *ledger, uint32_t domain, uint8_t cos, bool strict);
int pf_ledger_pair_find(const struct pf_ledger *ledger, uint32_t domain);

#endif /* PF_LEDGER_H */

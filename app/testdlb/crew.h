/* SPDX-License-Identifier: BSD-3-Clause */
/* The worker lcores, which run the traffic of all domains: each lcore its ports of each of them in turn. */
#ifndef TESTDLB_CREW_H
#define TESTDLB_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_eventdev.h>

struct traffic;

struct crew {
	struct traffic *members[RTE_EVENT_MAX_DEVS];
	uint32_t nb_members;
	/* For the lcores. */
	bool ends;
	uint32_t next_lcore, nb_lcores;
};

/* Traffic is run from its joining until its leaving, by the main lcore; others stand still for a moment. */
void crew_join(struct crew *crew, struct traffic *traffic);
void crew_leave(struct crew *crew, struct traffic *traffic);

#endif /* TESTDLB_CREW_H */

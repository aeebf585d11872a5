/* SPDX-License-Identifier: BSD-3-Clause */
#include <sched.h>

#include <rte_launch.h>
#include <rte_lcore.h>

#include "crew.h"
#include "traffic.h"

#define IDLE_ROUNDS 256 /* in vain, before an lcore offers its CPU to others */

static int
lcore_main(void *arg)
{
	struct crew *crew = arg;
	uint32_t index = __atomic_fetch_add(&crew->next_lcore, 1, __ATOMIC_RELAXED);
	uint32_t idle = 0;
	uint32_t m;

	while (!__atomic_load_n(&crew->ends, __ATOMIC_ACQUIRE)) {
		bool busy = false;

		for (m = 0; m < crew->nb_members; m++)
			busy |= traffic_step(crew->members[m], index, crew->nb_lcores);
		idle = busy ? 0 : idle + 1;
		if (idle >= IDLE_ROUNDS)
			sched_yield();
	}
	return 0;
}

static void
lcores_launch(struct crew *crew)
{
	unsigned int lcore;

	if (crew->nb_members == 0)
		return;
	crew->next_lcore = 0;
	crew->nb_lcores = rte_lcore_count() - 1;
	crew->ends = false;
	RTE_LCORE_FOREACH_WORKER(lcore)
	{
		rte_eal_remote_launch(lcore_main, crew, lcore);
	}
}

static void
lcores_halt(struct crew *crew)
{
	__atomic_store_n(&crew->ends, true, __ATOMIC_RELEASE);
	rte_eal_mp_wait_lcore();
}

void
crew_join(struct crew *crew, struct traffic *traffic)
{
	lcores_halt(crew);
	crew->members[crew->nb_members++] = traffic;
	lcores_launch(crew);
}

void
crew_leave(struct crew *crew, struct traffic *traffic)
{
	uint32_t m = 0;

	lcores_halt(crew);
	while (crew->members[m] != traffic)
		m++;
	crew->members[m] = crew->members[--crew->nb_members];
	lcores_launch(crew);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* What traffic.c, which runs traffic, and traffic_show.c, which tells of it, share. */
#ifndef TESTDLB_TRAFFIC_STATE_H
#define TESTDLB_TRAFFIC_STATE_H

#include "stream.h"
#include "traffic.h"
#include "worker.h"

struct traffic {
	struct setup *setup;
	struct crew *crew;
	struct stream *streams[TRAFFIC_STREAMS_MAX]; /* by id; NULL: none */
	struct worker *workers[SETUP_IDS_MAX];       /* by port */
	bool runs;
	/* For the lcores. */
	bool produces;
	bool has_service;
	uint32_t service_id;
	/* Since counts were cleared. */
	uint64_t began, elapsed; /* TSC when it last started; of the times before */
	uint64_t produced_base[TRAFFIC_STREAMS_MAX];
	uint64_t lost[TRAFFIC_STREAMS_MAX]; /* gone with a device that stopped */
	/* When it was last shown. */
	uint64_t shown;
	uint64_t finished_shown[TRAFFIC_STREAMS_MAX];
};

/* Events of a stream that are somewhere between its producer and its end. */
uint32_t traffic_under_way(const struct traffic *t, uint32_t id);

#endif /* TESTDLB_TRAFFIC_STATE_H */

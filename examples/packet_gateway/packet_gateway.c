/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A gateway between two capture files: every packet of the one is translated and written to the other,
 * by all lcores together. The way packets are spread over workers can be chosen, to compare.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>

#include "capture.h"
#include "gateway.h"

#define BUFFERS 4095
#define STANDSTILL_S 10

struct options {
	const char *capture, *output, *shares;
	uint32_t work_cycles;
	int (*spread)(struct gateway *g);
	const char *spread_name;
};

bool
gateway_translate(struct worker *w, uint32_t flow, struct rte_mbuf *m)
{
	if (nat_translate(w->gateway->nat, flow, m) != NAT_NO_PORT)
		return true;
	rte_pktmbuf_free(m);
	__atomic_store_n(&w->dropped, w->dropped + 1, __ATOMIC_RELAXED);
	return false;
}

void
gateway_finish(struct worker *w, struct rte_mbuf *m)
{
	uint64_t end = rte_rdtsc() + w->gateway->work_cycles;

	nat_checksum(m);
	while (rte_rdtsc() < end)
		;
	w->packets++;
}

uint64_t
gateway_done(const struct gateway *g)
{
	struct rte_eth_stats stats;
	uint64_t done;
	uint32_t w;

	if (rte_eth_stats_get(g->port, &stats) < 0)
		return 0;
	done = stats.opackets + stats.oerrors;
	for (w = 0; w < g->nb_workers; w++)
		done += __atomic_load_n(&g->workers[w].dropped, __ATOMIC_RELAXED);
	return done;
}

bool
gateway_stands_still(const struct gateway *g, uint64_t *done, uint64_t *since)
{
	uint64_t now = rte_get_timer_cycles(), done_now = gateway_done(g);

	if (done_now != *done) {
		*done = done_now;
		*since = now;
	}
	return now - *since > STANDSTILL_S * rte_get_timer_hz();
}

static void
usage(void)
{
	printf("usage: packet_gateway [EAL options] -- --capture FILE --output FILE [options]\n"
	       "  --spread dynamic|static  by an event device, or by a hash (default dynamic)\n"
	       "  --work N                 cycles that each packet takes besides (default 2000)\n"
	       "  --shares FILE            add a line for each worker: spread,worker,packets\n");
}

static int
spread_parse(const char *text, struct options *o)
{
	o->spread_name = text;
	if (strcmp(text, "dynamic") == 0) {
		o->spread = spread_dynamic;
	} else if (strcmp(text, "static") == 0) {
		o->spread = spread_static;
	} else {
		fprintf(stderr, "packet_gateway: --spread %s: accepted are dynamic and static\n",
			text);
		return -EINVAL;
	}
	return 0;
}

static int
work_parse(const char *text, struct options *o)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != 0 || v > 1000000000) {
		fprintf(stderr, "packet_gateway: --work %s: accepted are 0 to 1000000000\n", text);
		return -EINVAL;
	}
	o->work_cycles = (uint32_t)v;
	return 0;
}

static int
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "capture", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' },
		{ "spread", required_argument, NULL, 's' },
		{ "work", required_argument, NULL, 'w' },
		{ "shares", required_argument, NULL, 'h' },
		{ 0 },
	};
	int c, ret = 0;

	*o = (struct options){ .work_cycles = 2000,
			       .spread = spread_dynamic,
			       .spread_name = "dynamic" };
	while (ret == 0 && (c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'c')
			o->capture = optarg;
		else if (c == 'o')
			o->output = optarg;
		else if (c == 'h')
			o->shares = optarg;
		else if (c == 's')
			ret = spread_parse(optarg, o);
		else if (c == 'w')
			ret = work_parse(optarg, o);
		else
			ret = -EINVAL;
		if (c == '?')
			usage();
	}
	if (ret == 0 && (o->capture == NULL || o->output == NULL || optind != argc)) {
		usage();
		ret = -EINVAL;
	}
	return ret;
}

/* A network card that plays one file and records into the other. */
static int
port_start(struct gateway *g, const struct options *o)
{
	const struct rte_eth_conf conf = { 0 };
	char *args;
	int ret;

	if (asprintf(&args, "rx_pcap=%s,tx_pcap=%s", o->capture, o->output) < 0)
		return -ENOMEM;
	ret = rte_eal_hotplug_add("vdev", "net_pcap_gateway", args);
	free(args);
	if (ret == 0)
		ret = rte_eth_dev_get_port_by_name("net_pcap_gateway", &g->port);
	if (ret == 0)
		ret = rte_eth_dev_configure(g->port, 1, 1, &conf);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(g->port, 0, 512, rte_socket_id(), NULL, g->pool);
	if (ret == 0)
		ret = rte_eth_tx_queue_setup(g->port, 0, 512, rte_socket_id(), NULL);
	if (ret == 0)
		ret = rte_eth_dev_start(g->port);
	if (ret < 0)
		fprintf(stderr, "packet_gateway: output '%s': no port for it: %s\n", o->output,
			strerror(-ret));
	return ret;
}

static int
shares_write(const struct gateway *g, const struct options *o)
{
	FILE *out = fopen(o->shares, "a");
	uint32_t w;
	int ret = 0;

	for (w = 0; out != NULL && w < g->nb_workers; w++)
		fprintf(out, "%s,%u,%" PRIu64 "\n", o->spread_name, w, g->workers[w].packets);
	if (out == NULL || fclose(out) != 0) {
		fprintf(stderr, "packet_gateway: shares '%s': %s\n", o->shares, strerror(errno));
		ret = -EIO;
	}
	return ret;
}

static void
report(const struct gateway *g, const struct options *o, double seconds)
{
	uint64_t dropped = 0, busiest = 0;
	uint32_t w;

	printf("%s: %" PRIu64 " packets of %u connections in %.3f s\n", o->spread_name, g->packets,
	       nat_connections(g->nat), seconds);
	for (w = 0; w < g->nb_workers; w++) {
		printf("  worker %u: %" PRIu64 " packets\n", w, g->workers[w].packets);
		busiest = RTE_MAX(busiest, g->workers[w].packets);
		dropped += g->workers[w].dropped;
	}
	printf("  the busiest worker had %.2f times its share, %" PRIu64 " packets were dropped\n",
	       (double)busiest * g->nb_workers / (double)g->packets, dropped);
}

static int
capture_run(struct gateway *g, const struct options *o)
{
	uint64_t start;
	uint32_t w;
	int ret;

	g->work_cycles = o->work_cycles;
	for (w = 0; w < g->nb_workers; w++)
		g->workers[w] = (struct worker){ .gateway = g, .id = w };
	ret = port_start(g, o);
	if (ret == 0) {
		start = rte_get_timer_cycles();
		ret = o->spread(g);
		if (ret == 0)
			report(g, o,
			       (double)(rte_get_timer_cycles() - start) /
				       (double)rte_get_timer_hz());
		rte_eth_dev_stop(g->port);
	}
	rte_eal_hotplug_remove("vdev", "net_pcap_gateway");
	return ret == 0 && o->shares != NULL ? shares_write(g, o) : ret;
}

static int
gateway_run(const struct options *o)
{
	struct gateway *g = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*g));
	int ret = -ENOMEM;

	if (g == NULL)
		return ret;
	memset(g, 0, sizeof(*g));
	g->nb_workers = rte_lcore_count() - 1;
	if (g->nb_workers < 1 || g->nb_workers > WORKERS_MAX) {
		fprintf(stderr, "packet_gateway: %u worker lcores: accepted are 1 to %u\n",
			g->nb_workers, WORKERS_MAX);
		ret = -EINVAL;
	} else if (capture_check(o->capture, &g->packets) == 0) {
		g->nat = nat_create();
		g->pool = rte_pktmbuf_pool_create("packets", BUFFERS, 64, 0,
						  RTE_MBUF_DEFAULT_BUF_SIZE, (int)rte_socket_id());
		if (g->nat == NULL || g->pool == NULL)
			fprintf(stderr, "packet_gateway: no memory: give EAL more, with -m\n");
		else
			ret = capture_run(g, o);
		rte_mempool_free(g->pool);
		nat_destroy(g->nat);
	}
	free(g);
	return ret;
}

int
main(int argc, char **argv)
{
	struct options o;
	int used = rte_eal_init(argc, argv);
	int ret;

	if (used < 0)
		return 1;
	if (options_parse(argc - used, argv + used, &o) < 0)
		ret = 2;
	else
		ret = gateway_run(&o) < 0 ? 1 : 0;
	rte_eal_cleanup();
	return ret;
}

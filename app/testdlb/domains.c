/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>

#include "domains.h"

/* EAL finds the driver by what the name begins with. */
#define DEVICE_NAME "event_dlb_domain%" PRIu32
#define BUS "vdev"

static int
domain_add(struct domains *domains, uint32_t id, uint8_t dev_id, const char *devargs)
{
	struct domain *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return -ENOMEM;
	d->id = id;
	snprintf(d->devargs, sizeof(d->devargs), "%s", devargs);
	setup_init(&d->setup, dev_id);
	if (traffic_create(&d->setup, &domains->crew, &d->traffic) < 0) {
		free(d);
		return -ENOMEM;
	}
	domains->of[id] = d;
	return 0;
}

static void
domain_remove(struct domains *domains, uint32_t id)
{
	struct domain *d = domains->of[id];

	domain_stop(d);
	traffic_destroy(d->traffic);
	domains->of[id] = NULL;
	free(d);
}

int
domains_init(struct domains *domains, uint8_t dev_id)
{
	memset(domains, 0, sizeof(*domains));
	return domain_add(domains, 0, dev_id, "");
}

void
domains_end(struct domains *domains)
{
	uint32_t id;

	for (id = DOMAINS_MAX - 1; id > 0; id--) {
		if (domains->of[id] != NULL)
			domain_delete(domains, id);
	}
	domain_remove(domains, 0);
}

struct domain *
domains_next(const struct domains *domains, uint32_t id)
{
	while (id < DOMAINS_MAX && domains->of[id] == NULL)
		id++;
	return id < DOMAINS_MAX ? domains->of[id] : NULL;
}

bool
domains_run(const struct domains *domains)
{
	return domains->crew.nb_members > 0;
}

uint64_t
domains_traffic_stop(struct domains *domains)
{
	struct domain *d;
	uint64_t left = 0;

	for (d = domains_next(domains, 0); d != NULL; d = domains_next(domains, d->id + 1))
		left += traffic_stop(d->traffic);
	return left;
}

int
domain_create(struct domains *domains, uint32_t id, const char *devargs)
{
	struct rte_pmd_dlb_device first;
	char name[RTE_DEV_NAME_MAX_LEN];
	char args[RTE_PMD_DLB_NAME_BYTES + DOMAIN_DEVARGS_BYTES + 16];
	int ret;

	if (domains->of[id] != NULL)
		return -EEXIST;
	ret = rte_pmd_dlb_device_get(domains->of[0]->setup.dev_id, &first);
	if (ret < 0)
		return ret;
	snprintf(name, sizeof(name), DEVICE_NAME, id);
	snprintf(args, sizeof(args), "shares=%s%s%s", first.name, devargs[0] == '\0' ? "" : ",",
		 devargs);
	ret = rte_eal_hotplug_add(BUS, name, args);
	if (ret < 0)
		return ret;
	ret = domain_add(domains, id, (uint8_t)rte_event_dev_get_dev_id(name), devargs);
	if (ret < 0)
		rte_eal_hotplug_remove(BUS, name);
	return ret;
}

int
domain_delete(struct domains *domains, uint32_t id)
{
	char name[RTE_DEV_NAME_MAX_LEN];

	snprintf(name, sizeof(name), DEVICE_NAME, id);
	domain_remove(domains, id);
	return rte_eal_hotplug_remove(BUS, name);
}

void
domain_stop(struct domain *d)
{
	traffic_stop(d->traffic);
	setup_stop(&d->setup);
	traffic_forget(d->traffic);
}

void
domain_reset(struct domain *d)
{
	uint32_t i;

	domain_stop(d);
	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++)
		traffic_delete(d->traffic, i);
	traffic_clear(d->traffic);
	setup_clear(&d->setup);
}

void
domains_add_json(const struct domains *domains, struct json *object)
{
	const struct domain *d = domains_next(domains, 1);
	struct json *rows, *row, *domain;

	setup_add_json(&domains->of[0]->setup, object);
	traffic_add_conf_json(domains->of[0]->traffic, object);
	if (d == NULL)
		return;
	rows = json_add(object, "domains", json_array());
	for (; d != NULL; d = domains_next(domains, d->id + 1)) {
		row = json_append(rows, json_object());
		json_add_number(row, "id", d->id);
		domain = setup_add_json(&d->setup, row);
		json_add_text(domain, "devargs", "%s", d->devargs);
		traffic_add_conf_json(d->traffic, row);
	}
}

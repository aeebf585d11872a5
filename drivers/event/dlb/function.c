/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_malloc.h>

#include "backend.h"
#include "control.h"
#include "evdev.h"
#include "function.h"
#include "log.h"

#define LOG_LINE_BYTES 512

static void
pf_log(void *arg, enum dlb_log_level level, const char *format, va_list ap)
{
	static const uint32_t levels[] = {
		[DLB_LOG_ERROR] = RTE_LOG_ERR,
		[DLB_LOG_WARNING] = RTE_LOG_WARNING,
		[DLB_LOG_INFO] = RTE_LOG_INFO,
		[DLB_LOG_DEBUG] = RTE_LOG_DEBUG,
	};
	const struct dlb_function *function = arg;
	char line[LOG_LINE_BYTES];

	vsnprintf(line, sizeof(line), format, ap);
	rte_log(levels[level], dlb_log_pf, "%s: %s\n", function->name, line);
}

int
dlb_function_create(const struct dlb_function_conf *conf, struct dlb_function **function)
{
	const struct dlb_devargs *args = conf->args;
	struct dlb_function *f = rte_zmalloc("dlb_function", sizeof(*f), 0);
	struct dlb_device_conf device_conf = {
		.log = { .write = pf_log, .arg = f },
		.cq_mode = { args->cq_mode, args->cq_mode },
		.qe_starvation_avoidance = 1,
		.spread_ports = args->spread_ports,
	};
	int ret;

	if (f == NULL)
		return -ENOMEM;
	snprintf(f->name, sizeof(f->name), "%s", conf->name);
	memcpy(device_conf.cos_bandwidth, args->cos_bandwidth, sizeof(device_conf.cos_bandwidth));
	f->args = *args;
	f->bus = conf->bus;
	f->backend = conf->backend;
	f->transport = conf->transport;
	f->service_id = conf->service_id;
	f->has_service = conf->has_service;
	rte_spinlock_init(&f->lock);
	ret = dlb_device_create(f->bus, &device_conf, &f->device);
	if (ret < 0) {
		rte_free(f);
		return ret;
	}
	dlb_alarms_create(f);
	*function = f;
	return 0;
}

void
dlb_function_destroy(struct dlb_function *f)
{
	dlb_alarms_destroy(f);
	dlb_device_destroy(f->device);
	f->backend->destroy(f->bus);
	rte_free(f);
}

struct dlb_function *
dlb_function_find(const char *evdev_name)
{
	struct dlb_function *found = NULL;
	struct dlb_evdev *evdev;
	uint32_t i;

	for (i = 0; i < RTE_EVENT_MAX_DEVS && found == NULL; i++) {
		evdev = dlb_control_take_quietly((uint8_t)i);
		if (evdev == NULL)
			continue;
		if (strcmp(evdev->name, evdev_name) == 0 ||
		    strcmp(evdev->function->name, evdev_name) == 0)
			found = evdev->function;
		dlb_control_put(evdev);
	}
	return found;
}

void
dlb_function_add(struct dlb_function *f, struct dlb_evdev *evdev)
{
	evdev->domain_id = DLB_DOMAIN_NONE;
	rte_spinlock_lock(&f->lock);
	f->evdevs[f->nb_evdevs++] = evdev;
	rte_spinlock_unlock(&f->lock);
}

void
dlb_function_remove(struct dlb_function *f, struct dlb_evdev *evdev)
{
	uint32_t i = 0;

	dlb_alarms_poll(f);
	rte_spinlock_lock(&f->lock);
	while (f->evdevs[i] != evdev)
		i++;
	f->evdevs[i] = f->evdevs[--f->nb_evdevs];
	rte_spinlock_unlock(&f->lock);
	if (f->nb_evdevs == 0)
		dlb_function_destroy(f);
}

/* Whom an alarm of a producer port concerns. */
static void
domain_set(struct dlb_function *f, struct dlb_evdev *evdev, int id)
{
	rte_spinlock_lock(&f->lock);
	evdev->domain_id = id;
	rte_spinlock_unlock(&f->lock);
}

int
dlb_function_start(struct dlb_function *f, struct dlb_evdev *evdev)
{
	int ret = 0;

	if (f->nb_started == 0 && f->backend->start != NULL)
		ret = f->backend->start(f->bus);
	if (ret < 0)
		return ret;
	f->nb_started++;
	domain_set(f, evdev, (int)dlb_domain_id(evdev->domain));
	return 0;
}

void
dlb_function_stop(struct dlb_function *f, struct dlb_evdev *evdev)
{
	if (evdev->domain_id == DLB_DOMAIN_NONE)
		return;
	dlb_alarms_poll(f);
	domain_set(f, evdev, DLB_DOMAIN_NONE);
	if (--f->nb_started == 0 && f->backend->stop != NULL)
		f->backend->stop(f->bus);
}

int
dlb_function_mend(struct dlb_function *f)
{
	int ret;

	if (!dlb_device_has_failed(f->device))
		return 0;
	ret = dlb_device_reset(f->device);
	if (ret == 0)
		dlb_alarms_enable(f->device);
	return ret;
}

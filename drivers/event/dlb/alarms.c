/* SPDX-License-Identifier: BSD-3-Clause */
#include <sys/eventfd.h>

#include "alarms.h"
#include "evdev.h"
#include "function.h"
#include "log.h"

static void
alarm_log(const struct dlb_evdev *evdev, const struct dlb_alarm *alarm)
{
	if (alarm->kind == DLB_ALARM_DEVICE)
		DLB_LOG(ERR, evdev, "alarm %s: syndrome 0x%08x; further ones are only counted",
			dlb_alarm_name(alarm->kind), alarm->word);
	else
		DLB_LOG(ERR, evdev,
			"alarm %s: %s port %u, QE with command 0x%x, queue %u, schedule byte 0x%02x, "
			"lock id %u, syndrome 0x%08x; further ones are only counted",
			dlb_alarm_name(alarm->kind),
			alarm->port_kind == DLB_LDB ? "load-balanced" : "directed", alarm->port,
			alarm->qe.cmd, alarm->qe.qid, alarm->qe.sched, alarm->qe.lock_id,
			alarm->word);
}

/* Whom an alarm concerns: who has the port. One of the hardware itself, or of no port, is for the first. */
static struct dlb_evdev *
alarm_owner(const struct dlb_function *f, const struct dlb_alarm *alarm)
{
	uint32_t i;

	for (i = 0; i < f->nb_evdevs; i++) {
		if (alarm->domain != DLB_DOMAIN_NONE && f->evdevs[i]->domain_id == alarm->domain)
			return f->evdevs[i];
	}
	return f->evdevs[0];
}

void
dlb_alarms_poll(struct dlb_function *f)
{
	struct dlb_alarms *alarms;
	struct dlb_evdev *evdev;
	struct dlb_alarm alarm;

	rte_spinlock_lock(&f->lock);
	while (f->nb_evdevs > 0 && dlb_alarm_take(f->device, &alarm)) {
		evdev = alarm_owner(f, &alarm);
		alarms = &evdev->alarms;
		alarms->counts[alarm.kind]++;
		alarms->lost += alarm.more;
		if (!alarms->logged[alarm.kind])
			alarm_log(evdev, &alarm);
		alarms->logged[alarm.kind] = true;
	}
	rte_spinlock_unlock(&f->lock);
}

static void
on_interrupt(void *arg)
{
	struct dlb_function *f = arg;
	eventfd_t count;

	eventfd_read(f->alarm_fd, &count);
	dlb_alarms_poll(f);
}

static struct rte_intr_handle *
interrupt_create(struct dlb_function *f, int fd)
{
	struct rte_intr_handle *handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);

	if (handle == NULL)
		return NULL;
	if (rte_intr_type_set(handle, RTE_INTR_HANDLE_EXT) == 0 &&
	    rte_intr_fd_set(handle, fd) == 0 &&
	    rte_intr_callback_register(handle, on_interrupt, f) == 0)
		return handle;
	rte_intr_instance_free(handle);
	return NULL;
}

void
dlb_alarms_create(struct dlb_function *f)
{
	dlb_alarms_enable(f->device);
	f->alarm_fd = dlb_alarm_fd(f->device);
	f->interrupt = f->alarm_fd < 0 ? NULL : interrupt_create(f, f->alarm_fd);
}

void
dlb_alarms_destroy(struct dlb_function *f)
{
	if (f->interrupt == NULL)
		return;
	rte_intr_callback_unregister_sync(f->interrupt, on_interrupt, f);
	rte_intr_instance_free(f->interrupt);
	f->interrupt = NULL;
}

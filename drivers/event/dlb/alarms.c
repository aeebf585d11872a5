/* SPDX-License-Identifier: BSD-3-Clause */
#include <sys/eventfd.h>

#include "alarms.h"
#include "evdev.h"
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

void
dlb_alarms_poll(struct dlb_evdev *evdev)
{
	struct dlb_alarms *alarms = &evdev->alarms;
	struct dlb_alarm alarm;

	rte_spinlock_lock(&alarms->lock);
	while (dlb_alarm_take(evdev->device, &alarm)) {
		alarms->counts[alarm.kind]++;
		alarms->lost += alarm.more;
		if (!alarms->logged[alarm.kind])
			alarm_log(evdev, &alarm);
		alarms->logged[alarm.kind] = true;
	}
	rte_spinlock_unlock(&alarms->lock);
}

static void
on_interrupt(void *arg)
{
	struct dlb_evdev *evdev = arg;
	eventfd_t count;

	eventfd_read(evdev->alarms.fd, &count);
	dlb_alarms_poll(evdev);
}

static struct rte_intr_handle *
interrupt_create(struct dlb_evdev *evdev, int fd)
{
	struct rte_intr_handle *handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);

	if (handle == NULL)
		return NULL;
	if (rte_intr_type_set(handle, RTE_INTR_HANDLE_EXT) == 0 &&
	    rte_intr_fd_set(handle, fd) == 0 &&
	    rte_intr_callback_register(handle, on_interrupt, evdev) == 0)
		return handle;
	rte_intr_instance_free(handle);
	return NULL;
}

void
dlb_alarms_create(struct dlb_evdev *evdev)
{
	struct dlb_alarms *alarms = &evdev->alarms;

	rte_spinlock_init(&alarms->lock);
	dlb_alarms_enable(evdev->device);
	alarms->fd = dlb_alarm_fd(evdev->device);
	alarms->interrupt = alarms->fd < 0 ? NULL : interrupt_create(evdev, alarms->fd);
}

void
dlb_alarms_destroy(struct dlb_evdev *evdev)
{
	struct dlb_alarms *alarms = &evdev->alarms;

	if (alarms->interrupt != NULL) {
		rte_intr_callback_unregister_sync(alarms->interrupt, on_interrupt, evdev);
		rte_intr_instance_free(alarms->interrupt);
		alarms->interrupt = NULL;
	}
	dlb_alarms_poll(evdev);
}

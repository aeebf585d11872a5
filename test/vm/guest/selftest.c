/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dlb-guest-selftest EAL-ARGUMENTS [-- unplug]: the self test of the one event device that EAL finds.
 *
 * dpdk-test runs self tests only of devices whose names it knows; a PCI device is named by its address.
 * With "unplug", the device is started again and the kernel takes it away; SIGUSR1 says that it is back,
 * and the test is repeated. The driver is linked into this program, not loaded as a plugin.
 */
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_alarm.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_eventdev.h>

#include "check.h"

#define DEVICE 0
#define NAME_BYTES 64
#define ARGUMENTS "plain_stores=1" /* of the device that is back */

struct unplugged {
	struct rte_device *dev;
	sem_t done;
};

static struct rte_device *
selftest(void)
{
	struct rte_event_dev_info info;

	CHECK(rte_event_dev_count() == 1);
	CHECK(rte_event_dev_info_get(DEVICE, &info) == 0);
	printf("driver %s, device %s\n", info.driver_name, rte_dev_name(info.dev));
	CHECK(rte_event_dev_selftest(DEVICE) == 0);
	return info.dev;
}

static void
device_remove(void *arg)
{
	struct unplugged *unplugged = arg;

	CHECK(rte_dev_remove(unplugged->dev) == 0);
	CHECK(sem_post(&unplugged->done) == 0);
}

/* The kernel waits until its device is let go, which cannot be done from within this call. */
static void
unplug_begins(const char *name __rte_unused, enum rte_dev_event_type event, void *arg)
{
	CHECK(event == RTE_DEV_EVENT_REMOVE);
	CHECK(rte_eal_alarm_set(1, device_remove, arg) == 0);
}

static void
unplug_and_probe(struct rte_device *dev)
{
	struct unplugged unplugged = { .dev = dev };
	char name[NAME_BYTES];
	sigset_t back;
	int signal;

	snprintf(name, sizeof(name), "%s", rte_dev_name(dev));
	sigemptyset(&back);
	sigaddset(&back, SIGUSR1);
	CHECK(pthread_sigmask(SIG_BLOCK, &back, NULL) == 0);
	CHECK(sem_init(&unplugged.done, 0, 0) == 0);
	CHECK(rte_dev_event_callback_register(name, unplug_begins, &unplugged) == 0);
	CHECK(rte_event_dev_start(DEVICE) == 0);
	printf("to be unplugged\n");

	CHECK(sem_wait(&unplugged.done) == 0);
	CHECK(rte_event_dev_count() == 0);
	printf("unplugged\n");
	CHECK(sigwait(&back, &signal) == 0);
	CHECK(rte_eal_hotplug_add("pci", name, ARGUMENTS) == 0);
	printf("back\n");
}

int
main(int argc, char *argv[])
{
	struct rte_device *dev;
	int eal_words;

	setvbuf(stdout, NULL, _IOLBF, 0);
	eal_words = rte_eal_init(argc, argv);
	CHECK(eal_words >= 0);
	dev = selftest();
	if (argc - eal_words == 2 && strcmp(argv[eal_words + 1], "unplug") == 0) {
		unplug_and_probe(dev);
		selftest();
	}
	CHECK(rte_event_dev_close(DEVICE) == 0);
	CHECK(rte_eal_cleanup() == 0);
	printf("passed\n");
	return EXIT_SUCCESS;
}

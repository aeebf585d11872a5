/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest program that has an event device: linked against an installed OpenDLB. */
#include <stdio.h>

#include <rte_eal.h>
#include <rte_eventdev.h>

int
main(int argc, char **argv)
{
	int devices;

	if (rte_eal_init(argc, argv) < 0)
		return 1;
	devices = rte_event_dev_count();
	printf("event devices: %d\n", devices);
	rte_eal_cleanup();
	return devices == 1 ? 0 : 1;
}

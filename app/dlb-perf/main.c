/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dpdk-dlb-perf: the same work on every event device of the process, side by side.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "bench.h"
#include "report.h"

static int
perf_main(int argc, char *argv[])
{
	struct options options;
	struct bench bench;
	int ret;

	switch (options_parse(argc, argv, &options)) {
	case OPTIONS_EXIT:
		return EXIT_SUCCESS;
	case OPTIONS_WRONG:
		return EXIT_FAILURE;
	default:
		break;
	}
	if (bench_create(&bench, &options) < 0)
		return EXIT_FAILURE;
	ret = bench_run(&bench);
	report_print(&bench, stdout);
	bench_destroy(&bench);
	return ret < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
main(int argc, char *argv[])
{
	int eal_args = rte_eal_init(argc, argv);
	int ret;

	if (eal_args < 0) {
		fprintf(stderr, "dpdk-dlb-perf: EAL does not start: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	ret = perf_main(argc - eal_args, argv + eal_args);
	rte_eal_cleanup();
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dpdk-dlb-perf: the same work on every event device of the process, side by side.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "bar.h"
#include "bench.h"
#include "fleet.h"
#include "options.h"
#include "report.h"

/* What a run gives: one bench, or those of the bar and its lines. */
struct outcome {
	const struct bench *benches;
	uint32_t nb_benches;
	const struct bar_line *lines;
	uint32_t nb_lines;
};

/* Opened before anything is measured, so that nothing is measured in vain. */
struct outputs {
	FILE *json;
	FILE *csv;
};

static int
output_open(const char *option, const char *path, FILE **file)
{
	*file = NULL;
	if (path == NULL)
		return 0;
	*file = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
	if (*file != NULL)
		return 0;
	fprintf(stderr, "dpdk-dlb-perf: %s %s: %s\n", option, path, strerror(errno));
	return -errno;
}

static int
output_close(const char *option, const char *path, FILE *file)
{
	bool written;

	if (file == NULL)
		return 0;
	written = fflush(file) == 0 && !ferror(file);
	if (file != stdout)
		written &= fclose(file) == 0;
	if (written)
		return 0;
	fprintf(stderr, "dpdk-dlb-perf: %s %s: it could not be written as a whole\n", option, path);
	return -EIO;
}

static int
outputs_write(const struct options *options, const struct outcome *outcome, struct outputs *outputs)
{
	int json, csv;
	uint32_t i;

	for (i = 0; i < outcome->nb_benches; i++)
		report_table(&outcome->benches[i], stdout);
	if (outcome->nb_lines > 0)
		report_bars(outcome->lines, outcome->nb_lines, stdout);
	if (outputs->json != NULL)
		report_json(outcome->benches, outcome->nb_benches, outcome->lines,
			    outcome->nb_lines, outputs->json);
	if (outputs->csv != NULL)
		report_csv(outcome->benches, outcome->nb_benches, outputs->csv);
	json = output_close("--json", options->json, outputs->json);
	csv = output_close("--csv", options->csv, outputs->csv);
	return json < 0 ? json : csv;
}

static int
run_bar(const struct options *options, struct fleet *fleet, struct outputs *outputs)
{
	struct bar *bar = malloc(sizeof(*bar));
	struct outcome outcome;
	int ret;

	if (bar == NULL)
		return -ENOMEM;
	ret = bar_run(bar, fleet, &options->bench);
	if (ret == 0) {
		outcome = (struct outcome){ bar->benches, bar->nb_benches, bar->lines,
					    bar->nb_lines };
		ret = outputs_write(options, &outcome, outputs);
		if (ret == 0 && !bar_holds(bar))
			ret = -EDOM;
		bar_destroy(bar);
	}
	free(bar);
	return ret;
}

static int
run_bench(const struct options *options, struct fleet *fleet, struct outputs *outputs)
{
	struct bench_conf conf = options->bench;
	struct outcome outcome;
	struct bench bench;
	int ret, written;

	if (fleet->count == 0) {
		fputs("dpdk-dlb-perf: no event device: name at least one among the EAL options, "
		      "such as --vdev=event_dlb0\n",
		      stderr);
		return -ENODEV;
	}
	for (conf.nb_devices = 0; conf.nb_devices < fleet->count; conf.nb_devices++)
		conf.devices[conf.nb_devices] = &fleet->devices[conf.nb_devices];
	ret = bench_create(&bench, &conf);
	if (ret < 0)
		return ret;
	ret = bench_run(&bench);
	outcome = (struct outcome){ &bench, 1, NULL, 0 };
	written = outputs_write(options, &outcome, outputs);
	bench_destroy(&bench);
	return ret < 0 ? ret : written;
}

static int
run(const struct options *options)
{
	struct fleet fleet;
	struct outputs outputs;
	int ret;

	ret = output_open("--json", options->json, &outputs.json);
	if (ret == 0)
		ret = output_open("--csv", options->csv, &outputs.csv);
	if (ret == 0)
		ret = fleet_open(&fleet);
	if (ret < 0)
		return ret;
	ret = options->bar ? run_bar(options, &fleet, &outputs)
			   : run_bench(options, &fleet, &outputs);
	fleet_close(&fleet);
	return ret;
}

int
main(int argc, char *argv[])
{
	int eal_args = rte_eal_init(argc, argv);
	struct options options;
	int ret = EXIT_FAILURE;

	if (eal_args < 0) {
		fprintf(stderr, "dpdk-dlb-perf: EAL does not start: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	switch (options_parse(argc - eal_args, argv + eal_args, &options)) {
	case OPTIONS_EXIT:
		ret = EXIT_SUCCESS;
		break;
	case OPTIONS_RUN:
		ret = run(&options) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
		break;
	default:
		break;
	}
	rte_eal_cleanup();
	return ret;
}

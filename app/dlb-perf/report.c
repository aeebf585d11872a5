/* SPDX-License-Identifier: BSD-3-Clause */
/* The results as a table for people. */
#include "report.h"

#define TEXT_BYTES 32

static void
head_print(const struct bench *b, FILE *out)
{
	const struct metric *metric = &b->options->mode->metrics[0];
	uint32_t d;

	fprintf(out, "mode %s: %s\n", b->options->mode->name, b->options->mode->title);
	for (; metric < &b->options->mode->metrics[METRICS_MAX] && metric->name != NULL; metric++)
		fprintf(out, "  %s: %s, median of %u rounds (quartiles)\n", metric->name,
			metric->unit, b->options->rounds);
	fputs("  ratio: to the first device, median over the rounds\n", out);
	for (d = 0; d < DIM_COUNT; d++)
		fprintf(out, "%-11s", dims[d].name);
	fprintf(out, "%-14s", "device");
	for (metric = b->options->mode->metrics;
	     metric < &b->options->mode->metrics[METRICS_MAX] && metric->name != NULL; metric++)
		fprintf(out, "%-27s", metric->name);
	fputs("ratio\n", out);
}

static void
line_print(const struct bench *b, uint32_t cell, uint32_t device, FILE *out)
{
	const struct result *result = bench_result(b, cell, device);
	const struct mode *mode = b->options->mode;
	char text[TEXT_BYTES];
	struct summary s;
	uint32_t i;

	for (i = 0; i < DIM_COUNT; i++)
		fprintf(out, "%-11s", dim_text(i, b->cells[cell].value[i], text, sizeof(text)));
	fprintf(out, "%-14s", b->devices[device].name);
	if (result->skipped != NULL || result->failed) {
		fprintf(out, "%s%s\n", result->failed ? "FAILED" : "skipped: ",
			result->failed ? "" : result->skipped);
		return;
	}
	for (i = 0; i < METRICS_MAX && mode->metrics[i].name != NULL; i++) {
		s = samples_summary(&result->samples[i]);
		snprintf(text, sizeof(text), "%.1f (%.1f-%.1f)", s.median, s.low, s.high);
		fprintf(out, "%-27s", text);
	}
	s = samples_ratio(&result->samples[0], &bench_result(b, cell, 0)->samples[0]);
	if (device > 0 && s.median > 0)
		fprintf(out, "%.2f", s.median);
	fputc('\n', out);
}

void
report_print(const struct bench *b, FILE *out)
{
	uint32_t cell, device;

	head_print(b, out);
	for (cell = 0; cell < b->nb_cells; cell++)
		for (device = 0; device < b->nb_devices; device++)
			line_print(b, cell, device, out);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The results as a table for people. What is the same in every line stands above it. */
#include <string.h>

#include "report.h"

#define TEXT_BYTES 48
#define DIM_WIDTH 11
#define DEVICE_WIDTH 16

static uint32_t
metric_width(const struct bench *b)
{
	/* Many metrics leave no room for the quartiles. */
	return mode_metrics(b->conf.mode) > 2 ? 11 : 23;
}

static void
head_print(const struct bench *b, FILE *out)
{
	const struct mode *mode = b->conf.mode;
	char text[TEXT_BYTES];
	uint32_t i;

	fprintf(out, "%s: %s\n", mode->name, mode->title);
	for (i = 0; i < DIM_COUNT; i++)
		if (b->conf.lists[i].count == 1)
			fprintf(out, "  %s %s", dims[i].name,
				dim_text(i, b->cells[0].value[i], text, sizeof(text)));
	fputc('\n', out);
	for (i = 0; i < mode_metrics(mode); i++)
		fprintf(out, "  %s: %s\n", mode->metrics[i].name, mode->metrics[i].unit);
	fprintf(out, "  medians of %u rounds%s; times: of the first device's %s\n\n",
		b->conf.rounds, mode_metrics(mode) > 2 ? "" : " (quartiles)",
		mode->metrics[0].name);

	for (i = 0; i < DIM_COUNT; i++)
		if (b->conf.lists[i].count > 1)
			fprintf(out, "%-*s", DIM_WIDTH, dims[i].name);
	fprintf(out, "%-*s", DEVICE_WIDTH, "device");
	for (i = 0; i < mode_metrics(mode); i++)
		fprintf(out, "%-*s", metric_width(b), mode->metrics[i].name);
	fputs("times\n", out);
}

static void
metrics_print(const struct bench *b, const struct result *result, FILE *out)
{
	const struct mode *mode = b->conf.mode;
	char text[TEXT_BYTES];
	uint32_t i;

	for (i = 0; i < mode_metrics(mode); i++) {
		struct summary s = samples_summary(&result->samples[i]);

		if (mode_metrics(mode) > 2)
			snprintf(text, sizeof(text), "%.1f", s.median);
		else
			snprintf(text, sizeof(text), "%.1f (%.1f-%.1f)", s.median, s.low, s.high);
		fprintf(out, "%-*s", metric_width(b), text);
	}
}

static void
line_print(const struct bench *b, uint32_t cell, uint32_t device, FILE *out)
{
	const struct result *result = bench_result(b, cell, device);
	char text[TEXT_BYTES];
	struct summary times;
	uint32_t i;

	for (i = 0; i < DIM_COUNT; i++)
		if (b->conf.lists[i].count > 1)
			fprintf(out, "%-*s", DIM_WIDTH,
				dim_text(i, b->cells[cell].value[i], text, sizeof(text)));
	fprintf(out, "%-*s", DEVICE_WIDTH, b->conf.devices[device]->name);
	if (result->skipped != NULL) {
		fprintf(out, "skipped: %s\n", result->skipped);
		return;
	}
	if (result->failed) {
		fputs("FAILED\n", out);
		return;
	}
	metrics_print(b, result, out);
	times = samples_ratio(&result->samples[0], &bench_result(b, cell, 0)->samples[0]);
	if (device > 0 && times.median > 0)
		fprintf(out, "%.2f", times.median);
	fputc('\n', out);
}

void
report_table(const struct bench *b, FILE *out)
{
	uint32_t cell, device;

	head_print(b, out);
	for (cell = 0; cell < b->nb_cells; cell++)
		for (device = 0; device < b->conf.nb_devices; device++)
			line_print(b, cell, device, out);
	fputc('\n', out);
}

/* How many of a bar's lines hold. */
static void
bar_sum_print(const struct bar_line lines[], uint32_t count, uint32_t bar, FILE *out)
{
	uint32_t i, all = 0, held = 0;

	for (i = 0; i < count; i++) {
		all += lines[i].bar == bar;
		held += lines[i].bar == bar && lines[i].held;
	}
	fprintf(out, "bar %u: %u of %u held\n", bar, held, all);
}

void
report_bars(const struct bar_line lines[], uint32_t count, FILE *out)
{
	uint32_t i;

	fprintf(out, "%-4s%-74s%9s  %-12s%s\n", "bar", "", "reached", "allowed", "");
	for (i = 0; i < count; i++) {
		const struct bar_line *line = &lines[i];

		fprintf(out, "%-4u%-74s", line->bar, line->what);
		if (line->missing != NULL)
			fprintf(out, "not measured: %s\n", line->missing);
		else
			fprintf(out, "%9.2f  %-3s %-8.2f%s\n", line->reached,
				line->is_floor ? ">=" : "<=", line->limit,
				line->held ? "held" : "NOT HELD");
	}
	for (i = 0; i < count; i++)
		if (i + 1 == count || lines[i + 1].bar != lines[i].bar)
			bar_sum_print(lines, count, lines[i].bar, out);
}

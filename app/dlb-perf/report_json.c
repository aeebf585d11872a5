/* SPDX-License-Identifier: BSD-3-Clause */
/* The results as JSON: what a plot or another program needs to know. */
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_version.h>

#include "report.h"

#define LINE_BYTES 256

/* Between the items of a list, but not before the first. */
static const char *
comma(uint32_t index)
{
	return index > 0 ? "," : "";
}

static void
string_print(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		if ((unsigned char)*text >= ' ')
			fputc(*text, out);
	}
	fputc('"', out);
}

/* What the kernel calls the CPU. */
static void
cpu_name(char *name, size_t size)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[LINE_BYTES];

	snprintf(name, size, "unknown");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "model name", strlen("model name")) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(name, size, "%s", strchr(line, ':') != NULL ? strchr(line, ':') + 2 : "");
		break;
	}
	if (file != NULL)
		fclose(file);
}

static void
machine_print(FILE *out)
{
	char name[LINE_BYTES];

	cpu_name(name, sizeof(name));
	fputs("\"machine\":{\"cpu\":", out);
	string_print(name, out);
	fprintf(out, ",\"tsc_hz\":%" PRIu64 ",\"lcores\":%u},\n\"dpdk\":", rte_get_tsc_hz(),
		rte_lcore_count());
	string_print(rte_version(), out);
	fputs(",\n", out);
}

static void
samples_print(const struct samples *samples, FILE *out)
{
	struct summary s = samples_summary(samples);
	uint32_t i;

	fprintf(out,
		"{\"median\":%.4f,\"quartiles\":[%.4f,%.4f],\"min\":%.4f,\"max\":%.4f,"
		"\"samples\":[",
		s.median, s.low, s.high, s.min, s.max);
	for (i = 0; i < samples->count; i++)
		fprintf(out, "%s%.4f", comma(i), samples->value[i]);
	fputs("]}", out);
}

static void
result_print(const struct bench *b, uint32_t cell, uint32_t device, FILE *out)
{
	const struct result *result = bench_result(b, cell, device);
	uint32_t m;

	fputs("{\"device\":", out);
	string_print(b->conf.devices[device]->name, out);
	if (result->skipped != NULL) {
		fputs(",\"skipped\":", out);
		string_print(result->skipped, out);
	} else if (result->failed) {
		fputs(",\"failed\":true", out);
	} else {
		fputs(",\"metrics\":{", out);
		for (m = 0; m < mode_metrics(b->conf.mode); m++) {
			fprintf(out, "%s\"%s\":", comma(m), b->conf.mode->metrics[m].name);
			samples_print(&result->samples[m], out);
		}
		fputs("}", out);
	}
	fputs("}", out);
}

static void
cell_print(const struct bench *b, uint32_t cell, FILE *out)
{
	char text[16];
	uint32_t i;

	fputs("{", out);
	for (i = 0; i < DIM_COUNT; i++) {
		uint32_t value = b->cells[cell].value[i];

		fprintf(out, dims[i].words != NULL ? "\"%s\":\"%s\"," : "\"%s\":%s,", dims[i].name,
			dim_text(i, value, text, sizeof(text)));
	}
	fputs("\"results\":[", out);
	for (i = 0; i < b->conf.nb_devices; i++) {
		fputs(comma(i), out);
		result_print(b, cell, i, out);
	}
	fputs("]}", out);
}

static void
bench_print(const struct bench *b, FILE *out)
{
	const struct mode *mode = b->conf.mode;
	uint32_t i;

	fprintf(out, "{\"mode\":\"%s\",\"rounds\":%u,\"events\":%" PRIu64 ",\"checked\":%s,\n",
		mode->name, b->conf.rounds, b->conf.events, b->conf.checked ? "true" : "false");
	fputs("\"metrics\":{", out);
	for (i = 0; i < mode_metrics(mode); i++)
		fprintf(out, "%s\"%s\":\"%s\"", comma(i), mode->metrics[i].name,
			mode->metrics[i].unit);
	fputs("},\n\"devices\":[", out);
	for (i = 0; i < b->conf.nb_devices; i++) {
		fprintf(out, "%s{\"name\":", comma(i));
		string_print(b->conf.devices[i]->name, out);
		fputs(",\"driver\":", out);
		string_print(b->conf.devices[i]->info.driver_name, out);
		fputs(",\"arguments\":", out);
		string_print(b->conf.devices[i]->devargs, out);
		fputs("}", out);
	}
	fputs("],\n\"cells\":[\n", out);
	for (i = 0; i < b->nb_cells; i++) {
		cell_print(b, i, out);
		fputs(i + 1 < b->nb_cells ? ",\n" : "\n", out);
	}
	fputs("]}", out);
}

static void
line_print(const struct bar_line *line, FILE *out)
{
	fprintf(out, "{\"bar\":%u,\"what\":", line->bar);
	string_print(line->what, out);
	fprintf(out, ",\"limit\":%.4f,\"limit_is\":\"%s\"", line->limit,
		line->is_floor ? "least" : "most");
	if (line->missing != NULL) {
		fputs(",\"missing\":", out);
		string_print(line->missing, out);
	} else {
		fprintf(out, ",\"reached\":%.4f", line->reached);
	}
	fprintf(out, ",\"held\":%s}", line->held ? "true" : "false");
}

void
report_json(const struct bench benches[], uint32_t nb_benches, const struct bar_line lines[],
	    uint32_t nb_lines, FILE *out)
{
	uint32_t i;

	fputs("{\"program\":\"dpdk-dlb-perf\",\n", out);
	machine_print(out);
	fputs("\"benches\":[\n", out);
	for (i = 0; i < nb_benches; i++) {
		bench_print(&benches[i], out);
		fputs(i + 1 < nb_benches ? ",\n" : "\n", out);
	}
	fputs("]", out);
	for (i = 0; i < nb_lines; i++) {
		fputs(i > 0 ? ",\n" : ",\n\"bars\":[\n", out);
		line_print(&lines[i], out);
	}
	fputs(nb_lines > 0 ? "]}\n" : "}\n", out);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The results as CSV. */
#include "report.h"

static void
rows_print(const struct bench *b, uint32_t cell, uint32_t device, FILE *out)
{
	const struct result *result = bench_result(b, cell, device);
	char text[16];
	uint32_t i, m;

	for (m = 0; m < mode_metrics(b->conf.mode); m++) {
		struct summary s = samples_summary(&result->samples[m]);

		fprintf(out, "%s,", b->conf.mode->name);
		for (i = 0; i < DIM_COUNT; i++)
			fprintf(out, "%s,",
				dim_text(i, b->cells[cell].value[i], text, sizeof(text)));
		fprintf(out, "%s,%s,%s,%u", b->conf.devices[device]->name,
			result->skipped != NULL ? "skipped"
			: result->failed        ? "failed"
						: "measured",
			b->conf.mode->metrics[m].name, result->samples[m].count);
		if (result->samples[m].count == 0)
			fputs(",,,,,\n", out);
		else
			fprintf(out, ",%.4f,%.4f,%.4f,%.4f,%.4f\n", s.median, s.low, s.high, s.min,
				s.max);
	}
}

void
report_csv(const struct bench benches[], uint32_t nb_benches, FILE *out)
{
	uint32_t i, cell, device;

	fputs("mode,", out);
	for (i = 0; i < DIM_COUNT; i++)
		fprintf(out, "%s,", dims[i].name);
	fputs("device,result,metric,rounds,median,quartile_low,quartile_high,min,max\n", out);
	for (i = 0; i < nb_benches; i++)
		for (cell = 0; cell < benches[i].nb_cells; cell++)
			for (device = 0; device < benches[i].conf.nb_devices; device++)
				rows_print(&benches[i], cell, device, out);
}

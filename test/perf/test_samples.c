/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What dpdk-dlb-perf makes of numbers: medians and quartiles of samples, percentiles of durations.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "histogram.h"
#include "samples.h"

#define NEARLY 1e-9

static struct samples
samples_of(uint32_t count, const double values[])
{
	struct samples samples = { 0 };
	uint32_t i;

	for (i = 0; i < count; i++)
		samples_add(&samples, values[i]);
	return samples;
}

static void
summaries(void **state)
{
	static const struct {
		const char *name;
		uint32_t count;
		double values[5];
		struct summary want;
	} rows[] = {
		{ "none", 0, { 0 }, { 0, 0, 0, 0, 0 } },
		{ "one", 1, { 7 }, { 7, 7, 7, 7, 7 } },
		{ "two", 2, { 4, 2 }, { 3, 2.5, 3.5, 2, 4 } },
		{ "odd", 5, { 50, 10, 40, 20, 30 }, { 30, 20, 40, 10, 50 } },
		{ "one far off", 5, { 1, 1, 1, 1, 1000 }, { 1, 1, 1, 1, 1000 } },
	};
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(rows); i++) {
		struct samples samples = samples_of(rows[i].count, rows[i].values);
		struct summary got = samples_summary(&samples);

		if (memcmp(&got, &rows[i].want, sizeof(got)) != 0)
			fail_msg("%s: median %f, quartiles %f and %f, from %f to %f", rows[i].name,
				 got.median, got.low, got.high, got.min, got.max);
	}
}

static void
samples_beyond_the_last_are_dropped(void **state)
{
	struct samples samples = { 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < ROUNDS_MAX + 5; i++)
		samples_add(&samples, i);
	assert_int_equal(samples.count, ROUNDS_MAX);
	assert_true(fabs(samples_summary(&samples).max - (ROUNDS_MAX - 1)) < NEARLY);
}

/* The machine is twice as slow in the second round, and the ratio does not notice. */
static void
ratios_are_taken_round_by_round(void **state)
{
	struct samples ours = samples_of(3, (const double[]){ 10, 20, 11 });
	struct samples theirs = samples_of(3, (const double[]){ 5, 10, 5.5 });
	struct samples none = { 0 };

	(void)state;
	assert_true(fabs(samples_ratio(&ours, &theirs).median - 2) < NEARLY);
	assert_true(fabs(samples_ratio(&ours, &theirs).max - 2) < NEARLY);
	assert_true(fabs(samples_ratio(&ours, &none).median) < NEARLY);
}

static void
every_duration_falls_into_a_bucket_near_it(void **state)
{
	struct histogram *h = calloc(1, sizeof(*h));
	uint32_t shift;
	int step;

	(void)state;
	assert_non_null(h);
	for (shift = 0; shift < 64; shift++) {
		for (step = -1; step <= 1; step++) {
			uint64_t value = (1ull << shift) + (uint64_t)step;
			uint64_t got;

			memset(h, 0, sizeof(*h));
			histogram_add(h, value);
			h->max = UINT64_MAX;
			got = histogram_quantile(h, 1);
			if (got < value || (double)(got - value) > (double)value / HISTOGRAM_STEPS)
				fail_msg("%lu is counted as %lu", (unsigned long)value,
					 (unsigned long)got);
		}
	}
	free(h);
}

static void
percentiles(void **state)
{
	struct histogram *h = calloc(2, sizeof(*h));
	uint64_t i;

	(void)state;
	assert_non_null(h);
	assert_int_equal(histogram_quantile(&h[0], 0.5), 0);
	for (i = 1; i <= 50; i++) {
		histogram_add(&h[0], i);
		histogram_add(&h[1], i + 50);
	}
	histogram_join(&h[0], &h[1]);
	assert_int_equal(h[0].count, 100);
	assert_int_equal(histogram_quantile(&h[0], 0.01), 1);
	assert_int_equal(histogram_quantile(&h[0], 0.5), 50);
	assert_int_equal(histogram_quantile(&h[0], 0.99), 99);
	assert_int_equal(histogram_quantile(&h[0], 1), 100);
	free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(summaries),
		cmocka_unit_test(samples_beyond_the_last_are_dropped),
		cmocka_unit_test(ratios_are_taken_round_by_round),
		cmocka_unit_test(every_duration_falls_into_a_bucket_near_it),
		cmocka_unit_test(percentiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

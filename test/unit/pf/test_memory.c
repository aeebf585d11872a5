/* SPDX-License-Identifier: BSD-3-Clause */
/* Every allocation fails once: nothing leaks, nothing changes, and the next try succeeds. */
#include <stdlib.h>

#include "fixture.h"

void *__real_calloc(size_t count, size_t size_bytes);
void *__wrap_calloc(size_t count, size_t size_bytes);

/* The linker has but one name for the allocator, so what it shall do cannot hang off a handle. */
static uint32_t fail_countdown;

void *
__wrap_calloc(size_t count, size_t size_bytes)
{
	if (fail_countdown > 0 && --fail_countdown == 0)
		return NULL;
	return __real_calloc(count, size_bytes);
}

static void
test_device(void **state)
{
	struct fixture *f = *state;
	const struct dlb_device_conf conf = fixture_conf(f);
	struct dlb_device *device = NULL;

	dlb_device_destroy(f->device);
	f->device = NULL;
	fail_countdown = 1;
	assert_int_equal(dlb_device_create(&f->mb.bus, &conf, &device), -ENOMEM);
	assert_non_null(strstr(f->log.last, "device: no memory for"));
	assert_null(device);
	assert_int_equal(dlb_device_create(&f->mb.bus, &conf, &f->device), 0);
}

static void
test_domain(void **state)
{
	struct fixture *f = *state;
	const struct dlb_domain_conf conf = {
		.queues = { 3, 2 },
		.ports = { 4, 2 },
		.hist_entries = 64,
		.aqed_entries = 64,
	};
	struct dlb_domain *domain = NULL;
	uint32_t n;

	for (n = 1; n <= 5; n++) {
		fixture_remember(f);
		fail_countdown = n;
		fixture_check_refused(f, "domain", dlb_domain_create(f->device, &conf, &domain),
				      -ENOMEM, "domain: no memory for 5 queues, 6 ports");
		assert_int_equal(fail_countdown, 0);
		assert_null(domain);
	}
	fail_countdown = 6;
	assert_int_equal(dlb_domain_create(f->device, &conf, &domain), 0);
	assert_int_equal(fail_countdown, 1);
	fail_countdown = 0;
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* CQs are the bus's memory. */
static void
test_cqs(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	const struct dlb_port_conf confs[] = {
		{ .kind = DLB_LDB, .cq_depth = 64, .hist_entries = 512, .cos = DLB_COS_ANY },
		{ .kind = DLB_DIR, .cq_depth = 64 },
	};
	struct dlb_port *port = NULL;
	uint32_t i;

	for (i = 0; i < COUNT(confs); i++) {
		fixture_remember(f);
		f->mb.dma_fail = 1;
		fixture_check_refused(f, "CQ", dlb_port_create(domain, &confs[i], &port), -ENOMEM,
				      "CQ depth 64: the bus cannot allocate the 1024 bytes");
		assert_null(port);
		f->mb.dma_fail = 0;
		assert_int_equal(dlb_port_create(domain, &confs[i], &port), 0);
		port = NULL;
	}
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_device),
		ON_ALL_DEVICES(test_domain),
		ON_ALL_DEVICES(test_cqs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

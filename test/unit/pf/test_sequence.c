/* SPDX-License-Identifier: BSD-3-Clause */
/* Sequence-number groups. */
#include "fixture.h"

static const struct refusal {
	const char *name;
	uint32_t group, count;
	int want;
	const char *text;
} set_refusals[] = {
	{ "third group", 2, 64, -EINVAL, "sequence-number group 2: must be 0 to 1" },
	{ "32 numbers", 0, 32, -EINVAL, "sequence numbers per queue 32: must be 64, 128, 256" },
	{ "no numbers", 0, 0, -EINVAL, "sequence numbers per queue 0: must be 64, 128, 256" },
	{ "between two modes", 1, 192, -EINVAL, "sequence numbers per queue 192: must be 64" },
	{ "2048 numbers", 1, 2048, -EINVAL, "sequence numbers per queue 2048: must be 64" },
};

static void
test_set_refused(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < COUNT(set_refusals); i++) {
		const struct refusal *r = &set_refusals[i];

		fixture_remember(f);
		fixture_check_refused(f, r->name, dlb_sn_group_set(f->device, r->group, r->count),
				      r->want, r->text);
	}
	fixture_remember(f);
	fixture_check_refused(f, "get", dlb_sn_group_get(f->device, 2), -EINVAL,
			      "sequence-number group 2: must be 0 to 1");
	fixture_remember(f);
	fixture_check_refused(f, "occupancy", dlb_sn_group_occupancy(f->device, 7), -EINVAL,
			      "sequence-number group 7: must be 0 to 1");
	fixture_remember(f);
	fixture_check_refused(f, "fit", dlb_sn_group_fit(f->device, 100), -EINVAL,
			      "sequence numbers per queue 100: must be 64, 128, 256");
}

static int
ordered_create(struct dlb_domain *domain, uint32_t count)
{
	const struct dlb_queue_conf conf = {
		.kind = DLB_LDB,
		.sequence_numbers = (uint16_t)count,
		.inflights = (uint16_t)count,
	};
	struct dlb_queue *queue;

	return dlb_queue_create(domain, &conf, &queue);
}

static struct dlb_domain *
big_domain(struct fixture *f)
{
	const struct dlb_domain_conf conf = { .queues = { 32, 0 }, .ports = { 1, 0 } };
	struct dlb_domain *domain;

	assert_int_equal(dlb_domain_create(f->device, &conf, &domain), 0);
	return domain;
}

/* Every mode holds as many queues as it says, and not one more. */
static void
test_modes(void **state)
{
	struct fixture *f = *state;
	uint32_t mode, i;

	for (mode = 0; mode < DLB_SN_MODES; mode++) {
		uint32_t count = dlb_sn_per_queue(mode), slots = dlb_sn_slots(mode);
		struct dlb_domain *domain = big_domain(f);
		struct dlb_free_counts counts;

		/* The other group is set to something else. */
		assert_int_equal(dlb_sn_group_set(f->device, 1, count), 0);
		assert_int_equal(dlb_sn_group_set(f->device, 0, count == 64 ? 1024 : 64), 0);
		assert_int_equal(dlb_sn_group_get(f->device, 1), count);
		dlb_device_free_counts(f->device, &counts);
		assert_int_equal(counts.sn_slots[1], slots);

		for (i = 0; i < slots; i++)
			assert_int_equal(ordered_create(domain, count), 0);
		assert_int_equal(dlb_sn_group_occupancy(f->device, 1), slots);
		assert_int_equal(dlb_sn_group_occupancy(f->device, 0), 0);
		dlb_device_free_counts(f->device, &counts);
		assert_int_equal(counts.sn_slots[1], 0);
		fixture_remember(f);
		fixture_check_refused(f, "one too many", ordered_create(domain, count), -ENOSPC,
				      "no group is set so and has a free slot");

		fixture_remember(f);
		fixture_check_refused(f, "mode in use", dlb_sn_group_set(f->device, 1, 64), -EPERM,
				      "sequence numbers per queue 64: group 1 keeps");
		assert_int_equal(dlb_domain_destroy(domain), 0);
		assert_int_equal(dlb_sn_group_occupancy(f->device, 1), 0);
	}
}

static void
test_fit(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = big_domain(f);

	/* Both groups start at 64; one that fits stays as it is. */
	assert_int_equal(dlb_sn_group_fit(f->device, 64), 0);
	assert_int_equal(dlb_sn_group_get(f->device, 0), 64);
	assert_int_equal(ordered_create(domain, 64), 0);

	/* Group 0 is in use, so the other one is set. */
	assert_int_equal(dlb_sn_group_fit(f->device, 1024), 0);
	assert_int_equal(dlb_sn_group_get(f->device, 0), 64);
	assert_int_equal(dlb_sn_group_get(f->device, 1), 1024);
	assert_int_equal(ordered_create(domain, 1024), 0);

	fixture_remember(f);
	fixture_check_refused(f, "full", dlb_sn_group_fit(f->device, 1024), -ENOSPC,
			      "sequence numbers per queue 1024: no free slot of that size");
	fixture_remember(f);
	fixture_check_refused(f, "other size", dlb_sn_group_fit(f->device, 256), -ENOSPC,
			      "in use with 64 and 1024");
	assert_int_equal(dlb_sn_group_fit(f->device, 64), 0);
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* Modes are the device's, not a domain's: they survive a device reset. */
static void
test_reset_keeps_modes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(dlb_sn_group_set(f->device, 0, 256), 0);
	assert_int_equal(dlb_sn_group_set(f->device, 1, 512), 0);
	assert_int_equal(dlb_device_reset(f->device), 0);
	assert_int_equal(dlb_sn_group_get(f->device, 0), 256);
	assert_int_equal(dlb_device_csr_read(f->device, DLB_RO_GRP_SN_MODE, 0),
			 dlb_field(DLB_RO_GRP_SN_MODE_SN_MODE_0, 2) |
				 dlb_field(DLB_RO_GRP_SN_MODE_SN_MODE_1, 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_set_refused),
		ON_ALL_DEVICES(test_modes),
		ON_ALL_DEVICES(test_fit),
		ON_ALL_DEVICES(test_reset_keeps_modes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Noise: a device that runs is given random register writes, lines and configuration writes. It may
 * do anything but touch memory that is not its own, hang, or lose count of what it stores.
 */
#include <stdlib.h>

#include "fixture.h"

#define STEPS 60000

static uint32_t
choose(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

/* A device with some of everything, so that noise meets state. */
static void
world_create(struct fixture *f, const struct dlb_model_conf *conf)
{
	uint32_t q, p;

	fx_create_aided(f, conf);
	f->expected = UINT32_MAX;
	fx_domain(f, 0, 4096, 1024);
	for (q = 0; q < 6; q++)
		fx_ldb_queue(f, 0, q,
			     &(struct fx_queue){ .aqed = 64, .ordered = q >= 3, .sn_slot = q });
	for (p = 0; p < 8; p++) {
		fx_ldb_port(f, 0, p, &(struct fx_port){ 32, p * 64, 64 });
		for (q = 0; q < 6; q++)
			fx_map(f, q, p, q, q);
		fx_dir_port(f, 0, p, 32);
		fx_dir_queue(f, 0, p);
	}
	fx_start(f, 0);
}

static void
noise_line(struct fixture *f, uint64_t *seed)
{
	static const uint8_t commands[] = {
		DLB_CMD_NEW, DLB_CMD_NEW,     DLB_CMD_FWD, DLB_CMD_FWD_T, DLB_CMD_REL, DLB_CMD_FRAG,
		DLB_CMD_POP, DLB_CMD_REL_POP, DLB_CMD_ARM, DLB_CMD_NEW_T, 0xff,        DLB_CMD_NOOP
	};
	struct dlb_qe line[DLB_QES_PER_LINE];
	uint32_t i, r;

	for (i = 0; i < DLB_QES_PER_LINE; i++) {
		r = choose(seed);
		line[i] = fx_qe(commands[r % sizeof(commands)], r >> 4 & 3, r >> 6 & 7, r >> 9 & 7,
				r >> 12 & 15, r);
		if ((r >> 16 & 255) == 0)
			line[i].qid = (uint8_t)choose(seed);
		line[i].misc = (uint8_t)(r >> 24);
	}
	dlb_model_pp_write(f->m, choose(seed) & 1, choose(seed) % 10, line);
}

static void
noise_register(struct fixture *f, uint64_t *seed)
{
	uint32_t reg = choose(seed) % DLB_REG_COUNT, n = dlb_reg_instances(f->gen, reg), value;

	if (n == 0 || reg == DLB_CM_CFG_PM_PMCSR_DISABLE)
		return;
	value = choose(seed) ^ choose(seed) << 1;
	if (choose(seed) & 1)
		value &= 0xff;
	fx_write(f, reg, choose(seed) % (n < 10 ? n : 10), value);
	fx_read(f, reg, choose(seed) % n);
}

static void
device_survives(struct fixture *f, uint64_t seed, uint32_t registers_in_1024)
{
	uint32_t n;

	for (n = 0; n < STEPS; n++) {
		if (choose(&seed) % 1024 < registers_in_1024)
			noise_register(f, &seed);
		else
			noise_line(f, &seed);
		if (choose(&seed) % 4 == 0)
			dlb_model_run(f->m, choose(&seed) % 64);
		if (choose(&seed) % 4096 == 0)
			dlb_model_advance(f->m, choose(&seed) % 200000);
		dlb_model_has_work(f->m);
	}
}

static void
noise_does_no_harm(void **state)
{
	static const uint32_t shares[] = { 0, 1, 100, 900 };
	struct dlb_model_conf aids = {
		.seed = 1, .lag = 20, .noise = true, .relaxed = true, .strict = true
	};
	struct fixture f;
	uint32_t i;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < 2 * sizeof(shares) / sizeof(shares[0]); i++) {
			aids.gen = gen;
			world_create(&f,
				     i % 2 == 0 ? &(struct dlb_model_conf){ .gen = gen } : &aids);
			device_survives(&f, 77 + i, shares[i / 2]);
			/* A reset makes a device of it again. */
			fx_config_write(&f, 0x48, 2, 0x8000);
			dlb_model_advance(f.m, FX_FLR_US);
			fx_enable_pci(&f);
			FX_EQ(dlb_model_has_work(f.m), false, "after the reset");
			FX_EQ(dlb_model_run(f.m, 100), 0, "after the reset");
			dlb_model_destroy(f.m);
			free(f.memory);
		}
	}
}

/* With legal registers, bad QEs alone must not make the device lose count (C1, C3). */
static void
bad_qes_do_not_upset_the_counts(void **state)
{
	uint32_t p, q, inflight, queued, tokens;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, &(struct dlb_model_conf){ .gen = gen });
		device_survives(&f, 5, 0);
		for (q = 0, inflight = 0; q < 6; q++)
			inflight += fx_read(&f, DLB_LSP_QID_LDB_INFL_CNT, q);
		for (p = 0; p < 8; p++)
			inflight -= fx_read(&f, DLB_LSP_CQ_LDB_INFL_CNT, p);
		FX_EQ(inflight, 0, "inflight of queues and of CQs");

		/* Whoever drains it gets everything back. */
		for (q = 0; q < 20000; q++) {
			fx_run(&f);
			for (p = 0; p < 8; p++) {
				fx_release(&f, p, fx_read(&f, DLB_LSP_CQ_LDB_INFL_CNT, p));
				tokens = fx_read(&f, DLB_LSP_CQ_LDB_TKN_CNT, p);
				if (tokens != 0)
					fx_pop(&f, DLB_LDB, p, tokens);
				tokens = fx_read(&f, DLB_LSP_CQ_DIR_TKN_CNT, p);
				if (tokens != 0)
					fx_pop(&f, DLB_DIR, p, tokens);
			}
			if (!dlb_model_has_work(f.m) && dlb_model_run(f.m, 1) == 0)
				break;
		}
		for (q = 0, queued = 0; q < 6; q++)
			queued += fx_depth(&f, DLB_LDB, q);
		FX_EQ(queued, 0, "depth");
		FX_EQ(fx_credits(&f, DLB_LDB, 0), gen == DLB_V2 ? 4096 : 5120, "credits");
		fx_destroy(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise_does_no_harm),
		cmocka_unit_test(bad_qes_do_not_upset_the_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

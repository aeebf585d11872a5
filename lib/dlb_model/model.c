/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of a model: create, reset, the passing of time, destroy.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aids.h"
#include "lint.h"
#include "storage.h"
#include "timer.h"

#define MODEL_ALIGN 64

/* State that a reset clears is one stretch, up to the end of the structure. */
#define RESET_FROM offsetof(struct dlb_model, open)

void
model_reset(struct dlb_model *m)
{
	atomic_reset(m);
	memset((uint8_t *)m + RESET_FROM, 0, sizeof(*m) - RESET_FROM);
	storage_reset(m);
	aids_reset(m);
	config_reset(m);
	csr_reset(m);
	lint_reset(m);
}

/* Give each register row its stretch of the value array; return the words of all. */
static uint32_t
values_lay_out(struct dlb_model *m)
{
	uint32_t reg, words = 0;

	for (reg = 0; reg < DLB_REG_COUNT; reg++) {
		m->first[reg] = words;
		words += dlb_reg_instances(m->conf.gen, reg);
	}
	/* Registers of the other generation: one word that nothing reads. */
	for (reg = 0; reg < DLB_REG_COUNT; reg++)
		if (!dlb_reg_present(m->conf.gen, reg))
			m->first[reg] = words;
	return words + 1;
}

/* choice: datapath.md 13.5, the load of each weight code. */
static void
loads_lay_out(struct dlb_model *m)
{
	uint32_t code;

	m->load_of[0] = chosen(m, DLB_CHOICE_WEIGHTLESS) ? 0 : CHOICE_WEIGHT_CODE_0;
	for (code = 1; code < sizeof(m->load_of); code++)
		m->load_of[code] = (uint8_t)(1u << code);
}

int
dlb_model_create(const struct dlb_model_conf *conf, struct dlb_model **model)
{
	struct dlb_model *m;

	if (conf->gen >= DLB_GEN_COUNT || conf->lag > DLB_MODEL_LAG_MAX ||
	    conf->choices & ~(uint32_t)DLB_CHOICES_ALL)
		return -EINVAL;

	m = aligned_alloc(MODEL_ALIGN, sizeof(*m));
	if (m == NULL)
		return -ENOMEM;
	memset(m, 0, sizeof(*m));
	m->conf = *conf;
	m->limits = &dlb_limits[conf->gen];
	m->pool[DLB_LDB] = dlb_credit_pool(conf->gen, DLB_LDB);
	m->pool[DLB_DIR] = dlb_credit_pool(conf->gen, DLB_DIR);

	loads_lay_out(m);

	m->values = calloc(values_lay_out(m), sizeof(*m->values));
	if (m->values == NULL)
		goto free_model;
	m->flow_tables = calloc(DLB_LDB_QUEUES, sizeof(*m->flow_tables));
	if (m->flow_tables == NULL)
		goto free_values;
	if (conf->lint && lint_create(m) < 0)
		goto free_flow_tables;
	if (aids_create(m) < 0)
		goto destroy_lint;

	model_reset(m);
	*model = m;
	return 0;

destroy_lint:
	lint_destroy(m);
free_flow_tables:
	free(m->flow_tables);
free_values:
	free(m->values);
free_model:
	free(m);
	return -ENOMEM;
}

void
dlb_model_destroy(struct dlb_model *m)
{
	if (m == NULL)
		return;
	aids_destroy(m);
	lint_destroy(m);
	free(m->flow_tables);
	free(m->values);
	free(m);
}

enum dlb_gen
dlb_model_gen(const struct dlb_model *m)
{
	return m->conf.gen;
}

static uint32_t
time_left(uint32_t left_us, uint32_t us)
{
	return left_us > us ? left_us - us : 0;
}

void
dlb_model_advance(struct dlb_model *m, uint32_t us)
{
	aids_enter(m);
	if (m->transit != NULL && us != 0)
		transit_flush(m);
	if (m->flr_us != 0 || m->power_us != 0) {
		m->flr_us = time_left(m->flr_us, us);
		m->power_us = time_left(m->power_us, us);
		config_apply(m);
	}
	if (m->registers_on)
		timer_advance(m, us);
	lint_time(m, us);
}

bool
dlb_model_has_work(const struct dlb_model *m)
{
	uint32_t i;
	uint64_t work = m->transit != NULL && !transit_is_empty(m);

	for (i = 0; i < PORT_WORDS; i++)
		work |= m->dir_work.word[i];
	for (i = 0; work == 0 && i < DLB_LDB_QUEUES; i++) {
		const struct ldb_queue *q = &m->ldb_queue[i];

		work = q->nalb_count | q->waiting_count | q->staged_count;
	}
	return work != 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lint: where the model tells what it sees. All of it is behind one test of a pointer, and none of
 * it on the way of a QE that is accepted.
 */
#ifndef LINT_H
#define LINT_H

#include "model.h"

/* Return 0, or -ENOMEM. */
int lint_create(struct dlb_model *m);
void lint_destroy(struct dlb_model *m);
void lint_reset(struct dlb_model *m);

void lint_check_access(struct dlb_model *m, struct dlb_reg_at at, uint32_t offset);
void lint_check_read_only(struct dlb_model *m, struct dlb_reg_at at);
void lint_check_written(struct dlb_model *m, struct dlb_reg_at at, uint32_t old, uint32_t value);
void lint_check_unready_line(struct dlb_model *m, enum dlb_kind kind, uint32_t port);
void lint_check_bad_qe(struct dlb_model *m, enum alarm alarm, enum dlb_kind kind, uint32_t port,
		       const struct dlb_qe *qe);
void lint_check_lost_entry(struct dlb_model *m, enum dlb_kind kind, uint32_t cq);
void lint_check_time(struct dlb_model *m, uint32_t us);

static inline void
lint_access(struct dlb_model *m, struct dlb_reg_at at, uint32_t offset)
{
	if (m->lint != NULL)
		lint_check_access(m, at, offset);
}

static inline void
lint_read_only(struct dlb_model *m, struct dlb_reg_at at)
{
	if (m->lint != NULL)
		lint_check_read_only(m, at);
}

static inline void
lint_written(struct dlb_model *m, struct dlb_reg_at at, uint32_t old, uint32_t value)
{
	if (m->lint != NULL)
		lint_check_written(m, at, old, value);
}

static inline void
lint_unready_line(struct dlb_model *m, enum dlb_kind kind, uint32_t port)
{
	if (m->lint != NULL)
		lint_check_unready_line(m, kind, port);
}

static inline void
lint_bad_qe(struct dlb_model *m, enum alarm alarm, enum dlb_kind kind, uint32_t port,
	    const struct dlb_qe *qe)
{
	if (m->lint != NULL)
		lint_check_bad_qe(m, alarm, kind, port, qe);
}

static inline void
lint_lost_entry(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	if (m->lint != NULL)
		lint_check_lost_entry(m, kind, cq);
}

static inline void
lint_time(struct dlb_model *m, uint32_t us)
{
	if (m->lint != NULL)
		lint_check_time(m, us);
}

#endif /* LINT_H */

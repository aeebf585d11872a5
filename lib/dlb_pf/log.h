/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the PF layer tells its user: one line for each refusal, which names the setting, its value
 * and what would be accepted.
 */
#ifndef PF_LOG_H
#define PF_LOG_H

#include <stdint.h>

#include "dlb_pf.h"

void pf_log(const struct dlb_log *log, enum dlb_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Log an error and return it, so that a refusal is one statement. */
int pf_refuse(const struct dlb_log *log, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** @return 0, or -EINVAL for a value outside minimum to maximum. */
int pf_check_range(const struct dlb_log *log, const char *setting, uint32_t value, uint32_t minimum,
		   uint32_t maximum);

#endif /* PF_LOG_H */

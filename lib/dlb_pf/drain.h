/* SPDX-License-Identifier: BSD-3-Clause */
/* Drain: take a domain's events out of the device, wherever they are. */
#ifndef PF_DRAIN_H
#define PF_DRAIN_H

#include "domain.h"

/**
 * Stop a domain: nothing enters it, what is in it is consumed, nothing leaves it.
 *
 * @return
 *   0 with all CQs off and all producer ports invalid; -EIO when counters make no sense, -ETIMEDOUT
 *   when the domain is not empty after a time that its credits allow for.
 */
int pf_drain(struct dlb_domain *domain);

#endif /* PF_DRAIN_H */

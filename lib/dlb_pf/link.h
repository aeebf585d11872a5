/* SPDX-License-Identifier: BSD-3-Clause */
/* Links between load-balanced queues and ports. Nothing here sleeps. */
#ifndef PF_LINK_H
#define PF_LINK_H

#include "port.h"
#include "queue.h"

/** As dlb_link() and dlb_unlink(), of a queue and a port of one domain. */
int pf_link(struct dlb_port *port, struct dlb_queue *queue, uint32_t priority);
int pf_unlink(struct dlb_port *port, struct dlb_queue *queue);

/** Finish what can be finished of a domain. @return links and unlinks that still wait. */
uint32_t pf_links_poll(struct dlb_domain *domain);

/** Take back all links of a domain that owes nothing and whose CQs are off. */
void pf_links_remove(struct dlb_domain *domain);

#endif /* PF_LINK_H */

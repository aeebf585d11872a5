/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the oracle share. */
#ifndef ORACLE_LISTS_H
#define ORACLE_LISTS_H

#include "oracle.h"

void list_push(struct oracle_list *l, uint32_t item);
void list_remove(struct oracle_list *l, uint32_t place);

/* Events that may exclude each other. Those that are not atomic belong to no flow. */
bool same_flow(const struct oracle_event *a, const struct oracle_event *b);
enum dlb_kind oracle_pool(const struct oracle *o, uint32_t queue);
enum oracle_part event_part(const struct oracle_event *e);
/* The list that an event waits in, once it is in its queue. */
struct oracle_list *event_list(struct oracle *o, const struct oracle_event *e);

#endif /* ORACLE_LISTS_H */

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A set-up as a file that rte_cfgfile reads: a section is a command ([queue 0] is "create queue 0"),
 * its entries are the command's keys and values.
 */
#ifndef TESTDLB_CONFIG_FILE_H
#define TESTDLB_CONFIG_FILE_H

#include "session.h"

/** @return 0, or a negative errno after one line for the user. */
int config_file_save(struct session *s, const char *path);
/** The session's device must be stopped, and its set-up empty. */
int config_file_load(struct session *s, const char *path);

#endif /* TESTDLB_CONFIG_FILE_H */

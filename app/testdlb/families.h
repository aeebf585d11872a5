/* SPDX-License-Identifier: BSD-3-Clause */
/* The families of commands; each is a file with its table. */
#ifndef TESTDLB_FAMILIES_H
#define TESTDLB_FAMILIES_H

#include "command.h"

extern const struct command_family commands_session;
extern const struct command_family commands_domain;
extern const struct command_family commands_setup;
extern const struct command_family commands_show;
extern const struct command_family commands_traffic;
extern const struct command_family commands_experiment;
extern const struct command_family commands_config;

#endif /* TESTDLB_FAMILIES_H */

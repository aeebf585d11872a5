/* SPDX-License-Identifier: BSD-3-Clause */
/* dpdk-testdlb completion: completion files for shells, from the tables of options and commands. */
#ifndef TESTDLB_COMPLETION_H
#define TESTDLB_COMPLETION_H

/** @return the program's exit status. */
int completion_main(int argc, char *argv[]);

#endif /* TESTDLB_COMPLETION_H */

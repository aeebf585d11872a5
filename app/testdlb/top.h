/* SPDX-License-Identifier: BSD-3-Clause */
/* dpdk-testdlb top: a live view of a DLB in any process, over telemetry. */
#ifndef TESTDLB_TOP_H
#define TESTDLB_TOP_H

/** @return the program's exit status. */
int top_main(int argc, char *argv[]);

#endif /* TESTDLB_TOP_H */

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dpdk-testdlb doctor: what on this machine would stop a user, and the command that mends it. Needs no
 * device, no EAL and no root.
 */
#ifndef TESTDLB_DOCTOR_H
#define TESTDLB_DOCTOR_H

#include "json.h"
#include "machine.h"

enum doctor_level {
	DOCTOR_FINE,
	DOCTOR_NOTE,  /* good to know */
	DOCTOR_STOPS, /* a DLB of this machine cannot be used like this */
};

/* The course of one visit. */
struct doctor {
	struct machine machine;
	struct json *findings;
	bool has_device; /* a DLB that the kernel sees */
	enum doctor_level worst;
};

/**
 * @param mend
 *   A command, or "": there is none.
 */
void doctor_find(struct doctor *d, enum doctor_level level, const char *what, const char *mend,
		 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The checks in their order: doctor_checks.c, doctor_devices.c. The last has a run of NULL. */
struct doctor_check {
	const char *what;
	void (*run)(struct doctor *d, const char *what);
};
extern const struct doctor_check doctor_checks[];
void doctor_check_devices(struct doctor *d, const char *what);

/** @return the program's exit status: 1 if something stops the use of a DLB. */
int doctor_main(int argc, char *argv[]);

#endif /* TESTDLB_DOCTOR_H */

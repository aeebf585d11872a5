/* SPDX-License-Identifier: BSD-3-Clause */
/* The machine as its files tell of it: /proc, /sys and /dev below a root, which tests may move. */
#ifndef TESTDLB_MACHINE_H
#define TESTDLB_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACHINE_PATH_BYTES 512

struct machine {
	const char *root; /* "" for this one */
};

/* All paths are given as on a machine: "/sys/...". */
void machine_path(const struct machine *m, char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** The first line of a file. @return false when it cannot be read. */
bool machine_read(const char *path, char *text, size_t size);
/** A file that holds a number. @return the number, or -1. */
int64_t machine_read_number(const char *path);
/** The first line of a file that has a text in it. @return false when there is none. */
bool machine_read_line(const char *path, const char *part, char *line, size_t size);
bool machine_exists(const char *path);
/** What the last part of a link's target is. @return false when it is no link. */
bool machine_link(const char *path, char *name, size_t size);
/** @return entries of a folder, but for hidden ones; 0 when there is none. */
uint32_t machine_entries(const char *path);
/** The sum of a number over the folders of a folder. */
int64_t machine_sum(const char *folder, const char *file);

#endif /* TESTDLB_MACHINE_H */

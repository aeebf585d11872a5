/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capabilities that client and server tell each other in the version exchange, as JSON.
 */
#ifndef CAPABILITIES_H
#define CAPABILITIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of those that exist, what this server minds. */
struct capabilities {
	uint64_t max_data_xfer_size;
	bool write_multiple;
};

/**
 * Read a client's capabilities. Those it does not mention keep the protocol's default.
 *
 * @param text
 *   May be empty, may lack a NUL.
 * @return
 *   0, or -EINVAL for what is no JSON, or says something of another type than it should.
 */
int capabilities_parse(const char *text, size_t size_bytes, struct capabilities *caps);

/** Write ours, NUL included. Return the bytes written; the buffer has room for them. */
size_t capabilities_print(char *text, size_t size_bytes, bool write_multiple);

#endif /* CAPABILITIES_H */

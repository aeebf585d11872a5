/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands for several scheduling domains on one DLB, and which one of them the others are for. */
#include <errno.h>
#include <inttypes.h>

#include <rte_errno.h>

#include "families.h"
#include "session.h"

#define EVENTS_MAX 16384
#define TIMEOUT_MAX 4000000000u

#define SETTINGS                                                                       \
	{ .name = "events",                                                            \
	  .help = "that may be in the domain at once",                                 \
	  .type = ARG_NUMBER,                                                          \
	  .place = ARG_KEYED,                                                          \
	  .min = 1,                                                                    \
	  .max = EVENTS_MAX },                                                         \
	{                                                                              \
		.name = "timeout", .help = "of a dequeue, in ns; 0: it does not wait", \
		.type = ARG_NUMBER, .place = ARG_KEYED, .max = TIMEOUT_MAX             \
	}
#define DOMAIN_ID(least)                                                                         \
	{                                                                                        \
		.name = "domain", .help = "its number", .type = ARG_NUMBER, .place = ARG_PLACED, \
		.min = (least), .max = DOMAINS_MAX - 1                                           \
	}

static const struct arg create_args[] = {
	DOMAIN_ID(1),
	SETTINGS,
	{ .name = "devargs",
	  .help = "more device arguments of its event device, with commas between them",
	  .type = ARG_TEXT,
	  .place = ARG_KEYED,
	  .max = DOMAIN_DEVARGS_BYTES - 1 },
	{ .name = NULL },
};
static const struct arg id_args[] = { DOMAIN_ID(0), { .name = NULL } };
static const struct arg set_args[] = { SETTINGS, { .name = NULL } };

static void
settings_read(const struct command_line *line, struct setup *setup)
{
	setup->events = (uint32_t)command_number(line, "events", setup->events);
	setup->timeout_ns = (uint32_t)command_number(line, "timeout", setup->timeout_ns);
}

static int
create_domain(struct session *s, const struct command_line *line)
{
	uint32_t id = (uint32_t)command_number(line, "domain", 0);
	const char *devargs = command_text(line, "devargs");
	int ret;

	ret = domain_create(&s->domains, id, devargs == NULL ? "" : devargs);
	if (ret == -EEXIST)
		return session_fail(s, ret,
				    "create domain %" PRIu32
				    ": there is one: 'use domain' goes to it",
				    id);
	if (ret < 0)
		return session_fail(s, ret,
				    "create domain %" PRIu32
				    ": the driver refuses its event device: %s",
				    id, rte_strerror(-ret));
	settings_read(line, &s->domains.of[id]->setup);
	return 0;
}

static int
use_domain(struct session *s, const struct command_line *line)
{
	return session_use(s, (uint32_t)command_number(line, "domain", 0));
}

static int
set_domain(struct session *s, const struct command_line *line)
{
	if (s->setup->started)
		return session_fail(s, -EBUSY,
				    "set domain: the device is started: accepted after 'stop'");
	settings_read(line, s->setup);
	return 0;
}

static int
delete_domain(struct session *s, const struct command_line *line)
{
	uint32_t id = (uint32_t)command_number(line, "domain", 0);
	int ret = session_check_domain(s, id);

	if (ret < 0)
		return ret;
	if (id == 0)
		return session_fail(
			s, -EPERM,
			"delete domain 0: the program began with it: accepted are those that 'create domain' made");
	if (s->domains.of[id]->setup.started)
		return session_fail(s, -EBUSY,
				    "delete domain %" PRIu32
				    ": it is started: accepted after its 'stop'",
				    id);
	if (id == s->current)
		session_use(s, 0);
	ret = domain_delete(&s->domains, id);
	return ret == 0 ? 0
			: session_fail(s, ret,
				       "delete domain %" PRIu32 ": its event device stays: %s", id,
				       rte_strerror(-ret));
}

static const struct command commands[] = {
	{ "create domain", "another event device on the same DLB", create_args, false,
	  create_domain },
	{ "use domain", "let the commands that follow be for it", id_args, false, use_domain },
	{ "set domain", "limits of the whole set-up", set_args, false, set_domain },
	{ "delete domain",
	  "its event device, with queues, ports, links and streams; then domain 0 is used", id_args,
	  false, delete_domain },
	{ NULL },
};

const struct command_family commands_domain = {
	"domain",
	"several event devices on one DLB",
	commands,
};

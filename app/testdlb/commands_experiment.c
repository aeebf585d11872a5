/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that break something on purpose, to see what the device and the driver do. */
#include <errno.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_pmd_dlb.h>

#include "families.h"
#include "session.h"
#include "traffic.h"

#define PORT_MAX (SETUP_IDS_MAX - 1)
#define MEMBERS_MAX 15
#define LINE_QES 4
#define TOKENS_MAX 1024
#define TIMEOUT_MAX_MS 1000000
#define PRIORITY_SHIFT 2
#define MESSAGE_SHIFT 5

/* The command bytes of a QE, by name; see the guide. */
static const char *const qe_commands[] = { "noop",  "pop", "rel",   "rel_pop", "arm",    "new",
					   "new_t", "fwd", "fwd_t", "frag",    "frag_t", NULL };
static const uint8_t qe_command_bytes[] = { 0, 1, 2, 3, 5, 8, 9, 10, 11, 12, 13 };
static const char *const qe_scheds[] = { "atomic", "unordered", "ordered", "directed", NULL };

#define PORT_ARG                                                                               \
	{                                                                                      \
		.name = "port", .help = "its number", .type = ARG_NUMBER, .place = ARG_PLACED, \
		.max = PORT_MAX                                                                \
	}
#define MEMBER_ARG                                                                         \
	{                                                                                  \
		.name = "member", .help = "hardware port of the port", .type = ARG_NUMBER, \
		.place = ARG_KEYED, .max = MEMBERS_MAX                                     \
	}

static const struct arg port_args[] = { PORT_ARG, { .name = NULL } };
static const struct arg member_args[] = { PORT_ARG, MEMBER_ARG, { .name = NULL } };

static const struct arg tokens_args[] = {
	PORT_ARG,
	MEMBER_ARG,
	{ .name = "count",
	  .help = "of tokens",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = TOKENS_MAX },
	{ .name = NULL },
};

static const struct arg watchdog_args[] = {
	PORT_ARG,
	{ .name = "timeout",
	  .help = "in ms, of all ports with a watchdog; 0: none for this port",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED_REQUIRED,
	  .max = TIMEOUT_MAX_MS },
	{ .name = NULL },
};

static const struct arg register_args[] = {
	{ .name = "register", .help = "its name; any case", .type = ARG_TEXT, .place = ARG_PLACED },
	{ .name = "value",
	  .help = "of the whole register",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED_REQUIRED,
	  .max = UINT32_MAX },
	{ .name = "index",
	  .help = "which instance",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = UINT32_MAX },
	{ .name = NULL },
};

static const struct arg qe_args[] = {
	PORT_ARG,
	MEMBER_ARG,
	{ .name = "cmd",
	  .help = "command byte, by name",
	  .type = ARG_WORD,
	  .place = ARG_KEYED,
	  .words = qe_commands },
	{ .name = "raw_cmd",
	  .help = "command byte, any",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = UINT8_MAX },
	{ .name = "queue",
	  .help = "hardware queue: hw_queue of 'show queue'",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = UINT8_MAX },
	{ .name = "sched",
	  .help = "schedule type",
	  .type = ARG_WORD,
	  .place = ARG_KEYED,
	  .words = qe_scheds },
	{ .name = "priority",
	  .help = "of the device, 0 is the highest",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = 7 },
	{ .name = "message",
	  .help = "message type, carried",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = 7 },
	{ .name = "lock",
	  .help = "flow; of a token pop: tokens - 1",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = UINT16_MAX },
	{ .name = "misc",
	  .help = "byte 14",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = UINT8_MAX },
	{ .name = "opaque",
	  .help = "carried",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = UINT16_MAX },
	{ .name = "data",
	  .help = "carried",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = UINT64_MAX },
	{ .name = "count",
	  .help = "of such QEs in the line",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = LINE_QES },
	{ .name = NULL },
};

/* The driver has said why, in the log. */
static int
answer(const struct session *s, const struct command_line *line, int ret)
{
	if (ret == 0)
		return 0;
	return session_fail(s, ret, "%s: %s", line->command->words, rte_strerror(-ret));
}

static uint8_t
port_of(const struct command_line *line)
{
	return (uint8_t)command_number(line, "port", 0);
}

static uint8_t
member_of(const struct command_line *line)
{
	return (uint8_t)command_number(line, "member", 0);
}

/* A port of the started device. */
static int
port_check(const struct session *s, const struct command_line *line)
{
	if (port_of(line) >= s->setup->nb_ports)
		return session_fail(s, -ENOENT, "%s: port %u: %u have been created",
				    line->command->words, port_of(line), s->setup->nb_ports);
	if (!s->setup->started)
		return session_fail(s, -EAGAIN, "%s: the device is stopped: accepted after 'start'",
				    line->command->words);
	return 0;
}

static int
inject_qe(struct session *s, const struct command_line *line)
{
	struct rte_pmd_dlb_qe qes[LINE_QES] = { { .cmd = 0 } };
	uint64_t count = command_number(line, "count", 1);
	uint8_t named = qe_command_bytes[command_number(line, "cmd", 0)];
	int ret = port_check(s, line);
	uint32_t i;

	if (ret < 0)
		return ret;
	if (traffic_uses(s->traffic, port_of(line)))
		return session_fail(s, -EBUSY,
				    "inject qe: traffic uses port %u: accepted are ports without, "
				    "or 'traffic stop' first",
				    port_of(line));
	for (i = 0; i < count; i++) {
		qes[i] = (struct rte_pmd_dlb_qe){
			.data = command_number(line, "data", 0),
			.opaque = (uint16_t)command_number(line, "opaque", 0),
			.queue = (uint8_t)command_number(line, "queue", 0),
			.sched = (uint8_t)(command_number(line, "sched", 0) |
					   command_number(line, "priority", 0) << PRIORITY_SHIFT |
					   command_number(line, "message", 0) << MESSAGE_SHIFT),
			.lock_id = (uint16_t)command_number(line, "lock", 0),
			.misc = (uint8_t)command_number(line, "misc", 0),
			.cmd = (uint8_t)command_number(line, "raw_cmd", named),
		};
	}
	return answer(s, line,
		      rte_pmd_dlb_qe_inject(s->setup->dev_id, port_of(line), member_of(line), qes));
}

static int
stall(struct session *s, const struct command_line *line, bool on)
{
	int ret = port_check(s, line);

	if (ret < 0)
		return ret;
	return answer(s, line, rte_pmd_dlb_fault_stall(s->setup->dev_id, port_of(line), on));
}

static int
fault_stall(struct session *s, const struct command_line *line)
{
	return stall(s, line, true);
}

static int
fault_resume(struct session *s, const struct command_line *line)
{
	return stall(s, line, false);
}

static int
fault_corrupt(struct session *s, const struct command_line *line)
{
	int ret = port_check(s, line);

	if (ret < 0)
		return ret;
	return answer(s, line,
		      rte_pmd_dlb_fault_corrupt(s->setup->dev_id, port_of(line), member_of(line)));
}

static int
fault_tokens(struct session *s, const struct command_line *line)
{
	int ret = port_check(s, line);

	if (ret < 0)
		return ret;
	return answer(s, line,
		      rte_pmd_dlb_fault_tokens(s->setup->dev_id, port_of(line), member_of(line),
					       (uint16_t)command_number(line, "count", 1)));
}

static int
set_watchdog(struct session *s, const struct command_line *line)
{
	int ret = port_check(s, line);

	if (ret < 0)
		return ret;
	ret = rte_pmd_dlb_watchdog_set(s->setup->dev_id, port_of(line),
				       (uint32_t)command_number(line, "timeout", 0));
	if (ret == 0)
		s->setup->ports[port_of(line)].watched = true;
	return answer(s, line, ret);
}

static int
set_register(struct session *s, const struct command_line *line)
{
	/* The DLB has them once, and its first event device has register_write. */
	uint8_t dev_id = s->domains.of[0]->setup.dev_id;
	int row = rte_pmd_dlb_register_find(dev_id, command_text(line, "register"));

	if (row < 0)
		return answer(s, line, row);
	return answer(s, line,
		      rte_pmd_dlb_register_write(dev_id, (uint32_t)row,
						 (uint32_t)command_number(line, "index", 0),
						 (uint32_t)command_number(line, "value", 0)));
}

static int
hang(struct session *s, const struct command_line *line, bool on)
{
	int ret = port_check(s, line);

	if (ret < 0)
		return ret;
	if (on && !traffic_uses(s->traffic, port_of(line)))
		return session_fail(s, -EAGAIN,
				    "fault hang: no traffic uses port %u: accepted after "
				    "'traffic start'",
				    port_of(line));
	traffic_hang(s->traffic, port_of(line), on);
	return 0;
}

static int
fault_hang(struct session *s, const struct command_line *line)
{
	return hang(s, line, true);
}

static int
fault_recover(struct session *s, const struct command_line *line)
{
	return hang(s, line, false);
}

static const struct command commands[] = {
	{ "inject qe", "write raw queue entries to a port, also bad ones", qe_args, false,
	  inject_qe },
	{ "fault stall", "let the device schedule nothing to a port", port_args, false,
	  fault_stall },
	{ "fault resume", "undo 'fault stall'", port_args, false, fault_resume },
	{ "fault corrupt", "let a port's next entry arrive corrupt (embedded device)", member_args,
	  false, fault_corrupt },
	{ "fault tokens", "lose tokens of a port until the stop (embedded device)", tokens_args,
	  false, fault_tokens },
	{ "set watchdog", "notice when a port's worker hangs, until the stop", watchdog_args, false,
	  set_watchdog },
	{ "set register", "write one (with the device argument register_write=1)", register_args,
	  false, set_register },
	{ "fault hang", "let a port's worker hang with the events that it holds", port_args, false,
	  fault_hang },
	{ "fault recover", "undo 'fault hang'", port_args, false, fault_recover },
	{ NULL },
};

const struct command_family commands_experiment = {
	"experiment",
	"break it on purpose",
	commands,
};

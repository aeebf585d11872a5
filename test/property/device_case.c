/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device backend's cases: lib/dlb_pf and lib/dlb_model on a test bus, raw QEs into producer ports,
 * CQ rings read directly.
 */
#include <string.h>

#include "device_case.h"
#include "dlb_model.h"
#include "dlb_qe.h"
#include "random.h"

#define WORD(member) (offsetof(struct device_config, member) / sizeof(uint32_t))

/* Lines come in kinds: producers send events, workers answer and pay, and some send just anything. */
static const struct line_kind {
	uint32_t nb;
	uint8_t cmds[8];
} line_kinds[] = {
	{ 2, { DLB_CMD_NEW, DLB_CMD_NEW } },
	{ 3, { DLB_CMD_NEW, DLB_CMD_NEW, DLB_CMD_NEW_T } },
	{ 3, { DLB_CMD_FWD, DLB_CMD_FWD, DLB_CMD_POP } },
	{ 2, { DLB_CMD_FWD_T, DLB_CMD_FWD_T } },
	{ 4, { DLB_CMD_REL, DLB_CMD_REL_POP, DLB_CMD_POP, DLB_CMD_NOOP } },
	{ 5, { DLB_CMD_FRAG, DLB_CMD_FRAG_T, DLB_CMD_FWD, DLB_CMD_FWD_T, DLB_CMD_REL } },
	{ 4, { DLB_CMD_FWD, DLB_CMD_NEW, DLB_CMD_FWD, DLB_CMD_REL } },
	{ 2, { DLB_CMD_FRAG, DLB_CMD_FRAG } },
};

#define LINE_KIND_NEW 0
#define LINE_KIND_FRAGMENTS 7

/* What the operations of a case are like. */
struct mood {
	uint32_t weights[OP_COUNT];
	uint32_t priorities, flows;
	uint32_t forced; /* percent of QEs that are sent come what may */
	uint32_t bias;   /* percent of lines that are of one kind */
	uint32_t bias_kind;
	bool floods;     /* one ordered queue, port 0 works, the others keep the oldest events */
	uint32_t queues; /* that get events */
	uint32_t ports;  /* that do anything: the others keep what they get */
};

static uint32_t
pick(uint64_t *r, const uint32_t choices[], uint32_t n)
{
	return choices[random_below(r, n)];
}

#define PICK(r, ...)                               \
	pick(r, (const uint32_t[]){ __VA_ARGS__ }, \
	     sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

static void
queue_generate(uint64_t *r, struct device_queue *q)
{
	const bool ordered = random_chance(r, 45);

	q->window = ordered ? PICK(r, 64, 64, 64, 128) : 0;
	q->staged = random_chance(r, 75) ? PICK(r, 1, 2, 4, 16, 64, 64, 64, 64) : 0;
	q->inflights = ordered ? q->window : 2048;
	if (random_chance(r, 25))
		q->inflights = random_between(r, 1, ordered ? q->window : 40);
	q->flows = random_chance(r, 20) ? random_between(r, 1, 8) : 0;
	q->lock_ids = random_chance(r, 15) ? PICK(r, 64, 128, 1024, 4096) : 0;
	q->threshold = PICK(r, 4, 8, 40, 256);
}

static void
port_generate(uint64_t *r, const struct device_config *conf, struct device_port *p)
{
	uint32_t depth;

	p->log2_depth = random_chance(r, 5) ? 10 : random_below(r, 7);
	depth = 1u << p->log2_depth;
	p->hist = random_chance(r, 50) ? 2 * depth : random_between(r, 1, 64);
	if (p->hist > 128)
		p->hist = 128;
	p->load_limit = random_chance(r, 25) ? random_between(r, 1, depth) : 0;
	p->threshold = random_chance(r, 25) ? random_between(r, 1, p->hist) : 0;
	p->links = (uint32_t)random_next(r);
	if (random_chance(r, 50))
		p->links |= (uint32_t)random_next(r);
	p->links &= (1u << conf->nb_queues) - 1;
	p->priorities = random_chance(r, 50) ? 0 : (uint32_t)random_next(r);
}

/* A window of sequence numbers fills up behind an event that nobody completes. */
static void
flood_generate(struct device_config *conf)
{
	conf->credits[DLB_LDB] = 1024;
	conf->nb_ports += conf->nb_ports < 2;
	conf->queues[0].window = conf->queues[0].inflights = DLB_SN_MIN;
	conf->ports[0].links |= 1;
	conf->ports[1].links |= 1;
}

/* Half of the devices are as plain as can be. */
static void
aids_generate(uint64_t *r, struct device_config *conf)
{
	if (random_chance(r, 50))
		return;
	conf->seed = random_chance(r, 50) ? random_between(r, 1, 1000) : 0;
	conf->lag = random_chance(r, 50) ? PICK(r, 1, 3, 10, 100) : 0;
	conf->noise = random_chance(r, 30);
	conf->relaxed = random_chance(r, 30);
	conf->strict = random_chance(r, 50);
	conf->choices = random_chance(r, 60) ? random_below(r, DLB_CHOICES_ALL + 1) : 0;
}

static void
config_generate(uint64_t *r, struct device_config *conf, struct mood *mood)
{
	bool ordered = false;
	uint32_t i;

	conf->gen = random_below(r, DLB_GEN_COUNT);
	conf->sparse[DLB_LDB] = random_below(r, 2);
	conf->sparse[DLB_DIR] = random_below(r, 2);
	conf->audit = PICK(r, 1, 4, 16, 1000);
	conf->starve = PICK(r, 0, 1, 1, 10, 50, 100);
	conf->resets = random_chance(r, 35);
	conf->credits[DLB_LDB] = random_chance(r, 25) ? random_between(r, 4, 40) : 1024;
	conf->credits[DLB_DIR] = random_chance(r, 25) ? random_between(r, 4, 40) : 512;
	conf->nb_queues = random_between(r, 1, DEVICE_LDB_QUEUES);
	conf->nb_ports = random_between(r, 1, DEVICE_LDB_PORTS);
	conf->nb_pairs = random_below(r, DEVICE_PAIRS + 1);
	for (i = 0; i < DEVICE_LDB_QUEUES; i++) {
		queue_generate(r, &conf->queues[i]);
		ordered |= i < conf->nb_queues && conf->queues[i].window != 0;
	}
	for (i = 0; i < DEVICE_LDB_PORTS; i++)
		port_generate(r, conf, &conf->ports[i]);
	for (i = 0; i < DEVICE_PAIRS; i++) {
		conf->pairs[i].log2_depth = random_below(r, 8);
		conf->pairs[i].threshold = PICK(r, 4, 8, 40, 256);
	}
	if (mood->floods) {
		flood_generate(conf);
		ordered = true;
	}
	aids_generate(r, conf);
	/* Sequence numbers of QEs in several bins can only be known by looking each time. */
	conf->batch = ordered && mood->priorities > 1 ? 1 : PICK(r, 1, 1, 3, 16, 64);
}

static void
mood_generate(uint64_t *r, struct mood *mood)
{
	mood->priorities = random_chance(r, 50) ? 1 : 8;
	mood->flows = PICK(r, 1, 2, 5, 16, 32);
	mood->forced = random_chance(r, 20) ? 10 : 0;
	mood->bias = random_chance(r, 15) ? random_between(r, 30, 90) : 0;
	mood->bias_kind = random_chance(r, 50) ? LINE_KIND_FRAGMENTS : LINE_KIND_NEW;
	/* The one fragment too many has to be sent. */
	if (mood->bias > 0 && mood->bias_kind == LINE_KIND_FRAGMENTS)
		mood->forced = 10;
	mood->queues = random_chance(r, 20) ? 1 : 32;
	mood->ports = random_chance(r, 20) ? random_between(r, 1, 3) : 64;
	mood->weights[OP_LINE] = random_between(r, 30, 80);
	mood->weights[OP_RUN] = random_between(r, 5, 40);
	mood->weights[OP_SERVE] = PICK(r, 0, 2, 10, 20);
	mood->weights[OP_QUIET] = 3;
	if (random_chance(r, 40)) {
		mood->weights[OP_LINK] = random_between(r, 1, 5);
		mood->weights[OP_UNLINK] = random_between(r, 1, 5);
		mood->weights[OP_POLL] = random_between(r, 1, 5);
	}
	mood->weights[OP_ENABLE] = random_chance(r, 20) ? 3 : 0;

	mood->floods = random_chance(r, 8);
	if (mood->floods) {
		mood->queues = mood->ports = 1;
		mood->bias = 60;
		mood->bias_kind = LINE_KIND_NEW;
		mood->weights[OP_SERVE] = 20;
	}
}

static void
line_generate(uint64_t *r, const struct mood *mood, struct case_op *op)
{
	const uint32_t kinds = sizeof(line_kinds) / sizeof(line_kinds[0]);
	const uint32_t kind =
		random_chance(r, mood->bias) ? mood->bias_kind : random_below(r, kinds + 1);
	const uint32_t length = random_between(r, 1, DLB_QES_PER_LINE);
	union device_arg arg;
	uint32_t i;

	op->arg[0] = random_below(r, mood->ports);
	for (i = 0; i < DLB_QES_PER_LINE; i++) {
		arg.word = (uint32_t)random_next(r);
		arg.qe.forced = random_chance(r, mood->forced);
		if (kind < kinds)
			arg.qe.cmd = line_kinds[kind].cmds[random_below(r, line_kinds[kind].nb)];
		if (i >= length && random_chance(r, 80))
			arg.qe.cmd = DLB_CMD_NOOP;
		arg.qe.queue %= mood->queues;
		arg.qe.priority %= mood->priorities;
		arg.qe.flow %= mood->flows;
		op->arg[1 + i] = arg.word;
	}
}

static void
op_generate(uint64_t *r, const struct mood *mood, struct case_op *op)
{
	uint32_t total = 0, draw, i;

	for (i = 0; i < OP_COUNT; i++)
		total += mood->weights[i];
	draw = random_below(r, total);
	for (op->code = 0; draw >= mood->weights[op->code]; op->code++)
		draw -= mood->weights[op->code];

	if (op->code == OP_LINE) {
		line_generate(r, mood, op);
		return;
	}
	op->arg[0] = random_below(r, mood->ports);
	op->arg[1] = random_below(r, 64);
	op->arg[2] = random_below(r, DLB_PRIORITIES);
	if (op->code == OP_RUN)
		op->arg[0] = PICK(r, 1, 2, 5, 20, 200);
	else if (op->code == OP_ENABLE)
		op->arg[1] = random_chance(r, 60);
}

static void
generate(struct test_case *c)
{
	struct device_config *conf = (struct device_config *)c->config;
	struct mood mood = { 0 };
	uint64_t r = c->seed;
	uint32_t i;

	memset(c->config, 0, sizeof(c->config));
	mood_generate(&r, &mood);
	config_generate(&r, conf, &mood);
	c->nb_ops = mood.floods || random_chance(&r, 10) ? random_between(&r, 300, 600)
							 : random_between(&r, 10, 200);
	for (i = 0; i < c->nb_ops; i++) {
		c->ops[i] = (struct case_op){ 0 };
		op_generate(&r, &mood, &c->ops[i]);
	}
}

static const char *const queue_words[] = { "sequence numbers", "staged",
					   "inflights",        "flows",
					   "lock ids",         "depth threshold" };
static const char *const port_words[] = { "log2 depth", "history", "load limit",
					  "threshold",  "links",   "priorities" };
static const char *const pair_words[] = { "log2 depth", "depth threshold" };
static const char *const head_words[] = {
	"generation",   "sparse LDB",  "sparse DIR",
	"batch",        "audit every", "starvation avoidance",
	"reset at end", "credits LDB", "credits DIR",
	"LDB queues",   "LDB ports",   "directed pairs",
	"model's seed", "lag",         "noise",
	"relaxed",      "strict",      "choices",
};

static const struct section {
	const char *name;
	uint32_t first, words, size;
	const char *const *names;
	uint32_t used; /* word that says how many there are, or none */
} sections[] = {
	{ "", 0, WORD(queues), WORD(queues), head_words, UINT32_MAX },
	{ "queue", WORD(queues), WORD(ports) - WORD(queues), 6, queue_words, WORD(nb_queues) },
	{ "port", WORD(ports), WORD(pairs) - WORD(ports), 6, port_words, WORD(nb_ports) },
	{ "directed pair", WORD(pairs), 2 * DEVICE_PAIRS, 2, pair_words, WORD(nb_pairs) },
};

_Static_assert(sizeof(head_words) / sizeof(head_words[0]) == WORD(queues), "every word has a name");

static const struct section *
section_of(uint32_t word)
{
	const struct section *s = sections;

	while (word >= s->first + s->words)
		s++;
	return s;
}

static bool
config_name(const struct test_case *c, uint32_t word, char name[CASE_TEXT])
{
	const struct section *s = section_of(word);
	const uint32_t number = (word - s->first) / s->size;
	const char *what = s->names[(word - s->first) % s->size];

	if (s->used == UINT32_MAX) {
		snprintf(name, CASE_TEXT, "%s", what);
		return true;
	}
	snprintf(name, CASE_TEXT, "%s %u: %s", s->name, number, what);
	return number < c->config[s->used];
}

/* Least interesting is not always least: much room, and nothing that limits. */
static uint32_t
config_least(uint32_t word)
{
	const struct section *s = section_of(word);
	static const uint32_t queue_least[] = { 0, 64, 2048, 0, 0, 256 };
	static const uint32_t port_least[] = { 5, 64, 0, 0, 1, 0 };

	if (word == WORD(batch) || word == WORD(nb_queues) || word == WORD(nb_ports))
		return 1;
	if (word == WORD(audit))
		return 1;
	if (word == WORD(credits[0]) || word == WORD(credits[1]))
		return 512;
	if (s->names == queue_words)
		return queue_least[(word - s->first) % s->size];
	if (s->names == port_words)
		return port_least[(word - s->first) % s->size];
	if (s->names == pair_words)
		return (word - s->first) % 2 == 0 ? 5 : 256;
	return 0;
}

static const char *const cmd_names[16] = { "-",    "POP",    "REL", "REL_POP", "0x4", "ARM",
					   "0x6",  "0x7",    "NEW", "NEW_T",   "FWD", "FWD_T",
					   "FRAG", "FRAG_T", "0xe", "0xf" };

static size_t
qe_text(char *text, size_t room, uint32_t word)
{
	static const char *const types[] = { "atomic", "unordered", "ordered", "any" };
	const union device_arg arg = { .word = word };
	const char *bang = arg.qe.forced ? "!" : "";
	int n;

	if (arg.qe.cmd & DLB_QE_VALID)
		n = snprintf(text, room, " %s%s q%u %s p%u f%u |", cmd_names[arg.qe.cmd], bang,
			     arg.qe.queue, types[arg.qe.type], arg.qe.priority, arg.qe.flow);
	else if (arg.qe.cmd & DLB_QE_TOKEN)
		n = snprintf(text, room, " %s%s %u |", cmd_names[arg.qe.cmd], bang, arg.qe.count);
	else
		n = snprintf(text, room, " %s%s |", cmd_names[arg.qe.cmd], bang);
	return (size_t)n < room ? (size_t)n : room - 1;
}

static void
op_text(const struct test_case *c, const struct case_op *op, char text[CASE_TEXT])
{
	static const char *const names[OP_COUNT] = {
		"line to port", "schedule",   "serve port",  "link port",
		"unlink port",  "poll links", "enable port", "all quiet",
	};
	size_t n;
	uint32_t i;

	(void)c;
	if (op->code != OP_LINE) {
		snprintf(text, CASE_TEXT, "%s %u %u %u", names[op->code], op->arg[0], op->arg[1],
			 op->arg[2]);
		return;
	}
	n = (size_t)snprintf(text, CASE_TEXT, "%s %u:", names[op->code], op->arg[0]);
	for (i = 0; i < DLB_QES_PER_LINE; i++)
		n += qe_text(text + n, CASE_TEXT - n, op->arg[1 + i]);
}

const struct backend device_backend = {
	.name = "device",
	.config_words = sizeof(struct device_config) / sizeof(uint32_t),
	.op_codes = OP_COUNT,
	.generate = generate,
	.run = device_run,
	.config_name = config_name,
	.config_least = config_least,
	.op_text = op_text,
};

/* SPDX-License-Identifier: BSD-3-Clause */
/* The eventdev backend's cases: the driver over its embedded device, through the public API only. */
#include <string.h>

#include "dlb_model.h"
#include "eventdev_case.h"
#include "random.h"

#define WORD(member) (offsetof(struct eventdev_config, member) / sizeof(uint32_t))
#define PORT_WORDS (sizeof(struct eventdev_port) / sizeof(uint32_t))
#define QUEUE_WORDS (sizeof(struct eventdev_queue) / sizeof(uint32_t))

struct mood {
	uint32_t weights[EV_COUNT];
	uint32_t flows;
	bool priorities;
};

static void
port_generate(uint64_t *r, struct eventdev_config *conf, uint32_t port)
{
	struct eventdev_port *p = &conf->ports[port];

	p->dequeue_depth = random_chance(r, 50) ? 32 : random_between(r, 1, 64);
	p->threshold = random_chance(r, 70) ? conf->limit : random_between(r, 1, conf->limit);
	p->releases = random_chance(r, 60);
	p->links = (uint32_t)random_next(r);
	if (random_chance(r, 60))
		p->links |= (uint32_t)random_next(r);
	p->links &= (1u << conf->nb_queues) - 1;
}

/* Most devices are as plain as can be; the others, which are made for one case, take ten times as long. */
static void
aids_generate(uint64_t *r, struct eventdev_config *conf)
{
	if (random_chance(r, 85))
		return;
	conf->seed = random_chance(r, 50) ? random_between(r, 1, 1000) : 0;
	conf->lag = random_chance(r, 50) ? 1u << random_below(r, 8) : 0;
	conf->noise = random_chance(r, 30);
	conf->relaxed = random_chance(r, 30);
	conf->strict = random_chance(r, 50);
	conf->choices = random_chance(r, 60) ? random_below(r, DLB_CHOICES_ALL + 1) : 0;
}

static void
config_generate(uint64_t *r, struct eventdev_config *conf)
{
	uint32_t i;

	conf->v25 = random_below(r, 2);
	conf->sparse = random_below(r, 2);
	conf->narrow = random_below(r, 3);
	conf->limit = random_chance(r, 30) ? random_between(r, 1, 40) : random_between(r, 64, 2048);
	conf->stops = random_chance(r, 40);
	conf->nb_queues = random_chance(r, 25) ? random_between(r, 9, EVENTDEV_QUEUES)
					       : random_between(r, 1, 6);
	conf->nb_ports = random_between(r, 1, EVENTDEV_PORTS);
	for (i = 0; i < EVENTDEV_QUEUES; i++) {
		conf->queues[i].type = random_below(r, QUEUE_TYPES);
		conf->queues[i].sequences = 64;
	}
	for (i = 0; i < EVENTDEV_PORTS; i++)
		port_generate(r, conf, i);
	aids_generate(r, conf);
}

static void
op_generate(uint64_t *r, const struct mood *mood, struct case_op *op)
{
	union traffic_arg traffic = { .word = (uint32_t)random_next(r) };
	union manner_arg manner = { .word = (uint32_t)random_next(r) };
	uint32_t total = 0, draw, i;

	for (i = 0; i < EV_COUNT; i++)
		total += mood->weights[i];
	draw = random_below(r, total);
	for (op->code = 0; draw >= mood->weights[op->code]; op->code++)
		draw -= mood->weights[op->code];

	op->arg[0] = random_below(r, 64);
	op->arg[1] = random_below(r, 64);
	op->arg[2] = random_chance(r, 70) ? random_between(r, 1, 9) : random_between(r, 1, 48);
	traffic.t.flows = mood->flows - 1;
	traffic.t.flow = random_chance(r, 50) ? 0 : traffic.t.flow;
	traffic.t.priority = mood->priorities ? traffic.t.priority : 0;
	manner.m.release = random_chance(r, 60) ? 1 : manner.m.release;
	manner.m.insert = random_chance(r, 60) ? 0 : manner.m.insert;
	op->arg[3] = traffic.word & 0x3fffffff;
	op->arg[4] = manner.word;
	if (op->code == EV_DEQUEUE)
		op->arg[1] = op->arg[2];
}

static void
generate(struct test_case *c)
{
	struct mood mood = { 0 };
	uint64_t r = c->seed;
	uint32_t i;

	memset(c->config, 0, sizeof(c->config));
	config_generate(&r, (struct eventdev_config *)c->config);
	mood.flows = random_chance(&r, 30) ? 1 : random_between(&r, 2, 32);
	mood.priorities = random_chance(&r, 40);
	mood.weights[EV_NEW] = random_between(&r, 10, 30);
	mood.weights[EV_DEQUEUE] = random_between(&r, 10, 50);
	mood.weights[EV_ANSWER] = random_between(&r, 10, 40);
	mood.weights[EV_BAD] = random_chance(&r, 25) ? 3 : 0;
	if (random_chance(&r, 35)) {
		mood.weights[EV_LINK] = random_between(&r, 1, 4);
		mood.weights[EV_UNLINK] = random_between(&r, 1, 4);
	}
	mood.weights[EV_RESTART] = random_chance(&r, 15);
	c->nb_ops =
		random_chance(&r, 5) ? random_between(&r, 200, 600) : random_between(&r, 10, 150);
	for (i = 0; i < c->nb_ops; i++) {
		c->ops[i] = (struct case_op){ 0 };
		op_generate(&r, &mood, &c->ops[i]);
	}
}

static bool
config_name(const struct test_case *c, uint32_t word, char name[CASE_TEXT])
{
	static const char *const head[] = {
		"2.5",          "sparse",       "no vector instructions",
		"events limit", "stop at end",  "event queues",
		"event ports",  "model's seed", "lag",
		"noise",        "relaxed",      "strict",
		"choices"
	};
	static const char *const queue[] = { "type (0 atomic, ordered, parallel, all, 4 directed)",
					     "sequences" };
	static const char *const port[] = { "dequeue depth", "new threshold", "implicit release",
					    "links" };
	uint32_t at;

	if (word < WORD(queues)) {
		snprintf(name, CASE_TEXT, "%s", head[word]);
		return true;
	}
	if (word < WORD(ports)) {
		at = word - WORD(queues);
		snprintf(name, CASE_TEXT, "queue %zu: %s", at / QUEUE_WORDS,
			 queue[at % QUEUE_WORDS]);
		return at / QUEUE_WORDS < c->config[WORD(nb_queues)];
	}
	at = word - WORD(ports);
	snprintf(name, CASE_TEXT, "port %zu: %s", at / PORT_WORDS, port[at % PORT_WORDS]);
	return at / PORT_WORDS < c->config[WORD(nb_ports)];
}

static uint32_t
config_least(uint32_t word)
{
	static const uint32_t queue[] = { QUEUE_ATOMIC, 64 };
	static const uint32_t port[] = { 32, 1024, 0, 1 };

	if (word == WORD(limit))
		return 1024;
	if (word == WORD(nb_queues) || word == WORD(nb_ports))
		return 1;
	if (word < WORD(queues))
		return 0;
	if (word < WORD(ports))
		return queue[(word - WORD(queues)) % QUEUE_WORDS];
	return port[(word - WORD(ports)) % PORT_WORDS];
}

static void
op_text(const struct test_case *c, const struct case_op *op, char text[CASE_TEXT])
{
	const union traffic_arg traffic = { .word = op->arg[3] };
	const union manner_arg manner = { .word = op->arg[4] };
	static const char *const names[EV_COUNT] = { "enqueue new",   "dequeue", "answer",
						     "enqueue a bad", "link",    "unlink",
						     "stop and start" };

	(void)c;
	if (op->code == EV_NEW || op->code == EV_ANSWER)
		snprintf(
			text, CASE_TEXT,
			"%s: port %u, queue %u, %u events, %u flows from 0x%x, priority %u, type %u, "
			"call %u, release %u/8, new %u/8",
			names[op->code], op->arg[0], op->arg[1], op->arg[2], traffic.t.flows + 1u,
			traffic.t.flow, traffic.t.priority, traffic.t.sched, manner.m.call,
			manner.m.release, manner.m.insert);
	else
		snprintf(text, CASE_TEXT, "%s: %u %u", names[op->code], op->arg[0], op->arg[1]);
}

const struct backend eventdev_backend = {
	.name = "eventdev",
	.config_words = sizeof(struct eventdev_config) / sizeof(uint32_t),
	.op_codes = EV_COUNT,
	.generate = generate,
	.run = eventdev_run,
	.finish = eventdev_finish,
	.config_name = config_name,
	.config_least = config_least,
	.op_text = op_text,
};

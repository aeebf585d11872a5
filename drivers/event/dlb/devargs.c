/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <rte_kvargs.h>

#include "devargs.h"
#include "devargs_value.h"
#include "log.h"

#define SEED_MAX 2147483647
#define NUMA_NODE_MAX 31
#define DEPTHS "a power of two, 32 to 1024"

static const char *const hw_values[] = { "2.0", "2.5", NULL };
static const char *const sched_values[] = { "inline", "service", "thread", NULL };
static const char *const cq_mode_values[] = { "dense", "sparse", NULL };
static const char *const answers_values[] = { "any", "in_order", NULL };
static const char *const flag_values[] = { "0", "1", NULL };
static const char *const answer_values[] = { "n", "y", "N", "Y", "0", "1", NULL }; /* odd: yes */

/* What arguments mean. A meaning may have several names. */
enum meaning {
	ARG_SHARES,
	ARG_HW,
	ARG_SCHED,
	ARG_CQ_MODE,
	ARG_LINT,
	ARG_WAKE_DEPTH,
	ARG_PLAIN_STORES,
	ARG_ANSWERS,
	ARG_SEED,
	ARG_LAG,
	ARG_CHOICES,
	ARG_NOISE,
	ARG_RELAXED,
	ARG_STRICT,
	ARG_REGISTER_WRITE,
	ARG_MAX_EVENTS,
	ARG_DIRECTED_CREDITS,
	ARG_MAX_CQ_DEPTH,
	ARG_MAX_ENQUEUE_DEPTH,
	ARG_CREDIT_QUANTA,
	ARG_NUMA_NODE,
	ARG_VECTORS,
	ARG_SPREAD_PORTS,
	ARG_COS_BANDWIDTH,
	ARG_PORT_COS,
	ARG_CQ_WEIGHT,
	ARG_DEPTH_THRESHOLD,
	ARG_DEFAULT_DEPTH_THRESHOLD,
	/* Taken, and without a meaning here. */
	ARG_DEV_ID,
	ARG_POLL_INTERVAL,
	ARG_HW_CREDIT_QUANTA,
	ARG_PRODUCER_COREMASK,
	ARG_DEFAULT_HISTORY,
	ARG_HISTORY_ENTRIES,
	ARG_ENABLE_CQ_WEIGHT,
	ARG_COUNT
};

enum value_kind {
	VALUE_WORD,
	VALUE_ANSWER,
	VALUE_NUMBER,
	VALUE_DEPTH,
	VALUE_MASK,
	VALUE_SHARES,
	VALUE_NAME,
	VALUE_RANGES
};

struct key {
	const char *name;
	enum meaning meaning;
	uint32_t buses; /* bit b: a device on bus b takes it */
	enum value_kind kind;
	const char *accepted;
	const char *const *words;
	long minimum, maximum;
	/* Ranges: which values of struct dlb_devargs they set, and what is added to them. */
	size_t offset;
	uint32_t count;
	uint16_t base;
};

#define VDEV (1u << DLB_BUS_VDEV)
#define PCI (1u << DLB_BUS_PCI)
#define BOTH (VDEV | PCI)
#define SHARED (1u << DLB_BUS_SHARED)
#define ALL (VDEV | PCI | SHARED)
#define WORD(words) VALUE_WORD, NULL, words, 0, 0, 0, 0, 0
#define ANSWER VALUE_ANSWER, "y, n", answer_values, 0, 0, 0, 0, 0
#define NUMBER(minimum, maximum) VALUE_NUMBER, NULL, NULL, minimum, maximum, 0, 0, 0
#define RANGES(minimum, maximum, member, base)                                            \
	VALUE_RANGES, NULL, NULL, minimum, maximum, offsetof(struct dlb_devargs, member), \
		RTE_DIM(((struct dlb_devargs *)0)->member), base

static const struct key keys[] = {
	{ "shares", ARG_SHARES, VDEV | SHARED, VALUE_NAME, "the name of an event device", NULL, 0,
	  0, 0, 0, 0 },
	{ "hw", ARG_HW, VDEV, WORD(hw_values) },
	{ "sched", ARG_SCHED, VDEV, WORD(sched_values) },
	{ "cq_mode", ARG_CQ_MODE, BOTH, WORD(cq_mode_values) },
	{ "lint", ARG_LINT, VDEV, WORD(flag_values) },
	{ "wake_depth", ARG_WAKE_DEPTH, ALL, NUMBER(0, 1024) },
	{ "plain_stores", ARG_PLAIN_STORES, PCI, WORD(flag_values) },
	{ "answers", ARG_ANSWERS, ALL, WORD(answers_values) },
	{ "seed", ARG_SEED, VDEV, NUMBER(0, SEED_MAX) },
	{ "lag", ARG_LAG, VDEV, NUMBER(0, DLB_ARG_LAG_MAX) },
	{ "choices", ARG_CHOICES, VDEV, NUMBER(0, DLB_ARG_CHOICES_MAX) },
	{ "noise", ARG_NOISE, VDEV, WORD(flag_values) },
	{ "relaxed", ARG_RELAXED, VDEV, WORD(flag_values) },
	{ "strict", ARG_STRICT, VDEV, WORD(flag_values) },
	{ "register_write", ARG_REGISTER_WRITE, BOTH, WORD(flag_values) },
	{ "max_num_events", ARG_MAX_EVENTS, ALL, NUMBER(1, 16384) },
	{ "num_dir_credits", ARG_DIRECTED_CREDITS, ALL, NUMBER(1, 4096) },
	{ "max_cq_depth", ARG_MAX_CQ_DEPTH, ALL, VALUE_DEPTH, DEPTHS, NULL, 32, 1024, 0, 0, 0 },
	{ "max_enqueue_depth", ARG_MAX_ENQUEUE_DEPTH, ALL, VALUE_DEPTH, DEPTHS, NULL, 32, 1024, 0,
	  0, 0 },
	{ "sw_credit_quanta", ARG_CREDIT_QUANTA, ALL, NUMBER(1, 1024) },
	{ "numa_node", ARG_NUMA_NODE, ALL, NUMBER(0, NUMA_NODE_MAX) },
	{ "vector_opts_enabled", ARG_VECTORS, ALL, ANSWER },
	{ "vector_opts_enable", ARG_VECTORS, ALL, ANSWER },
	{ "default_port_allocation", ARG_SPREAD_PORTS, BOTH, ANSWER },
	{ "cos_bw", ARG_COS_BANDWIDTH, BOTH, VALUE_SHARES,
	  "four percentages A:B:C:D, at most 100 in all", NULL, 0, 0, 0, 0, 0 },
	{ "port_cos", ARG_PORT_COS, ALL, RANGES(0, DLB_COS_COUNT - 1, port_cos, 1) },
	{ "cq_weight", ARG_CQ_WEIGHT, ALL, RANGES(1, 1024, cq_weight, 0) },
	{ "qid_depth_thresh", ARG_DEPTH_THRESHOLD, ALL, RANGES(1, 8191, depth_threshold, 0) },
	{ "default_depth_thresh", ARG_DEFAULT_DEPTH_THRESHOLD, ALL, NUMBER(1, 8191) },
	{ "dev_id", ARG_DEV_ID, ALL, NUMBER(0, 255) },
	{ "poll_interval", ARG_POLL_INTERVAL, ALL, NUMBER(0, SEED_MAX) },
	{ "hw_credit_quanta", ARG_HW_CREDIT_QUANTA, ALL, NUMBER(0, 16384) },
	{ "producer_coremask", ARG_PRODUCER_COREMASK, ALL, VALUE_MASK, "hexadecimal masks", NULL, 0,
	  0, 0, 0, 0 },
	{ "use_default_hl", ARG_DEFAULT_HISTORY, ALL, WORD(flag_values) },
	{ "alloc_hl_entries", ARG_HISTORY_ENTRIES, ALL, NUMBER(0, 2048) },
	{ "enable_cq_weight", ARG_ENABLE_CQ_WEIGHT, ALL, ANSWER },
};

/* What the arguments that are not given stand for. A real device writes each QE to a line of its own. */
static const long defaults[][ARG_COUNT] = {
	[DLB_BUS_VDEV] = { [ARG_HW] = DLB_V25,
			   [ARG_SCHED] = DLB_SCHED_INLINE,
			   [ARG_CQ_MODE] = DLB_CQ_DENSE,
			   [ARG_WAKE_DEPTH] = 1,
			   [ARG_NUMA_NODE] = -1,
			   [ARG_VECTORS] = 1,
			   [ARG_SPREAD_PORTS] = 1 },
	[DLB_BUS_PCI] = { [ARG_CQ_MODE] = DLB_CQ_SPARSE,
			  [ARG_WAKE_DEPTH] = 1,
			  [ARG_NUMA_NODE] = -1,
			  [ARG_VECTORS] = 1,
			  [ARG_SPREAD_PORTS] = 1 },
	[DLB_BUS_SHARED] = { [ARG_WAKE_DEPTH] = 1, [ARG_NUMA_NODE] = -1, [ARG_VECTORS] = 1 },
};

static const char *const help[] = {
	[DLB_BUS_VDEV] = DLB_ARGS_HELP_VDEV,
	[DLB_BUS_PCI] = DLB_ARGS_HELP_PCI,
	[DLB_BUS_SHARED] = DLB_ARGS_HELP_SHARED,
};

/* What is being read. */
struct reading {
	const char *device;
	enum dlb_bus_type bus;
	struct dlb_devargs *args;
	long value[ARG_COUNT];
	uint32_t times[ARG_COUNT];
};

static bool
value_read(struct reading *r, const struct key *key, const char *text)
{
	long *value = &r->value[key->meaning];

	switch (key->kind) {
	case VALUE_WORD:
		return dlb_value_word(text, key->words, value);
	case VALUE_ANSWER:
		if (!dlb_value_word(text, key->words, value))
			return false;
		*value %= 2;
		return true;
	case VALUE_NUMBER:
		return dlb_value_number(text, key->minimum, key->maximum, value);
	case VALUE_DEPTH:
		return dlb_value_number(text, key->minimum, key->maximum, value) &&
		       (*value & (*value - 1)) == 0;
	case VALUE_MASK:
		return dlb_value_mask(text);
	case VALUE_NAME:
		return dlb_value_name(text, r->args->shares, sizeof(r->args->shares));
	case VALUE_SHARES:
		return dlb_value_shares(text, r->args->cos_bandwidth, DLB_COS_COUNT);
	default:
		return dlb_value_ranges(text, key->minimum, key->maximum,
					(uint16_t *)((uintptr_t)r->args + key->offset), key->count,
					key->base);
	}
}

static int
value_refuse(const struct reading *r, const struct key *key, const char *text)
{
	char accepted[128] = "";
	size_t length;
	uint32_t i;

	if (key->accepted != NULL) {
		snprintf(accepted, sizeof(accepted), "%s", key->accepted);
	} else if (key->kind == VALUE_WORD) {
		for (i = 0; key->words[i] != NULL; i++) {
			length = strlen(accepted);
			snprintf(&accepted[length], sizeof(accepted) - length, "%s%s",
				 i == 0 ? "" : ", ", key->words[i]);
		}
	} else if (key->kind == VALUE_RANGES) {
		snprintf(accepted, sizeof(accepted),
			 "all:V, A:V, A-B:V with A and B up to %u and V from %ld to %ld",
			 key->count - 1, key->minimum, key->maximum);
	} else {
		snprintf(accepted, sizeof(accepted), "%ld to %ld", key->minimum, key->maximum);
	}
	rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: %s=%s: accepted are %s\n", r->device, key->name,
		text == NULL ? "" : text, accepted);
	return -EINVAL;
}

/* A key that the bus takes, or after a line in the log that names the nearest one NULL. */
static const struct key *
key_find(const struct reading *r, const char *name)
{
	const struct key *nearest = NULL;
	uint32_t distance, least = UINT32_MAX;
	uint32_t k;

	for (k = 0; k < RTE_DIM(keys); k++) {
		if (!(keys[k].buses >> r->bus & 1))
			continue;
		if (strcmp(name, keys[k].name) == 0)
			return &keys[k];
		distance = dlb_value_distance(name, keys[k].name);
		if (distance < least) {
			least = distance;
			nearest = &keys[k];
		}
	}
	rte_log(RTE_LOG_ERR, dlb_log_driver,
		"%s: device argument '%s': the nearest known one is %s; accepted are %s\n",
		r->device, name, nearest->name, help[r->bus]);
	return NULL;
}

static int
pair_read(struct reading *r, const char *name, const char *text)
{
	const struct key *key = key_find(r, name);

	if (key == NULL)
		return -EINVAL;
	/* Ranges add up, and so may be given one by one. */
	if (++r->times[key->meaning] > 1 && key->kind != VALUE_RANGES) {
		rte_log(RTE_LOG_ERR, dlb_log_driver,
			"%s: %s is given more than once: accepted is once\n", r->device, name);
		return -EINVAL;
	}
	return text != NULL && value_read(r, key, text) ? 0 : value_refuse(r, key, text);
}

static int
pairs_read(struct reading *r, const char *text)
{
	struct rte_kvargs *kvargs = rte_kvargs_parse(text, NULL);
	uint32_t i;
	int ret = 0;

	if (kvargs == NULL) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: device arguments '%s': accepted are %s\n",
			r->device, text, help[r->bus]);
		return -EINVAL;
	}
	for (i = 0; i < kvargs->count && ret == 0; i++)
		ret = pair_read(r, kvargs->pairs[i].key, kvargs->pairs[i].value);
	rte_kvargs_free(kvargs);
	return ret;
}

static void
values_take(const struct reading *r)
{
	struct dlb_devargs *args = r->args;
	const long *value = r->value;
	uint32_t q;

	args->gen = (enum dlb_gen)value[ARG_HW];
	args->sched = (enum dlb_sched_mode)value[ARG_SCHED];
	args->cq_mode = (enum dlb_cq_mode)value[ARG_CQ_MODE];
	args->answers = (enum dlb_answers)value[ARG_ANSWERS];
	args->lint = value[ARG_LINT];
	args->plain_stores = value[ARG_PLAIN_STORES];
	args->wake_depth = (uint32_t)value[ARG_WAKE_DEPTH];
	args->seed = (uint32_t)value[ARG_SEED];
	args->lag = (uint32_t)value[ARG_LAG];
	args->choices = (uint32_t)value[ARG_CHOICES];
	args->noise = value[ARG_NOISE];
	args->relaxed = value[ARG_RELAXED];
	args->strict = value[ARG_STRICT];
	args->register_write = value[ARG_REGISTER_WRITE];
	args->max_events = (uint32_t)value[ARG_MAX_EVENTS];
	args->directed_credits = (uint32_t)value[ARG_DIRECTED_CREDITS];
	args->max_cq_depth = (uint32_t)value[ARG_MAX_CQ_DEPTH];
	args->max_enqueue_depth = (uint32_t)value[ARG_MAX_ENQUEUE_DEPTH];
	args->credit_quanta = (uint32_t)value[ARG_CREDIT_QUANTA];
	args->numa_node = (int)value[ARG_NUMA_NODE];
	args->vectors = value[ARG_VECTORS];
	args->spread_ports = value[ARG_SPREAD_PORTS];
	for (q = 0; q < DLB_ARG_QUEUES; q++) {
		if (args->depth_threshold[q] == 0)
			args->depth_threshold[q] = (uint16_t)value[ARG_DEFAULT_DEPTH_THRESHOLD];
	}
}

/* What a function has once, the first device on it has been given. */
static bool
names_another_device(const char *text)
{
	struct rte_kvargs *kvargs = rte_kvargs_parse(text, NULL);
	bool does = kvargs != NULL && rte_kvargs_count(kvargs, "shares") > 0;

	rte_kvargs_free(kvargs);
	return does;
}

int
dlb_devargs_parse(const char *name, const char *text, enum dlb_bus_type bus,
		  struct dlb_devargs *args)
{
	struct reading r = { .device = name, .bus = bus, .args = args };
	int ret;

	*args = (struct dlb_devargs){ 0 };
	if (bus == DLB_BUS_VDEV && text != NULL && names_another_device(text))
		r.bus = DLB_BUS_SHARED;
	memcpy(r.value, defaults[r.bus], sizeof(r.value));
	if (text != NULL && text[0] != '\0') {
		ret = pairs_read(&r, text);
		if (ret < 0)
			return ret;
	}
	values_take(&r);
	return 0;
}

const char *
dlb_sched_mode_name(enum dlb_sched_mode mode)
{
	return sched_values[mode];
}

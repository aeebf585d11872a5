/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_kvargs.h>

#include "devargs.h"
#include "log.h"

#define WAKE_DEPTH_MAX 1024
#define SEED_MAX 2147483647

static const char *const hw_values[] = { "2.0", "2.5", NULL };
static const char *const sched_values[] = { "inline", "service", "thread", NULL };
static const char *const cq_mode_values[] = { "dense", "sparse", NULL };
static const char *const answers_values[] = { "any", "in_order", NULL };
static const char *const flag_values[] = { "0", "1", NULL };

/* A key takes one of a few words, and its value is the word's index, or a number up to a maximum. */
struct key {
	const char *name;
	const char *const *words; /* NULL: a number */
	int maximum;
	const char *accepted;
	uint32_t buses; /* bit b: a device on bus b takes it */
};

#define VDEV (1u << DLB_BUS_VDEV)
#define PCI (1u << DLB_BUS_PCI)

static const struct key keys[] = {
	{ DLB_ARG_HW, hw_values, 0, "2.0, 2.5", VDEV },
	{ DLB_ARG_SCHED, sched_values, 0, "inline, service, thread", VDEV },
	{ DLB_ARG_CQ_MODE, cq_mode_values, 0, "dense, sparse", VDEV | PCI },
	{ DLB_ARG_LINT, flag_values, 0, "0, 1", VDEV },
	{ DLB_ARG_WAKE_DEPTH, NULL, WAKE_DEPTH_MAX, "0 to 1024", VDEV | PCI },
	{ DLB_ARG_PLAIN_STORES, flag_values, 0, "0, 1", PCI },
	{ DLB_ARG_ANSWERS, answers_values, 0, "any, in_order", VDEV | PCI },
	{ DLB_ARG_SEED, NULL, SEED_MAX, "0 to 2147483647", VDEV },
	{ DLB_ARG_LAG, NULL, DLB_ARG_LAG_MAX, "0 to 4096", VDEV },
	{ DLB_ARG_CHOICES, NULL, DLB_ARG_CHOICES_MAX, "0 to 63", VDEV },
	{ DLB_ARG_NOISE, flag_values, 0, "0, 1", VDEV },
	{ DLB_ARG_RELAXED, flag_values, 0, "0, 1", VDEV },
	{ DLB_ARG_STRICT, flag_values, 0, "0, 1", VDEV },
};

enum key_index {
	KEY_HW,
	KEY_SCHED,
	KEY_CQ_MODE,
	KEY_LINT,
	KEY_WAKE_DEPTH,
	KEY_PLAIN_STORES,
	KEY_ANSWERS,
	KEY_SEED,
	KEY_LAG,
	KEY_CHOICES,
	KEY_NOISE,
	KEY_RELAXED,
	KEY_STRICT,
	KEY_COUNT
};

/* What the arguments that are not given stand for. A real device writes each QE to a line of its own. */
static const int defaults[][KEY_COUNT] = {
	[DLB_BUS_VDEV] = { [KEY_HW] = DLB_V25,
			   [KEY_SCHED] = DLB_SCHED_INLINE,
			   [KEY_CQ_MODE] = DLB_CQ_DENSE,
			   [KEY_WAKE_DEPTH] = 1 },
	[DLB_BUS_PCI] = { [KEY_CQ_MODE] = DLB_CQ_SPARSE, [KEY_WAKE_DEPTH] = 1 },
};

static const char *const help[] = {
	[DLB_BUS_VDEV] = DLB_ARGS_HELP_VDEV,
	[DLB_BUS_PCI] = DLB_ARGS_HELP_PCI,
};

/* What a handler of rte_kvargs gets: the device's name, the key, and where its value goes. */
struct request {
	const char *device;
	const struct key *key;
	int *value;
};

static bool
word_find(const struct key *key, const char *text, int *value)
{
	int i;

	for (i = 0; key->words[i] != NULL; i++) {
		if (strcmp(text, key->words[i]) == 0) {
			*value = i;
			return true;
		}
	}
	return false;
}

static bool
number_read(const struct key *key, const char *text, int *value)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text || *end != '\0' || number < 0 || number > key->maximum)
		return false;
	*value = (int)number;
	return true;
}

static int
value_read(const char *name, const char *text, void *arg)
{
	const struct request *req = arg;
	const struct key *key = req->key;

	if (text != NULL && (key->words != NULL ? word_find(key, text, req->value)
						: number_read(key, text, req->value)))
		return 0;
	rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: %s=%s: accepted are %s\n", req->device, name,
		text == NULL ? "" : text, key->accepted);
	return -EINVAL;
}

static int
key_parse(const char *device, struct rte_kvargs *kvargs, const struct key *key, int *value)
{
	struct request req = { device, key, value };
	unsigned int count = rte_kvargs_count(kvargs, key->name);

	if (count > 1) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: %s is given %u times: accepted is once\n",
			device, key->name, count);
		return -EINVAL;
	}
	return count == 0 ? 0 : rte_kvargs_process(kvargs, key->name, value_read, &req);
}

/* The keys of a bus, as rte_kvargs wants them. */
static void
key_names_list(enum dlb_bus_type bus, const char *names[KEY_COUNT + 1])
{
	uint32_t count = 0;
	uint32_t k;

	for (k = 0; k < KEY_COUNT; k++) {
		if (keys[k].buses >> bus & 1)
			names[count++] = keys[k].name;
	}
	names[count] = NULL;
}

int
dlb_devargs_parse(const char *name, const char *text, enum dlb_bus_type bus,
		  struct dlb_devargs *args)
{
	const char *names[KEY_COUNT + 1];
	struct rte_kvargs *kvargs;
	int value[KEY_COUNT];
	int ret = 0;
	int k;

	memcpy(value, defaults[bus], sizeof(value));
	if (text != NULL && text[0] != '\0') {
		key_names_list(bus, names);
		kvargs = rte_kvargs_parse(text, names);
		if (kvargs == NULL) {
			rte_log(RTE_LOG_ERR, dlb_log_driver,
				"%s: device arguments '%s': accepted are %s\n", name, text,
				help[bus]);
			return -EINVAL;
		}
		for (k = 0; k < KEY_COUNT && ret == 0; k++)
			ret = key_parse(name, kvargs, &keys[k], &value[k]);
		rte_kvargs_free(kvargs);
		if (ret != 0)
			return -EINVAL;
	}

	args->gen = (enum dlb_gen)value[KEY_HW];
	args->sched = (enum dlb_sched_mode)value[KEY_SCHED];
	args->cq_mode = (enum dlb_cq_mode)value[KEY_CQ_MODE];
	args->lint = value[KEY_LINT];
	args->answers = (enum dlb_answers)value[KEY_ANSWERS];
	args->plain_stores = value[KEY_PLAIN_STORES];
	args->wake_depth = (uint32_t)value[KEY_WAKE_DEPTH];
	args->seed = (uint32_t)value[KEY_SEED];
	args->lag = (uint32_t)value[KEY_LAG];
	args->choices = (uint32_t)value[KEY_CHOICES];
	args->noise = value[KEY_NOISE];
	args->relaxed = value[KEY_RELAXED];
	args->strict = value[KEY_STRICT];
	return 0;
}

const char *
dlb_sched_mode_name(enum dlb_sched_mode mode)
{
	return sched_values[mode];
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cfgfile.h>
#include <rte_common.h>

#include "config_file.h"
#include "traffic.h"
#include "words.h"

#define ENTRIES_MAX 32
#define DOMAIN_SECTION "domain" /* and a number: another domain, and before all that is its */

/* Sections, the command of each, and where the set-up's JSON has them. */
static const struct section {
	const char *name, *command, *member;
	const char *ids[2]; /* keys that stand in the section's name */
} sections[] = {
	{ "domain", "set domain", "domain", { NULL } },
	{ "bandwidth", "set bandwidth", "bandwidth", { NULL } },
	{ "queue", "create queue", "queues", { "queue" } },
	{ "port", "create port", "ports", { "port" } },
	{ "link", "create link", "links", { "port", "queue" } },
	{ "stream", "traffic add", "streams", { "stream" } },
};

static bool
is_id(const struct section *section, const char *key)
{
	return (section->ids[0] != NULL && strcmp(section->ids[0], key) == 0) ||
	       (section->ids[1] != NULL && strcmp(section->ids[1], key) == 0);
}

static int
section_save(struct rte_cfgfile *file, const char *name, const struct section *section,
	     const struct json *object)
{
	char value[CFG_VALUE_LEN];
	const struct json *member;
	int ret;

	ret = rte_cfgfile_add_section(file, name);
	for (member = object->first; member != NULL && ret == 0; member = member->next) {
		/* rte_cfgfile reads no entry without a value. */
		if (is_id(section, member->name) ||
		    (member->type == JSON_STRING && member->text[0] == '\0'))
			continue;
		if (member->type == JSON_STRING)
			snprintf(value, sizeof(value), "%s", member->text);
		else
			snprintf(value, sizeof(value), "%" PRIu64, member->number);
		ret = rte_cfgfile_add_entry(file, name, member->name, value);
	}
	return ret;
}

/* One for each row, named with the ids of the row. */
static int
rows_save(struct rte_cfgfile *file, const char *prefix, const struct section *section,
	  const struct json *rows)
{
	char name[CFG_NAME_LEN];
	const struct json *row;
	size_t used;
	uint32_t i;
	int ret = 0;

	for (row = rows->first; row != NULL && ret == 0; row = row->next) {
		used = (size_t)snprintf(name, sizeof(name), "%s%s", prefix, section->name);
		for (i = 0; i < RTE_DIM(section->ids) && section->ids[i] != NULL; i++)
			used += (size_t)snprintf(name + used, sizeof(name) - used, " %" PRIu64,
						 json_get_number(row, section->ids[i]));
		ret = section_save(file, name, section, row);
	}
	return ret;
}

/* The first domain's sections are as if there were no other, the names of others' begin with theirs. */
static int
domain_save(struct rte_cfgfile *file, uint64_t id, const struct json *config)
{
	char own[CFG_NAME_LEN / 2] = "", prefix[CFG_NAME_LEN] = "";
	const struct json *member;
	uint32_t i;
	int ret = 0;

	if (id != 0) {
		snprintf(own, sizeof(own), DOMAIN_SECTION " %" PRIu64, id);
		snprintf(prefix, sizeof(prefix), "%s ", own);
	}
	for (i = 0; i < RTE_DIM(sections) && ret == 0; i++) {
		member = json_get(config, sections[i].member);
		if (member == NULL)
			continue;
		if (member->type == JSON_ARRAY)
			ret = rows_save(file, prefix, &sections[i], member);
		else
			ret = section_save(file, id == 0 ? sections[i].name : own, &sections[i],
					   member);
	}
	return ret;
}

static int
domains_save(struct rte_cfgfile *file, const struct json *config)
{
	const struct json *domains = json_get(config, "domains");
	const struct json *row = domains == NULL ? NULL : domains->first;
	int ret = domain_save(file, 0, config);

	for (; row != NULL && ret == 0; row = row->next)
		ret = domain_save(file, json_get_number(row, "id"), row);
	return ret;
}

int
config_file_save(struct session *s, const char *path)
{
	struct rte_cfgfile *file = rte_cfgfile_create(0);
	struct json *config = json_object();
	int ret = -ENOMEM;

	domains_add_json(&s->domains, config);
	if (file != NULL)
		ret = domains_save(file, config);
	json_destroy(config);
	errno = 0;
	if (ret == 0 && rte_cfgfile_save(file, path) != 0)
		ret = errno == 0 ? -EIO : -errno;
	rte_cfgfile_close(file);
	return ret == 0 ? 0 : session_fail(s, ret, "save config: %s: %s", path, strerror(-ret));
}

static const struct section *
section_find(const char *name)
{
	uint32_t i;

	for (i = 0; i < RTE_DIM(sections); i++) {
		if (strcmp(sections[i].name, name) == 0)
			return &sections[i];
	}
	return NULL;
}

/*
 * The command that a section's name begins with, after a change to its domain. Words of the name that have
 * been read are counted.
 */
static int
command_of(struct session *s, const struct words *words, uint32_t *read, const char **command)
{
	const struct section *section;
	char line[WORDS_BYTES];

	*read = 0;
	*command = "create domain";
	if (words->count > 1 && strcmp(words->word[0], DOMAIN_SECTION) == 0) {
		*read = words->count > 2 ? 2 : 1;
		if (words->count == 2)
			return 0;
	}
	snprintf(line, sizeof(line), "use domain \"%.64s\"", *read == 0 ? "0" : words->word[1]);
	if (session_run(s, line) < 0)
		return -EINVAL;
	section = section_find(words->word[(*read)++]);
	if (section == NULL)
		return session_fail(s, -EINVAL,
				    "no such section: accepted are domain, bandwidth, queue N, "
				    "port N, link PORT QUEUE, stream N; domain N for another "
				    "domain, and domain N before what is its");
	*command = section->command;
	return 0;
}

/* A section as the command line that it stands for. */
static int
section_load(struct session *s, const char *name, const struct rte_cfgfile_entry entries[],
	     int count)
{
	const char *command;
	char line[WORDS_BYTES];
	struct words words;
	size_t used;
	uint32_t w;
	int i, ret;

	if (words_split(name, &words) != WORDS_FINE || words.count == 0)
		return session_fail(s, -EINVAL, "a section without a name");
	ret = command_of(s, &words, &w, &command);
	if (ret < 0)
		return ret;
	used = (size_t)snprintf(line, sizeof(line), "%s", command);
	for (; w < words.count && used < sizeof(line); w++)
		used += (size_t)snprintf(line + used, sizeof(line) - used, " %s", words.word[w]);
	for (i = 0; i < count && used < sizeof(line); i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used, " %s \"%s\"",
					 entries[i].name, entries[i].value);
	if (used >= sizeof(line))
		return session_fail(s, -EINVAL, "the section is too long");
	return session_run(s, line);
}

static int
sections_load(struct session *s, struct rte_cfgfile *file, const char *path)
{
	struct rte_cfgfile_entry entries[ENTRIES_MAX];
	char where[sizeof(s->where)];
	char name[CFG_NAME_LEN];
	int sections_count = rte_cfgfile_num_sections(file, NULL, 0);
	int count, i;
	int ret = 0;

	memcpy(where, s->where, sizeof(where));
	for (i = 0; i < sections_count && ret == 0; i++) {
		count = rte_cfgfile_section_entries_by_index(file, i, name, entries, ENTRIES_MAX);
		snprintf(s->where, sizeof(s->where), "%.200s%.200s [%s]: ", where, path, name);
		ret = count < 0 ? session_fail(s, count, "cannot be read")
				: section_load(s, name, entries, count);
	}
	memcpy(s->where, where, sizeof(where));
	return ret;
}

int
config_file_load(struct session *s, const char *path)
{
	struct rte_cfgfile *file;
	int ret;

	if (access(path, R_OK) != 0)
		return session_fail(s, -errno, "load config: %s: %s", path, strerror(errno));
	file = rte_cfgfile_load(path, 0);
	if (file == NULL)
		return session_fail(
			s, -EINVAL,
			"load config: %s: accepted are [sections] of 'key = value' lines", path);
	ret = sections_load(s, file, path);
	rte_cfgfile_close(file);
	return ret;
}

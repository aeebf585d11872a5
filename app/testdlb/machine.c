/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

void
machine_path(const struct machine *m, char *path, const char *format, ...)
{
	int used = snprintf(path, MACHINE_PATH_BYTES, "%s", m->root);
	va_list ap;

	if (used >= MACHINE_PATH_BYTES)
		return;
	va_start(ap, format);
	vsnprintf(path + used, MACHINE_PATH_BYTES - (size_t)used, format, ap);
	va_end(ap);
}

bool
machine_read(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	bool fine;

	if (file == NULL)
		return false;
	fine = fgets(text, (int)size, file) != NULL;
	fclose(file);
	if (fine)
		text[strcspn(text, "\n")] = '\0';
	return fine;
}

int64_t
machine_read_number(const char *path)
{
	char text[64], *end;
	int64_t number;

	if (!machine_read(path, text, sizeof(text)))
		return -1;
	number = strtoll(text, &end, 0);
	return end == text ? -1 : number;
}

bool
machine_read_line(const char *path, const char *part, char *line, size_t size)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t bytes = 0;
	bool found = false;

	if (file == NULL)
		return false;
	while (!found && getline(&text, &bytes, file) >= 0)
		found = strstr(text, part) != NULL;
	if (found)
		snprintf(line, size, "%.*s", (int)strcspn(text, "\n"), text);
	free(text);
	fclose(file);
	return found;
}

bool
machine_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool
machine_link(const char *path, char *name, size_t size)
{
	char target[MACHINE_PATH_BYTES];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	const char *last;

	if (length < 0)
		return false;
	target[length] = '\0';
	last = strrchr(target, '/');
	snprintf(name, size, "%s", last == NULL ? target : last + 1);
	return true;
}

uint32_t
machine_entries(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	uint32_t count = 0;

	if (folder == NULL)
		return 0;
	while ((entry = readdir(folder)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(folder);
	return count;
}

int64_t
machine_sum(const char *folder_path, const char *file)
{
	char path[MACHINE_PATH_BYTES + 300];
	DIR *folder = opendir(folder_path);
	struct dirent *entry;
	int64_t sum = 0, number;

	if (folder == NULL)
		return 0;
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", folder_path, entry->d_name, file);
		number = machine_read_number(path);
		sum += number > 0 ? number : 0;
	}
	closedir(folder);
	return sum;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: fuzz_TARGET FILE-OR-DIRECTORY...
 *
 * The driver without a fuzzer: runs the target once on each file, and says how many there were.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define INPUT_MAX (1u << 16)

static unsigned count;

static void replay_file(const char *path)
{
	FILE *stream = fopen(path, "rb");
	uint8_t *data = malloc(INPUT_MAX);
	uint8_t *exact;
	size_t size;

	if (stream == NULL || data == NULL) {
		perror(path);
		exit(1);
	}
	size = fread(data, 1, INPUT_MAX, stream);
	(void)fclose(stream);
	/* In memory of just its size: a sanitizer sees the first byte beyond it. */
	exact = malloc(size > 0 ? size : 1);
	if (exact == NULL)
		exit(1);
	memcpy(exact, data, size);
	free(data);
	(void)fprintf(stderr, "%s\n", path);
	(void)LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	count++;
}

static void replay_directory(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		char file[4096];

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		replay_file(file);
	}
	if (directory != NULL)
		(void)closedir(directory);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct stat status;

		if (stat(argv[i], &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode))
			replay_directory(argv[i]);
		else
			replay_file(argv[i]);
	}
	(void)printf("%u inputs\n", count);
	return count > 0 ? 0 : 1;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* User names to file names and back: no name leads out of the store or to another's file. */
#include "username.h"

#include <string.h>

#include "fuzz.h"

#define NAME_SIZE 400

static bool encode(const char *user, char file[USERNAME_FILE_MAX + 1])
{
	char again[USERNAME_FILE_MAX + 1];

	if (!username_to_file(user, file)) {
		FUZZ_REQUIRE(file[0] == '\0');
		FUZZ_REQUIRE(user[0] == '\0' || strlen(user) > USERNAME_FILE_MAX / 3);
		return false;
	}
	FUZZ_REQUIRE(file[0] != '.' && strchr(file, '/') == NULL);
	FUZZ_REQUIRE(strlen(file) <= USERNAME_FILE_MAX);
	for (const char *c = file; *c != '\0'; c++)
		FUZZ_REQUIRE(*c > ' ' && *c < '\x7f');
	FUZZ_REQUIRE(username_from_file(file, again));
	FUZZ_REQUIRE(strcmp(again, user) == 0);
	return true;
}

/* A file that twokey did not make is nobody's. */
static void decode(const char *file)
{
	char user[USERNAME_FILE_MAX + 1];
	char again[USERNAME_FILE_MAX + 1];

	if (!username_from_file(file, user)) {
		FUZZ_REQUIRE(user[0] == '\0');
		return;
	}
	FUZZ_REQUIRE(username_to_file(user, again));
	FUZZ_REQUIRE(strcmp(again, file) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	char one[NAME_SIZE], other[NAME_SIZE];
	char file_of_one[USERNAME_FILE_MAX + 1], file_of_other[USERNAME_FILE_MAX + 1];

	(void)fuzz_text(&input, one, sizeof(one));
	(void)fuzz_text(&input, other, sizeof(other));
	decode(one);
	if (encode(one, file_of_one) && encode(other, file_of_other))
		FUZZ_REQUIRE((strcmp(one, other) == 0) ==
			     (strcmp(file_of_one, file_of_other) == 0));
	return 0;
}

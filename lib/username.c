/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P10, trusted files: whatever PAM calls the user, the name becomes one path component inside the
 * store, and two names never become the same one.
 */
#include <stddef.h>
#include <string.h>

#include "ascii.h"
#include "percent.h"
#include "username.h"

/* A leading dot would hide the file, and make "." and ".." of it. */
static bool is_plain(char c, size_t position)
{
	return ascii_is_alphanumeric(c) || c == '_' || c == '@' || c == '+' || c == '-' ||
	       (c == '.' && position > 0);
}

bool username_to_file(const char *user, char file[USERNAME_FILE_MAX + 1])
{
	static const char hex[] = "0123456789ABCDEF";
	size_t size = strlen(user);
	size_t length = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)user[i];

		if (is_plain(user[i], i) && length < USERNAME_FILE_MAX) {
			file[length++] = user[i];
		} else if (length <= USERNAME_FILE_MAX - 3) {
			file[length++] = '%';
			file[length++] = hex[byte >> 4];
			file[length++] = hex[byte & 0x0f];
		} else {
			length = 0;
			break;
		}
	}
	file[length] = '\0';
	return length > 0;
}

bool username_from_file(const char *file, char user[USERNAME_FILE_MAX + 1])
{
	char again[USERNAME_FILE_MAX + 1] = {0};

	if (percent_decode(file, 0, strlen(file), user, USERNAME_FILE_MAX + 1) &&
	    username_to_file(user, again) && strncmp(again, file, sizeof(again)) == 0)
		return true;
	user[0] = '\0';
	return false;
}

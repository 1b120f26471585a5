/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P10, trusted files: whatever PAM calls the user, the name becomes one path component inside the
 * store, and two names never become the same one.
 */
#include <stddef.h>
#include <string.h>

#include "ascii.h"
#include "username.h"

static const char hex[] = "0123456789ABCDEF";

/* A leading dot would hide the file, and make "." and ".." of it. */
static bool is_plain(char c, size_t position)
{
	return ascii_is_alphanumeric(c) || c == '_' || c == '@' || c == '+' || c == '-' ||
	       (c == '.' && position > 0);
}

bool username_to_file(const char *user, char file[USERNAME_FILE_MAX + 1])
{
	size_t length = 0;

	for (size_t i = 0; user[i] != '\0'; i++) {
		unsigned char byte = (unsigned char)user[i];
		size_t needed = is_plain(user[i], i) ? 1 : 3;

		if (length + needed > USERNAME_FILE_MAX) {
			length = 0;
			break;
		}
		if (needed == 1) {
			file[length++] = user[i];
		} else {
			file[length++] = '%';
			file[length++] = hex[byte >> 4];
			file[length++] = hex[byte & 0x0f];
		}
	}
	file[length] = '\0';
	return length > 0;
}

/* The value of an upper-case hexadecimal digit, or -1. */
static int hex_value(char c)
{
	const char *found = c != '\0' ? strchr(hex, c) : NULL;

	return found != NULL ? (int)(found - hex) : -1;
}

bool username_from_file(const char *file, char user[USERNAME_FILE_MAX + 1])
{
	char again[USERNAME_FILE_MAX + 1];
	size_t length = 0;

	for (size_t i = 0; file[i] != '\0' && length < USERNAME_FILE_MAX; i++) {
		int high = file[i] == '%' ? hex_value(file[i + 1]) : -1;
		int low = high >= 0 ? hex_value(file[i + 2]) : -1;

		if (high >= 0 && low >= 0) {
			user[length++] = (char)(high * 16 + low);
			i += 2;
		} else {
			user[length++] = file[i];
		}
	}
	user[length] = '\0';
	if (username_to_file(user, again) && strcmp(again, file) == 0)
		return true;
	user[0] = '\0';
	return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "pskc_value.h"

static int base64_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

bool pskc_set_key(struct device *device, const char *text)
{
	unsigned bits = 0, digits = 0;

	device->key_length = 0;
	for (; *text != '\0' && *text != '='; text++) {
		int value = base64_value(*text);

		if (strchr(" \t\r\n", *text) != NULL)
			continue;
		if (value < 0)
			return false;
		bits = (bits << 6 | (unsigned)value) & 0xffff;
		if (++digits % 4 == 1)
			continue;
		if (device->key_length == DEVICE_KEY_MAX)
			return false;
		device->key[device->key_length++] =
			(unsigned char)(bits >> (2 * ((4 - digits % 4) % 4)));
	}
	return digits % 4 != 1 && text[strspn(text, "= \t\r\n")] == '\0' &&
	       device->key_length >= DEVICE_KEY_MIN;
}

void pskc_read_user(const char *value, char user[PSKC_VALUE_SIZE])
{
	const char *uid = value;

	while (strncmp(uid, "UID=", 4) != 0 && strncmp(uid, "uid=", 4) != 0) {
		uid += strcspn(uid, ",");
		if (*uid == '\0')
			break;
		uid += 1 + strspn(uid + 1, " ");
	}
	if (*uid != '\0')
		value = uid + 4;
	memcpy(user, value, strlen(value) + 1);
	if (*uid != '\0')
		user[strcspn(user, ",")] = '\0';
}

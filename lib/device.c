/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <string.h>

#include "answer.h"
#include "ascii.h"
#include "base32.h"
#include "decimal.h"
#include "device.h"
#include "span.h"

static const char *const type_names[] = {[OTP_TOTP] = "totp", [OTP_HOTP] = "hotp"};
static const char *const algorithm_names[] = {
	[OTP_SHA1] = "SHA1",
	[OTP_SHA256] = "SHA256",
	[OTP_SHA512] = "SHA512",
};

/* The index of ${value} in ${names}, or ${count}. */
static size_t name_index(const char *const names[], size_t count, const char *value)
{
	size_t i = 0;

	while (i < count && strcmp(names[i], value) != 0)
		i++;
	return i;
}

static bool copy_text(char *to, size_t size, const char *value)
{
	size_t length = strlen(value);

	if (length == 0 || length >= size)
		return false;
	return span_copy(to, size, value, 0, length);
}

static bool is_name(char c)
{
	return ascii_is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

bool device_set_name(struct device *device, const char *value)
{
	for (const char *c = value; *c != '\0'; c++) {
		if (!is_name(*c))
			return false;
	}
	return copy_text(device->name, sizeof(device->name), value);
}

static bool is_uri_part(const char *value)
{
	for (const char *c = value; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == '\x7f' || *c == ':')
			return false;
	}
	return true;
}

bool device_set_issuer(struct device *device, const char *value)
{
	return is_uri_part(value) && copy_text(device->issuer, sizeof(device->issuer), value);
}

bool device_set_label(struct device *device, const char *value)
{
	return is_uri_part(value) && copy_text(device->label, sizeof(device->label), value);
}

bool device_set_type(struct device *device, const char *value)
{
	size_t count = sizeof(type_names) / sizeof(*type_names);
	size_t i = name_index(type_names, count, value);

	if (i == count)
		return false;
	device->type = (enum otp_type)i;
	return true;
}

bool device_set_algorithm(struct device *device, const char *value)
{
	size_t count = sizeof(algorithm_names) / sizeof(*algorithm_names);
	size_t i = name_index(algorithm_names, count, value);

	if (i == count)
		return false;
	device->algorithm = (enum otp_algorithm)i;
	return true;
}

static bool set_number(unsigned *number, const char *value, uint64_t least, uint64_t most)
{
	uint64_t parsed;

	if (!decimal_parse(value, most, &parsed) || parsed < least)
		return false;
	*number = (unsigned)parsed;
	return true;
}

bool device_set_digits(struct device *device, const char *value)
{
	return set_number(&device->digits, value, OTP_DIGITS_MIN, OTP_DIGITS_MAX);
}

bool device_set_period(struct device *device, const char *value)
{
	return set_number(&device->period, value, DEVICE_PERIOD_MIN, DEVICE_PERIOD_MAX);
}

bool device_set_key(struct device *device, const char *value)
{
	unsigned char key[DEVICE_KEY_MAX] = {0};
	size_t length;
	bool good = base32_decode(value, key, sizeof(key), &length) && length >= DEVICE_KEY_MIN &&
		    length <= DEVICE_KEY_MAX;

	if (good) {
		explicit_bzero(device->key, sizeof(device->key));
		memcpy(device->key, key, length);
		device->key_length = length;
	}
	explicit_bzero(key, sizeof(key));
	return good;
}

/* HMAC fills a key up with zeroes (RFC 2104): one that ends in them is the same without them. */
static unsigned char key_byte(const struct device *device, size_t index)
{
	return index < device->key_length ? device->key[index] : 0;
}

bool device_same_key(const struct device *one, const struct device *other)
{
	if (one == other)
		return true;
	for (size_t i = 0; i < DEVICE_KEY_MAX; i++) {
		if (key_byte(one, i) != key_byte(other, i))
			return false;
	}
	return true;
}

void device_key_text(const struct device *device, char text[DEVICE_KEY_BASE32_MAX + 1])
{
	base32_encode(device->key, device->key_length, text);
}

const char *otp_type_name(enum otp_type type)
{
	return type_names[type];
}

const char *otp_algorithm_name(enum otp_algorithm algorithm)
{
	return algorithm_names[algorithm];
}

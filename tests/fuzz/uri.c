/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * otpauth URIs: an input is the values of a device, as the record and the command take them. What
 * is written holds no byte that a URI may not, and says the values when it is taken apart by a
 * reader that shares nothing with lib.
 */
#include "uri.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "fuzz.h"
#include "judge.h"

#define VALUE_SIZE 200

static void draw_device(struct fuzz_input *input, struct device *device)
{
	static const char *const types[] = {"totp", "hotp"};
	static const char *const algorithms[] = {"SHA1", "SHA256", "SHA512"};
	char text[VALUE_SIZE];

	memset(device, 0, sizeof(*device));
	FUZZ_REQUIRE(device_set_type(device, types[fuzz_byte(input) % 2]));
	FUZZ_REQUIRE(device_set_algorithm(device, algorithms[fuzz_byte(input) % 3]));
	device->digits = OTP_DIGITS_MIN + fuzz_byte(input) % 3;
	if (device->type == OTP_TOTP)
		device->period = DEVICE_PERIOD_MIN + (unsigned)fuzz_draw(input, 291);
	(void)fuzz_text(input, text, sizeof(text));
	if (!device_set_key(device, text))
		device->key_length = DEVICE_KEY_MIN;
	(void)fuzz_text(input, text, sizeof(text));
	(void)device_set_issuer(device, text);
	(void)fuzz_text(input, text, sizeof(text));
	(void)device_set_label(device, text);
}

/* Take ${encoded}, which ends at one of ${ends}, apart. Return what follows. */
static const char *decode(const char *encoded, const char *ends, char text[VALUE_SIZE])
{
	size_t length = 0;

	while (*encoded != '\0' && strchr(ends, *encoded) == NULL) {
		unsigned byte = (unsigned char)*encoded++;

		FUZZ_REQUIRE(length + 1 < VALUE_SIZE);
		if (byte == '%') {
			FUZZ_REQUIRE(sscanf(encoded, "%2X", &byte) == 1);
			encoded += 2;
		}
		text[length++] = (char)byte;
	}
	text[length] = '\0';
	return encoded;
}

/* The value of a parameter, or NULL. */
static const char *parameter(const char *uri, const char *name, char text[VALUE_SIZE])
{
	char begin[32];
	const char *at;

	(void)snprintf(begin, sizeof(begin), "&%s=", name);
	at = strstr(uri, begin);
	if (at == NULL) {
		begin[0] = '?';
		at = strstr(uri, begin);
	}
	if (at == NULL)
		return NULL;
	(void)decode(at + strlen(begin), "&", text);
	return text;
}

static void require_number(const char *text, uint64_t number)
{
	char expected[VALUE_SIZE];

	(void)snprintf(expected, sizeof(expected), "%llu", (unsigned long long)number);
	FUZZ_REQUIRE(text != NULL && strcmp(text, expected) == 0);
}

static void check_parameters(const struct device *device, uint64_t counter, const char *uri)
{
	struct device again = {.digits = 0};
	char text[VALUE_SIZE];

	FUZZ_REQUIRE(parameter(uri, "secret", text) != NULL && device_set_key(&again, text));
	FUZZ_REQUIRE(again.key_length == device->key_length);
	FUZZ_REQUIRE(memcmp(again.key, device->key, sizeof(again.key)) == 0);
	FUZZ_REQUIRE(parameter(uri, "algorithm", text) != NULL &&
		     strcmp(text, otp_algorithm_name(device->algorithm)) == 0);
	require_number(parameter(uri, "digits", text), device->digits);
	if (device->type == OTP_TOTP)
		require_number(parameter(uri, "period", text), device->period);
	else
		require_number(parameter(uri, "counter", text), counter);
	if (device->issuer[0] != '\0')
		FUZZ_REQUIRE(parameter(uri, "issuer", text) != NULL &&
			     strcmp(text, device->issuer) == 0);
	else
		FUZZ_REQUIRE(parameter(uri, "issuer", text) == NULL);
}

static void check_path(const struct device *device, const char *uri)
{
	const char *begin = device->type == OTP_TOTP ? "otpauth://totp/" : "otpauth://hotp/";
	char text[VALUE_SIZE];

	FUZZ_REQUIRE(strncmp(uri, begin, strlen(begin)) == 0);
	uri += strlen(begin);
	if (device->issuer[0] != '\0') {
		uri = decode(uri, ":", text);
		FUZZ_REQUIRE(*uri++ == ':');
		FUZZ_REQUIRE(strcmp(text, device->issuer) == 0);
	}
	uri = decode(uri, "?", text);
	FUZZ_REQUIRE(*uri == '?');
	FUZZ_REQUIRE(strcmp(text, device->label) == 0);
}

/* Our own reader takes it, too, but for blanks in front of a label, and a counter beyond use. */
static void check_own_reader(const struct device *device, uint64_t counter, const char *uri)
{
	const char *label = device->label;
	const char *problem;
	struct device again;
	uint64_t counter_again;

	if (device->type == OTP_HOTP && counter > HOTP_COUNTER_MAX)
		return;
	if (device->issuer[0] != '\0')
		label += strspn(label, " ");
	FUZZ_REQUIRE(uri_parse(uri, &again, &counter_again, &problem));
	FUZZ_REQUIRE(counter_again == (device->type == OTP_HOTP ? counter : 0));
	FUZZ_REQUIRE(again.type == device->type && again.algorithm == device->algorithm);
	FUZZ_REQUIRE(again.digits == device->digits && again.period == device->period);
	FUZZ_REQUIRE(memcmp(again.key, device->key, sizeof(again.key)) == 0);
	FUZZ_REQUIRE(strcmp(again.issuer, device->issuer) == 0);
	FUZZ_REQUIRE(strcmp(again.label, label) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-._~%:/?&=";
	struct fuzz_input input = {data, size};
	struct device device;
	uint64_t counter;
	char uri[URI_MAX + 1];

	draw_device(&input, &device);
	counter = fuzz_draw(&input, UINT64_MAX);
	uri_format(&device, counter, uri);
	FUZZ_REQUIRE(strlen(uri) <= URI_MAX);
	FUZZ_REQUIRE(uri[strspn(uri, allowed)] == '\0');
	check_path(&device, uri);
	check_parameters(&device, counter, uri);
	check_own_reader(&device, counter, uri);
	return 0;
}

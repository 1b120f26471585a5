/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * otpauth URIs and percent-encoding from elsewhere: an input is a URI. What is taken is in range
 * and says the same when it is written and read again; what is refused leaves nothing.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "judge.h"
#include "percent.h"
#include "uri.h"

#define TEXT_SIZE 1200

static void require_same(const struct device *a, const struct device *b)
{
	FUZZ_REQUIRE(a->type == b->type && a->algorithm == b->algorithm);
	FUZZ_REQUIRE(a->digits == b->digits && a->period == b->period);
	FUZZ_REQUIRE(a->key_length == b->key_length);
	FUZZ_REQUIRE(memcmp(a->key, b->key, sizeof(a->key)) == 0);
	FUZZ_REQUIRE(strcmp(a->issuer, b->issuer) == 0);
	FUZZ_REQUIRE(strcmp(a->label, b->label) == 0);
}

static void check_uri(const char *text)
{
	char uri[URI_MAX + 1];
	struct device device, again;
	uint64_t counter, counter_again;
	const char *problem;

	if (!uri_parse(text, &device, &counter, &problem)) {
		FUZZ_REQUIRE(problem != NULL && counter == 0);
		FUZZ_REQUIRE(fuzz_is_zero(&device, sizeof(device)));
		return;
	}
	fuzz_check_device(&device);
	FUZZ_REQUIRE(device.name[0] == '\0');
	FUZZ_REQUIRE(counter <= (device.type == OTP_HOTP ? HOTP_COUNTER_MAX : 0));
	uri_format(&device, counter, uri);
	FUZZ_REQUIRE(uri_parse(uri, &again, &counter_again, &problem));
	require_same(&device, &again);
	FUZZ_REQUIRE(counter == counter_again);
}

/* Whatever is decoded comes back when every byte of it is encoded, in as much room as it needs. */
static void check_percent(const char *text)
{
	char decoded[TEXT_SIZE], again[TEXT_SIZE];
	char encoded[3 * TEXT_SIZE];
	size_t length;

	if (!percent_decode(text, 0, strlen(text), decoded, sizeof(decoded))) {
		FUZZ_REQUIRE(decoded[0] == '\0' && strchr(text, '%') != NULL);
		return;
	}
	length = strlen(decoded);
	FUZZ_REQUIRE(length <= strlen(text));
	FUZZ_REQUIRE(strchr(text, '%') != NULL || strcmp(text, decoded) == 0);
	encoded[0] = '\0';
	for (size_t i = 0; i < length; i++)
		(void)snprintf(encoded + 3 * i, 4, i % 2 == 0 ? "%%%02x" : "%%%02X",
			       (unsigned char)decoded[i]);
	FUZZ_REQUIRE(percent_decode(encoded, 0, 3 * length, again, length + 1));
	FUZZ_REQUIRE(strcmp(decoded, again) == 0);
	if (length > 0)
		FUZZ_REQUIRE(!percent_decode(encoded, 0, 3 * length, again, length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	char text[TEXT_SIZE];

	(void)fuzz_text(&input, text, sizeof(text));
	check_uri(text);
	check_percent(text);
	return 0;
}

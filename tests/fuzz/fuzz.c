/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"

void fuzz_require(bool holds, const char *file, int line, const char *what)
{
	if (holds)
		return;
	(void)fprintf(stderr, "%s:%d: this must hold: %s\n", file, line, what);
	abort();
}

uint8_t fuzz_byte(struct fuzz_input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->at++;
}

/* No more bytes than the number needs: so that what a byte decides stays where it is. */
uint64_t fuzz_draw(void *input, uint64_t below)
{
	uint64_t number = 0;

	for (uint64_t most = below - 1; most > 0; most >>= 8)
		number = number << 8 | fuzz_byte(input);
	return number % below;
}

size_t fuzz_text(struct fuzz_input *input, char *text, size_t size)
{
	size_t length = 0;

	while (input->left > 0 && length + 1 < size) {
		char c = (char)fuzz_byte(input);

		if (c == '\n' || c == '\0')
			break;
		text[length++] = c;
	}
	text[length] = '\0';
	return length;
}

bool fuzz_is_zero(const void *memory, size_t size)
{
	const unsigned char *bytes = memory;
	size_t i = 0;

	while (i < size && bytes[i] == 0)
		i++;
	return i == size;
}

bool fuzz_same_state(const struct state *a, const struct state *b)
{
	char text_of_a[STATE_SLOT_SIZE], text_of_b[STATE_SLOT_SIZE];

	state_format(a, text_of_a);
	state_format(b, text_of_b);
	return memcmp(text_of_a, text_of_b, sizeof(text_of_a)) == 0;
}

void fuzz_check_device(const struct device *device)
{
	FUZZ_REQUIRE(strlen(device->name) <= DEVICE_NAME_MAX);
	FUZZ_REQUIRE(strlen(device->issuer) <= DEVICE_ISSUER_MAX);
	FUZZ_REQUIRE(strlen(device->label) <= DEVICE_LABEL_MAX);
	FUZZ_REQUIRE(device->digits >= OTP_DIGITS_MIN && device->digits <= OTP_DIGITS_MAX);
	FUZZ_REQUIRE(device->key_length >= DEVICE_KEY_MIN && device->key_length <= DEVICE_KEY_MAX);
	if (device->type == OTP_TOTP)
		FUZZ_REQUIRE(device->period >= DEVICE_PERIOD_MIN &&
			     device->period <= DEVICE_PERIOD_MAX);
	else
		FUZZ_REQUIRE(device->type == OTP_HOTP && device->period == 0);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Base32 by RFC 4648, and beside liboath's. */
#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

#include "base32.h"
#include "unit.h"

/* RFC 4648 section 10. */
static const struct {
	const char *bytes;
	const char *text;
	const char *padded;
} vectors[] = {
	{"", "", ""},
	{"f", "MY", "MY======"},
	{"fo", "MZXQ", "MZXQ===="},
	{"foo", "MZXW6", "MZXW6==="},
	{"foob", "MZXW6YQ", "MZXW6YQ="},
	{"fooba", "MZXW6YTB", "MZXW6YTB"},
	{"foobar", "MZXW6YTBOI", "MZXW6YTBOI======"},
};

static void check_decoded(const char *text, const char *bytes)
{
	unsigned char decoded[8];
	size_t length;

	assert_true(base32_decode(text, decoded, sizeof(decoded), &length));
	assert_int_equal(length, strlen(bytes));
	assert_memory_equal(decoded, bytes, length);
}

static void test_vectors(void **state)
{
	char text[BASE32_LENGTH(8) + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		const char *bytes = vectors[i].bytes;

		base32_encode((const unsigned char *)bytes, strlen(bytes), text);
		assert_string_equal(text, vectors[i].text);
		assert_int_equal(strlen(text), BASE32_LENGTH(strlen(bytes)));
		check_decoded(vectors[i].text, bytes);
		check_decoded(vectors[i].padded, bytes);
	}
}

static void test_as_people_type_it(void **state)
{
	(void)state;
	check_decoded("mzxw6ytboi", "foobar");
	check_decoded(" MZXW 6ytb OI ", "foobar");
	check_decoded("MZXW6YTBOI == == ==", "foobar");
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"M",        "MZX",       "MZXW6Y",     "MZXW6YTBO", /* a digit of no use */
		"MY=",      "MY=====",   "MY=======",  "MZXW6YTB========",
		"========", "=",         "MY======MY", "MZXQ====MY======",
		"=MY=====", "M0",        "M1",         "M8",
		"M9",       "M-",        "M{",         "MY\n",
		"\tMY",     "M\xc3\x84",
	};
	unsigned char decoded[8];
	size_t length;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(base32_decode(bad[i], decoded, sizeof(decoded), &length));
}

static void test_room(void **state)
{
	unsigned char decoded[8] = {0};
	size_t length;

	(void)state;
	assert_true(base32_decode("MZXW6YTBOI", decoded, 6, &length));
	assert_false(base32_decode("MZXW6YTBOI", decoded, 5, &length));
	assert_true(base32_decode("", decoded, 0, &length));
	assert_int_equal(decoded[6], 0);
}

/* What is written and read is what liboath writes and reads; but for padding, where it is lax. */
static void test_beside_liboath(void **state)
{
	static const char often[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcxyz   ";
	unsigned seed = 1, good = 0, bad = 0;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		char text[64] = "", again[BASE32_LENGTH(64) + 1];
		char *theirs = NULL, *encoded = NULL;
		unsigned char ours[64];
		unsigned count = next_random(&seed, sizeof(text));
		size_t length, their_length = 0;
		bool taken;

		for (unsigned i = 0; i < count; i++)
			text[i] = next_random(&seed, 200) == 0
					  ? (char)(1 + next_random(&seed, '=' - 1))
					  : often[next_random(&seed, sizeof(often) - 1)];
		taken = oath_base32_decode(text, strlen(text), &theirs, &their_length) == OATH_OK;
		assert_int_equal(base32_decode(text, ours, sizeof(ours), &length), taken);
		good += taken;
		bad += !taken;
		if (!taken)
			continue;
		assert_int_equal(length, their_length);
		if (length > 0)
			assert_memory_equal(ours, theirs, length);
		assert_int_equal(oath_base32_encode(theirs, length, &encoded, NULL), OATH_OK);
		encoded[strcspn(encoded, "=")] = '\0';
		base32_encode(ours, length, again);
		assert_string_equal(again, encoded);
		free(encoded);
		free(theirs);
	}
	assert_true(good > 5000 && bad > 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),        cmocka_unit_test(test_as_people_type_it),
		cmocka_unit_test(test_refused),        cmocka_unit_test(test_room),
		cmocka_unit_test(test_beside_liboath),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

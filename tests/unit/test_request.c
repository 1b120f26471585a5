/* SPDX-License-Identifier: BSD-2-Clause */
/* What twokey-helper is asked by whoever likes: read whole or not at all. */
#include <stdio.h>
#include <string.h>

#include "request.h"
#include "unit.h"

static const struct request full = {
	.kind = REQUEST_PASSWORD_CODE,
	.user = "alice",
	.service = "i3lock",
	.rhost = "a host\nof two lines",
	.tty = ":0",
	.ruser = "alice",
	.store = "/var/lib/twokey",
	.unenrolled = REQUEST_UNENROLLED_AS_CONFIGURED,
	.password = {.length = 15, .text = "code 6:123456\n "},
	.code = {.length = 6, .text = "123456"},
};

static struct fields message(const struct request *request)
{
	struct fields fields;

	assert_true(request_format(request, &fields));
	return fields;
}

static bool parses(const char *bytes, size_t length)
{
	static const struct request wiped;
	struct fields fields = {.length = length};
	struct request request;
	bool good;

	memcpy(fields.text, bytes, length);
	good = request_parse(&fields, &request);
	if (!good)
		assert_memory_equal(&request, &wiped, sizeof(request));
	return good;
}

static void test_round_trip(void **state)
{
	struct request request;

	(void)state;
	for (int kind = REQUEST_LOOK; kind <= REQUEST_REMOVE; kind++) {
		struct request asked = full;
		struct fields fields;

		asked.kind = (enum request_kind)kind;
		asked.unenrolled = (enum request_unenrolled)(kind % 2);
		fields = message(&asked);
		assert_true(request_parse(&fields, &request));
		assert_int_equal(request.kind, kind);
		assert_int_equal(request.unenrolled, kind % 2);
		assert_string_equal(request.user, full.user);
		assert_string_equal(request.service, full.service);
		assert_string_equal(request.rhost, full.rhost);
		assert_string_equal(request.tty, full.tty);
		assert_string_equal(request.ruser, full.ruser);
		assert_string_equal(request.store, full.store);
		assert_string_equal(request.password.text, full.password.text);
		assert_int_equal(request.password.length, full.password.length);
		assert_string_equal(request.code.text, full.code.text);
	}
}

/* The longest of everything fits a message: whoever may log in at all is never too long for it. */
static void test_longest(void **state)
{
	struct request longest = full;
	struct fields fields;

	(void)state;
	memset(longest.user, 'u', sizeof(longest.user) - 1);
	memset(longest.service, 's', sizeof(longest.service) - 1);
	memset(longest.rhost, 'h', sizeof(longest.rhost) - 1);
	memset(longest.tty, 't', sizeof(longest.tty) - 1);
	memset(longest.ruser, 'r', sizeof(longest.ruser) - 1);
	memset(longest.store, '/', sizeof(longest.store) - 1);
	memset(longest.password.text, 'p', SECRET_MAX);
	memset(longest.code.text, '1', SECRET_MAX);
	fields = message(&longest);
	assert_true(parses(fields.text, fields.length));
}

static void test_cut_and_lengthened(void **state)
{
	struct fields fields = message(&full);

	(void)state;
	assert_true(parses(fields.text, fields.length));
	for (size_t length = 0; length < fields.length; length++)
		assert_false(parses(fields.text, length));
	fields.text[fields.length] = '\n';
	assert_false(parses(fields.text, fields.length + 1));
	assert_false(parses(fields.text, sizeof(fields.text)));
}

/* Any byte may be another one: what is still a request is one that could have been made. */
static void test_any_byte(void **state)
{
	struct fields fields = message(&full);
	unsigned refused = 0;

	(void)state;
	for (size_t i = 0; i < fields.length; i++) {
		for (int byte = 0; byte < 256; byte++) {
			struct fields other = fields;
			struct fields again;
			struct request request;

			other.text[i] = (char)byte;
			if (!request_parse(&other, &request)) {
				refused++;
				continue;
			}
			again = message(&request);
			assert_int_equal(again.length, fields.length);
			assert_memory_equal(again.text, other.text, again.length);
		}
	}
	assert_true(refused > 0);
}

static void test_malformed(void **state)
{
	static const char *const heads[] = {
		"",
		"twokey 1:2\nkind 4:look\n",
		"twokey 1:1\nkind 5:login\n",
		"twokey 1:1\nkind 4:look\nuser 256:",
		"twokey 1:1\nkind 4:look\nuser 99999:alice\n",
		"twokey 1:1\nkind 4:look\nuser -1:alice\n",
		"twokey 1:1\nkind 4:look\nuser +5:alice\n",
		"twokey 1:1\nkind 4:look\nuser 5 :alice\n",
		"twokey 1:1\nkind 4:look\nuser :alice\n",
		"twokey 1:1\nkind 4:look\nuser 4:alice\n",
		"twokey 1:1\nkind 4:look\nuser 6:alice\n",
		"twokey 1:1\nkind 4:look\nservice 2:su\n",
		"kind 4:look\ntwokey 1:1\n",
		"TWOKEY 1:1\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(heads); i++)
		assert_false(parses(heads[i], strlen(heads[i])));
}

static void test_no_room(void **state)
{
	struct fields fields = {0};
	char large[FIELDS_MAX + 100];
	char value[8];

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	assert_false(fields_put(&fields, "large", large));
	assert_int_equal(fields.length, 0);
	assert_true(fields_put(&fields, "small", "text"));
	assert_false(fields_put(&fields, "large", large));
	assert_true(fields_take(&fields, "small", value, sizeof(value)));
	assert_string_equal(value, "text");
	assert_true(fields_end(&fields));
	assert_false(fields_take(&fields, "small", value, sizeof(value)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),         cmocka_unit_test(test_longest),
		cmocka_unit_test(test_cut_and_lengthened), cmocka_unit_test(test_any_byte),
		cmocka_unit_test(test_malformed),          cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

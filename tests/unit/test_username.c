/* SPDX-License-Identifier: BSD-2-Clause */
/* User names and the files that hold them. */
#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "username.h"

static void test_names(void **state)
{
	static const struct {
		const char *user;
		const char *file;
	} rows[] = {
		{"alice", "alice"},
		{"alice.smith@example.org", "alice.smith@example.org"},
		{"a_b-c+d", "a_b-c+d"},
		{"-rf", "-rf"},
		{".", "%2E"},
		{"..", "%2E."},
		{".hidden", "%2Ehidden"},
		{"../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"},
		{"a/b", "a%2Fb"},
		{"DOMAIN\\user", "DOMAIN%5Cuser"},
		{"new\nline", "new%0Aline"},
		{"100%", "100%25"},
		{"%2E", "%252E"},
		{"m\xc3\xbcller", "m%C3%BCller"},
		{"machine$", "machine%24"},
		{"a b", "a%20b"},
	};
	char file[USERNAME_FILE_MAX + 1];
	char user[USERNAME_FILE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(username_to_file(rows[i].user, file));
		assert_string_equal(file, rows[i].file);
		assert_true(username_from_file(file, user));
		assert_string_equal(user, rows[i].user);
	}
}

static void test_no_names(void **state)
{
	char user[1001];
	char file[USERNAME_FILE_MAX + 1];

	(void)state;
	assert_false(username_to_file("", file));
	memset(user, 'a', sizeof(user) - 1);
	user[1000] = '\0';
	assert_false(username_to_file(user, file));
	assert_string_equal(file, "");
	user[256] = '\0';
	assert_false(username_to_file(user, file));
	user[255] = '\0';
	assert_true(username_to_file(user, file));
	user[254] = '/';
	assert_false(username_to_file(user, file));
}

/* What is in the directory but was never put there by a name. */
static void test_no_files(void **state)
{
	static const char *const files[] = {"",    ".",   "..",   "a/b",  "%2e",
					    "%41", "a%",  "a%2",  "a%zz", "a b",
					    ".x",  "%00", "a%00", "a\nb", "alice~"};
	char user[USERNAME_FILE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		assert_false(username_from_file(files[i], user));
		assert_string_equal(user, "");
	}
}

/* All names of two bytes: each has a file of its own, and comes back. */
static void test_injective(void **state)
{
	char again[USERNAME_FILE_MAX + 1];
	char file[USERNAME_FILE_MAX + 1];

	(void)state;
	for (unsigned first = 1; first < 256; first++) {
		for (unsigned second = 0; second < 256; second++) {
			char user[] = {(char)first, (char)second, '\0'};

			assert_true(username_to_file(user, file));
			assert_null(strchr(file, '/'));
			assert_true(file[0] != '.');
			assert_true(username_from_file(file, again));
			assert_string_equal(again, user);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_names),
		cmocka_unit_test(test_no_files),
		cmocka_unit_test(test_injective),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands between two positions, wherever they are. */
#include <string.h>

#include "span.h"
#include "unit.h"

static const char text[] = {'a', '=', 'b', '=', 'c'};

static void test_find(void **state)
{
	(void)state;
	assert_int_equal(span_find(text, 0, sizeof(text), '='), 1);
	assert_int_equal(span_find(text, 1, sizeof(text), '='), 1);
	assert_int_equal(span_find(text, 2, sizeof(text), '='), 3);
	assert_int_equal(span_find(text, 4, sizeof(text), '='), sizeof(text));
	assert_int_equal(span_find(text, 2, 3, '='), 3);
	assert_int_equal(span_find(text, 5, sizeof(text), '='), sizeof(text));
	assert_int_equal(span_find(text, SIZE_MAX, sizeof(text), '='), sizeof(text));
	assert_int_equal(span_find(text, 0, 0, 'a'), 0);
}

static void test_is_all(void **state)
{
	static const char blanks[] = {'x', ' ', ' ', ' ', 'x'};

	(void)state;
	assert_true(span_is_all(blanks, 1, 4, ' '));
	assert_true(span_is_all(blanks, 1, 2, ' '));
	assert_false(span_is_all(blanks, 0, 4, ' '));
	assert_false(span_is_all(blanks, 1, 5, ' '));
	assert_false(span_is_all(blanks, 1, 4, 'x'));
	assert_true(span_is_all(blanks, 4, 4, ' '));
	assert_true(span_is_all(blanks, SIZE_MAX, 4, ' '));
}

static void test_copy(void **state)
{
	char copy[4];

	(void)state;
	assert_true(span_copy(copy, sizeof(copy), text, 1, 4));
	assert_string_equal(copy, "=b=");
	assert_true(span_copy(copy, sizeof(copy), text, 4, 5));
	assert_string_equal(copy, "c");
	assert_true(span_copy(copy, sizeof(copy), text, 5, 5));
	assert_string_equal(copy, "");
	assert_true(span_copy(copy, sizeof(copy), text, SIZE_MAX, 5));
	assert_string_equal(copy, "");
	assert_true(span_copy(copy, 1, text, 2, 2));
	assert_string_equal(copy, "");
}

/* What does not fit leaves nothing, and the end of the room is always the end of the copy. */
static void test_no_room(void **state)
{
	char copy[4] = "abc";

	(void)state;
	assert_false(span_copy(copy, sizeof(copy), text, 0, 4));
	assert_string_equal(copy, "");
	memset(copy, 'x', sizeof(copy));
	assert_true(span_copy(copy, sizeof(copy), text, 0, 1));
	assert_int_equal(copy[sizeof(copy) - 1], '\0');
	assert_false(span_copy(copy, 1, text, 0, 1));
	assert_string_equal(copy, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_is_all),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

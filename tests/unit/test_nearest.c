/* SPDX-License-Identifier: BSD-2-Clause */
/* The name that was meant. */
#include <string.h>

#include "nearest.h"
#include "unit.h"

static const char *search(const char *typed)
{
	static const char *const names[] = {"window", "max_failures", "lock_time", "lock_times"};
	struct nearest nearest = nearest_begin(typed);

	for (size_t i = 0; i < COUNT(names); i++)
		nearest_offer(&nearest, names[i]);
	return nearest.name;
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_string_equal(search("windw"), "window");
	assert_string_equal(search("windoww"), "window");
	assert_string_equal(search("wimdow"), "window");
	assert_string_equal(search("widnow"), "window");
	assert_string_equal(search("WINDOW"), "window");
	assert_string_equal(search("max-failures"), "max_failures");
}

/* The first of those that are as near, and the nearer one whichever comes first. */
static void test_choice(void **state)
{
	(void)state;
	assert_string_equal(search("lock_tim"), "lock_time");
	assert_string_equal(search("lock_time"), "lock_time");
	assert_string_equal(search("lock_timess"), "lock_times");
}

static void test_far(void **state)
{
	char longest[NEAREST_NAME_MAX + 2];
	struct nearest nearest;

	(void)state;
	assert_null(search(""));
	assert_null(search("colour"));
	assert_null(search("wnw"));
	memset(longest, 'n', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_null(search(longest));
	nearest = nearest_begin("n");
	nearest_offer(&nearest, longest);
	assert_null(nearest.name);
	nearest = nearest_begin(longest + 1);
	nearest_offer(&nearest, longest + 1);
	assert_string_equal(nearest.name, longest + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

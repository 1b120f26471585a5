/* SPDX-License-Identifier: BSD-2-Clause */
/* crypt(3) behind lib/hash, and what becomes of it when libcrypt can't be loaded. */
#include <dlfcn.h>
#include <string.h>

#include "hash.h"
#include "recovery.h"
#include "unit.h"

/* crypt(3)'s own example of SHA-512, from Drepper's specification. */
#define PHRASE  "Hello world!"
#define SETTING "$6$saltstring"
#define HASH                                                                                       \
	SETTING "$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u"                     \
		"4OTLiBFdcbYEdFCoEOfaS35inz1"

/* What fails from now on (-Wl,--wrap). */
static enum { NOTHING_FAILS, NO_LIBRARY, NO_SYMBOL } fault;

void *__real_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags);
void *__real_dlsym(void *library, const char *name);
void *__wrap_dlsym(void *library, const char *name);

void *__wrap_dlopen(const char *name, int flags)
{
	return fault == NO_LIBRARY ? NULL : __real_dlopen(name, flags);
}

void *__wrap_dlsym(void *library, const char *name)
{
	return fault == NO_SYMBOL ? NULL : __real_dlsym(library, name);
}

static int teardown(void **state)
{
	(void)state;
	fault = NOTHING_FAILS;
	return 0;
}

static void test_known_hash(void **state)
{
	struct hasher hasher;
	char hash[HASH_SIZE];

	(void)state;
	assert_true(hash_open(&hasher));
	assert_true(hash_make(&hasher, PHRASE, SETTING, hash));
	assert_string_equal(hash, HASH);
	assert_true(hash_make(&hasher, PHRASE, HASH, hash));
	assert_true(hash_same(hash, HASH));
	assert_true(hash_make(&hasher, "hello world!", HASH, hash));
	assert_false(hash_same(hash, HASH));
	hash_close(&hasher);
}

static void test_settings(void **state)
{
	static const char *const unusable[] = {"", "!", "*", "!" HASH, "*0", "$unknown$salt$hash"};
	char one[HASH_SIZE], other[HASH_SIZE], hash[HASH_SIZE];
	struct hasher hasher;

	(void)state;
	assert_true(hash_open(&hasher));
	assert_true(hash_is_usable(&hasher, HASH));
	for (size_t i = 0; i < COUNT(unusable); i++)
		assert_false(hash_is_usable(&hasher, unusable[i]));
	assert_false(hash_make(&hasher, PHRASE, "*0", hash));
	assert_string_equal(hash, "");

	assert_true(hash_salt(&hasher, "$y$", 1, one));
	assert_true(hash_salt(&hasher, "$y$", 1, other));
	assert_string_not_equal(one, other);
	assert_false(hash_salt(&hasher, "$unknown$", 1, other));
	hash_close(&hasher);
}

static void test_no_library(void **state)
{
	struct hasher hasher;
	struct record record = {.recovery_count = 1, .recovery = {HASH}};
	char codes[1][RECOVERY_LENGTH + 1] = {"ABCDEFGHJKM"};
	char hash[HASH_SIZE];
	size_t index;

	(void)state;
	for (fault = NO_LIBRARY; fault <= NO_SYMBOL; fault++) {
		assert_false(hash_open(&hasher));
		assert_false(hash_make(&hasher, PHRASE, HASH, hash));
		assert_string_equal(hash, "");
		assert_false(hash_is_usable(&hasher, HASH));
		assert_false(hash_salt(&hasher, "$y$", 1, hash));
		hash_close(&hasher);

		assert_int_equal(recovery_find(&record, PHRASE, &index), REASON_HASH_FAILED);
		assert_int_equal(index, record.recovery_count);
		assert_int_equal(recovery_replace(&record, codes, 1), REASON_HASH_FAILED);
		assert_string_equal(record.recovery[0], HASH);
	}
	fault = NOTHING_FAILS;
	assert_int_equal(recovery_find(&record, PHRASE, &index), REASON_NONE);
	assert_int_equal(index, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_hash),
		cmocka_unit_test(test_settings),
		cmocka_unit_test_teardown(test_no_library, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

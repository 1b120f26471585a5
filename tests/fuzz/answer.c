/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person types where a code is asked for, and a password directly followed by a code. */
#include "answer.h"

#include <string.h>

#include "fuzz.h"
#include "recovery.h"

#define TYPED_MAX 600

static bool same(const struct answer *a, const struct answer *b)
{
	return a->form == b->form && a->length == b->length &&
	       a->maybe_imported == b->maybe_imported &&
	       memcmp(a->text, b->text, sizeof(a->text)) == 0;
}

static void check_form(const struct answer *answer)
{
	static const char *const allowed[] = {"", "0123456789", RECOVERY_ALPHABET};
	static const size_t least[] = {0, OTP_DIGITS_MIN, RECOVERY_LENGTH};
	static const size_t most[] = {0, OTP_DIGITS_MAX, RECOVERY_LENGTH};

	FUZZ_REQUIRE(strlen(answer->text) == answer->length);
	FUZZ_REQUIRE(strspn(answer->text, allowed[answer->form]) == answer->length);
	FUZZ_REQUIRE(answer->length >= least[answer->form]);
	FUZZ_REQUIRE(answer->length <= most[answer->form]);
	/* Behind the text there is nothing of what was typed. */
	FUZZ_REQUIRE(
		fuzz_is_zero(answer->text + answer->length, sizeof(answer->text) - answer->length));
}

/* A blank and a dash anywhere change nothing. */
static void check_ornaments(const char *typed, const struct answer *answer)
{
	char ornate[2 * TYPED_MAX + 1];
	struct answer again;
	size_t length = 0;

	for (size_t i = 0; typed[i] != '\0'; i++) {
		ornate[length++] = i % 2 == 0 ? ' ' : '-';
		ornate[length++] = typed[i];
	}
	ornate[length] = '\0';
	answer_read(ornate, &again);
	FUZZ_REQUIRE(same(answer, &again));
}

static void check_read(const char *typed)
{
	struct answer answer, again;

	answer_read(typed, &answer);
	check_form(&answer);
	check_ornaments(typed, &answer);
	answer_read(answer.text, &again);
	FUZZ_REQUIRE(same(&answer, &again));
}

/* Whatever the password, a code behind it is found, as long as it is typed in full. */
static void check_split(const char *typed, unsigned digits)
{
	size_t length = strlen(typed);
	char both[TYPED_MAX + RECOVERY_SHOWN + 1];
	char shown[RECOVERY_SHOWN + 1];
	struct answer answer;

	FUZZ_REQUIRE(answer_split(typed, digits) <= length);
	memcpy(both, typed, length);
	memcpy(both + length, "12345678", digits);
	both[length + digits] = '\0';
	FUZZ_REQUIRE(answer_split(both, digits) == length);
	/* What costs one user a hash costs it all. */
	answer_read(typed + answer_split(typed, digits), &answer);
	FUZZ_REQUIRE(!answer.maybe_imported || answer_maybe_imported(typed));
	recovery_show("ACDEFHJKMNPQ", shown);
	memcpy(both + length, shown, sizeof(shown));
	FUZZ_REQUIRE(answer_split(both, digits) == length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	unsigned digits = OTP_DIGITS_MIN + fuzz_byte(&input) % 3;
	char typed[TYPED_MAX];

	(void)fuzz_text(&input, typed, sizeof(typed));
	check_read(typed);
	check_split(typed, digits);
	check_read(typed + answer_split(typed, digits));
	return 0;
}

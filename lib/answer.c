/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "answer.h"

/* The locale must not decide what a digit is: full-width digits and the like are no code. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char to_upper(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c;
}

static bool in_recovery_alphabet(char c)
{
	return c != '\0' && strchr(RECOVERY_ALPHABET, c) != NULL;
}

static enum answer_form form_of(const char *text, size_t length)
{
	size_t digits = 0;
	size_t recovery = 0;

	for (size_t i = 0; i < length; i++) {
		digits += is_digit(text[i]);
		recovery += in_recovery_alphabet(text[i]);
	}
	if (digits == length && length >= OTP_DIGITS_MIN && length <= OTP_DIGITS_MAX)
		return ANSWER_OTP;
	if (recovery == length && length == RECOVERY_LENGTH)
		return ANSWER_RECOVERY;
	return ANSWER_MALFORMED;
}

void answer_read(const char *typed, struct answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	for (const char *c = typed; *c != '\0'; c++) {
		if (*c == ' ' || *c == '-')
			continue;
		if (answer->length == RECOVERY_LENGTH) {
			explicit_bzero(answer, sizeof(*answer));
			return;
		}
		answer->text[answer->length++] = to_upper(*c);
	}
	answer->form = form_of(answer->text, answer->length);
	answer->maybe_imported =
		answer->form == ANSWER_OTP && answer->length == RECOVERY_IMPORTED_LENGTH;
	if (answer->form == ANSWER_MALFORMED)
		explicit_bzero(answer, sizeof(*answer));
}

/* Only the dashes tell a recovery code from the end of a password that is followed by digits. */
static bool is_shown_recovery(const char *text)
{
	for (size_t i = 0; i < RECOVERY_SHOWN; i++) {
		bool dash = i % (RECOVERY_GROUP + 1) == RECOVERY_GROUP;

		if (dash ? text[i] != '-' : !in_recovery_alphabet(to_upper(text[i])))
			return false;
	}
	return true;
}

size_t answer_split(const char *typed, unsigned digits)
{
	size_t length = strlen(typed);

	if (length >= RECOVERY_SHOWN && is_shown_recovery(typed + length - RECOVERY_SHOWN))
		return length - RECOVERY_SHOWN;
	return length >= digits ? length - digits : length;
}

bool answer_maybe_imported(const char *typed)
{
	size_t length = strlen(typed);

	if (length < RECOVERY_IMPORTED_LENGTH)
		return false;
	for (size_t i = length - RECOVERY_IMPORTED_LENGTH; i < length; i++) {
		if (!is_digit(typed[i]))
			return false;
	}
	return true;
}

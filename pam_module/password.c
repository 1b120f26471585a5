/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P1, one verdict: exactly one hash is computed, whoever the user is, and of the kind that the
 * host's accounts have. P8, secrets stay secret: hashes are wiped after use.
 */
#include <errno.h>
#include <shadow.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "password.h"

/* A line of shadow(5): a name, a hash of up to CRYPT_OUTPUT_SIZE bytes, seven numbers. */
#define SHADOW_LINE_MAX 2048

/* Where no account has a password: the Debian 12 default, yescrypt. */
#define FALLBACK_SETTING "$y$j9T$twokey.has.no.password.."

/*
 * What sshd hands to PAM for a user it refuses anyway, repeated to the length of what was typed, so
 * that the module can't tell it whether the password was right.
 */
static const char placeholder[] = "\b\n\r\177INCORRECT";

static bool is_placeholder(const struct secret *typed)
{
	size_t length = sizeof(placeholder) - 1;

	for (size_t i = 0; i < typed->length; i++) {
		if (typed->text[i] != placeholder[i % length])
			return false;
	}
	return typed->length > 0;
}

/*
 * The setting for those who have none: that of the first account with a password, so that a user
 * who does not exist takes the time of one who does.
 */
static void read_decoy_setting(const struct hasher *hasher, char setting[HASH_SIZE])
{
	char buffer[SHADOW_LINE_MAX];
	struct spwd entry;
	struct spwd *found = NULL;
	char block[BUFSIZ];
	FILE *shadow = fopen(SHADOW, "re");

	memcpy(setting, FALLBACK_SETTING, sizeof(FALLBACK_SETTING));
	if (shadow == NULL)
		return;
	/* stdio's own buffer would stay in the heap with other people's hashes. */
	(void)setvbuf(shadow, block, _IOFBF, sizeof(block));
	while (fgetspent_r(shadow, &entry, buffer, sizeof(buffer), &found) == 0) {
		if (!hash_is_usable(hasher, entry.sp_pwdp) || strlen(entry.sp_pwdp) >= HASH_SIZE)
			continue;
		memcpy(setting, entry.sp_pwdp, strlen(entry.sp_pwdp) + 1);
		break;
	}
	(void)fclose(shadow);
	explicit_bzero(buffer, sizeof(buffer));
	explicit_bzero(block, sizeof(block));
}

/* REASON_NONE with the user's own hash, or why there is none. */
static enum reason read_hash(const struct hasher *hasher, const char *user, char hash[HASH_SIZE])
{
	char buffer[SHADOW_LINE_MAX];
	struct spwd entry;
	struct spwd *found = NULL;
	enum reason reason = REASON_NONE;
	int error = getspnam_r(user, &entry, buffer, sizeof(buffer), &found);

	if (found == NULL)
		reason = error == 0 || error == ENOENT ? REASON_UNKNOWN_USER
						       : REASON_PASSWORD_UNREADABLE;
	else if (!hash_is_usable(hasher, entry.sp_pwdp) || strlen(entry.sp_pwdp) >= HASH_SIZE)
		reason = REASON_LOCKED_PASSWORD;
	else
		memcpy(hash, entry.sp_pwdp, strlen(entry.sp_pwdp) + 1);
	explicit_bzero(buffer, sizeof(buffer));
	return reason;
}

/* What was typed can't be right by its form alone. */
static enum reason check_form(const struct secret *typed)
{
	if (typed->length == 0)
		return REASON_EMPTY_PASSWORD;
	if (is_placeholder(typed))
		return REASON_PLACEHOLDER_PASSWORD;
	return REASON_NONE;
}

enum reason password_check(const char *user, const struct secret *typed)
{
	char decoy[HASH_SIZE];
	char expected[HASH_SIZE];
	char hash[HASH_SIZE];
	struct hasher hasher;
	enum reason account, form;
	bool made, same;

	if (!hash_open(&hasher))
		return REASON_HASH_FAILED;
	read_decoy_setting(&hasher, decoy);
	account = read_hash(&hasher, user, expected);
	made = hash_make(&hasher, typed->text, account == REASON_NONE ? expected : decoy, hash);
	same = made && account == REASON_NONE && hash_same(hash, expected);
	hash_close(&hasher);
	form = check_form(typed);
	explicit_bzero(decoy, sizeof(decoy));
	explicit_bzero(expected, sizeof(expected));
	explicit_bzero(hash, sizeof(hash));

	if (!made)
		return REASON_HASH_FAILED;
	if (form != REASON_NONE)
		return form;
	if (account != REASON_NONE)
		return account;
	return same ? REASON_NONE : REASON_WRONG_PASSWORD;
}

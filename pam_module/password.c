/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P1, one verdict: exactly one hash is computed, whoever the user is, and of the kind that the
 * host's accounts have. P8, secrets stay secret: hashes are wiped after use.
 */
#include <shadow.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "account.h"
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

/* What is wanted of the shadow file. */
struct search {
	const struct hasher *hasher;
	const char *user;
	char *setting; /* for those who have none: that of the first account with a password, so
			  that a user who does not exist takes the time of one who does */
	char *hash;    /* the user's own, where account is REASON_NONE */
	enum reason account; /* REASON_UNKNOWN_USER until the user is found */
	bool has_setting;
};

static void look_at(struct search *search, const struct spwd *entry)
{
	size_t length;
	bool usable;

	if (account_is_compat(entry->sp_namp))
		return;
	length = strlen(entry->sp_pwdp);
	usable = length < HASH_SIZE && hash_is_usable(search->hasher, entry->sp_pwdp);
	if (usable && !search->has_setting) {
		memcpy(search->setting, entry->sp_pwdp, length + 1);
		search->has_setting = true;
	}
	/* The first line of a name counts, as it does for getspnam(3). */
	if (search->account != REASON_UNKNOWN_USER || strcmp(entry->sp_namp, search->user) != 0)
		return;
	search->account = usable ? REASON_NONE : REASON_LOCKED_PASSWORD;
	if (usable)
		memcpy(search->hash, entry->sp_pwdp, length + 1);
}

/* A line that is no account's, or longer than any, is nobody's, and those below it are read. */
static void look_through(struct search *search, FILE *shadow)
{
	char line[SHADOW_LINE_MAX];
	char fields[SHADOW_LINE_MAX];
	bool begun = false;

	while (fgets(line, sizeof(line), shadow) != NULL) {
		bool whole = !begun && strchr(line, '\n') != NULL;
		struct spwd entry;
		struct spwd *found = NULL;

		begun = strchr(line, '\n') == NULL;
		if (whole && sgetspent_r(line, &entry, fields, sizeof(fields), &found) == 0)
			look_at(search, &entry);
	}
	explicit_bzero(line, sizeof(line));
	explicit_bzero(fields, sizeof(fields));
}

/*
 * The file itself, whole, whoever is looked for: getspnam(3) would ask who knows whom over the
 * network (P9), take longer for some than for others (P1), and leave hashes in freed memory (P8).
 */
static void read_shadow(struct search *search)
{
	char block[BUFSIZ];
	FILE *shadow = fopen(SHADOW, "re");

	memcpy(search->setting, FALLBACK_SETTING, sizeof(FALLBACK_SETTING));
	if (shadow == NULL) {
		search->account = REASON_PASSWORD_UNREADABLE;
		return;
	}
	/* stdio's own buffer would stay in the heap with other people's hashes. */
	(void)setvbuf(shadow, block, _IOFBF, sizeof(block));
	look_through(search, shadow);
	if (ferror(shadow) != 0)
		search->account = REASON_PASSWORD_UNREADABLE;
	(void)fclose(shadow);
	explicit_bzero(block, sizeof(block));
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
	struct search search = {.hasher = &hasher,
				.user = user,
				.setting = decoy,
				.hash = expected,
				.account = REASON_UNKNOWN_USER};
	enum reason account, form;
	bool made, same;

	if (!hash_open(&hasher))
		return REASON_HASH_FAILED;
	read_shadow(&search);
	account = search.account;
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

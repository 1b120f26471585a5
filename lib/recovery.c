/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "random.h"
#include "recovery.h"

/*
 * yescrypt with its least work, twenty microseconds. What a slow hash protects is a word that
 * people choose. A code is 55 random bits under a salt of its record, which no hash needs to make
 * dearer; and whoever can read the hash reads the device's key beside it, which lets in at once.
 */
#define RECOVERY_SETTING "$y$j/.$"

/* For a record without recovery codes, so that one that has them is not told by the time. */
#define RECOVERY_DUMMY_SETTING RECOVERY_SETTING "twokey.has.no.codes.here"

#define ALPHABET_LENGTH        (sizeof(RECOVERY_ALPHABET) - 1)

/* Bytes from here up would make some letters likelier than others. */
#define FAIR_LIMIT (256 - 256 % ALPHABET_LENGTH)

/* Random bytes that no letter has been made of. */
struct pool {
	size_t left;
	unsigned char bytes[RANDOM_MAX];
};

static bool draw_letter(struct pool *pool, char *letter)
{
	unsigned char byte;

	do {
		if (pool->left == 0) {
			if (!random_bytes(pool->bytes, sizeof(pool->bytes)))
				return false;
			pool->left = sizeof(pool->bytes);
		}
		byte = pool->bytes[--pool->left];
	} while (byte >= FAIR_LIMIT);
	*letter = RECOVERY_ALPHABET[byte % ALPHABET_LENGTH];
	return true;
}

bool recovery_make(char codes[][RECOVERY_LENGTH + 1], size_t count)
{
	struct pool pool = {.left = 0};
	bool good = true;

	for (size_t i = 0; i < count && good; i++) {
		for (size_t j = 0; j < RECOVERY_LENGTH && good; j++)
			good = draw_letter(&pool, &codes[i][j]);
		codes[i][RECOVERY_LENGTH] = '\0';
	}
	if (!good)
		explicit_bzero(codes, count * sizeof(*codes));
	explicit_bzero(&pool, sizeof(pool));
	return good;
}

void recovery_show(const char code[RECOVERY_LENGTH + 1], char shown[RECOVERY_SHOWN + 1])
{
	size_t length = 0;

	for (size_t i = 0; i < RECOVERY_LENGTH; i++) {
		if (i > 0 && i % RECOVERY_GROUP == 0)
			shown[length++] = '-';
		shown[length++] = code[i];
	}
	shown[length] = '\0';
}

/* libxcrypt makes the salt, for a setting of another cost: it offers none as cheap. */
static bool make_setting(const struct hasher *hasher, char setting[HASH_SIZE])
{
	char made[HASH_SIZE];
	int length;

	if (!hash_salt(hasher, "$y$", 1, made))
		return false;
	length = snprintf(setting, HASH_SIZE, RECOVERY_SETTING "%s", strrchr(made, '$') + 1);
	return length > 0 && length < HASH_SIZE;
}

static enum reason make_hashes(struct hasher *hasher, char codes[][RECOVERY_LENGTH + 1],
			       size_t count, char hashes[][RECOVERY_HASH_MAX + 1])
{
	char setting[HASH_SIZE];
	char hash[HASH_SIZE];
	bool good = true;

	if (hasher->library == NULL)
		return REASON_HASH_FAILED;
	if (!make_setting(hasher, setting))
		return REASON_RANDOM_FAILED;
	for (size_t i = 0; i < count && good; i++) {
		good = hash_make(hasher, codes[i], setting, hash) &&
		       strlen(hash) <= RECOVERY_HASH_MAX;
		if (good)
			memcpy(hashes[i], hash, strlen(hash) + 1);
	}
	explicit_bzero(hash, sizeof(hash));
	return good ? REASON_NONE : REASON_HASH_FAILED;
}

enum reason recovery_replace(struct record *record, char codes[][RECOVERY_LENGTH + 1], size_t count)
{
	char hashes[RECORD_RECOVERY_MAX][RECOVERY_HASH_MAX + 1] = {{0}};
	struct hasher hasher;
	enum reason reason;

	(void)hash_open(&hasher);
	reason = make_hashes(&hasher, codes, count, hashes);
	hash_close(&hasher);
	if (reason == REASON_NONE) {
		memcpy(record->recovery, hashes, sizeof(hashes));
		record->recovery_count = count;
	}
	explicit_bzero(hashes, sizeof(hashes));
	return reason;
}

enum reason recovery_find(const struct record *record, const char *code, size_t *index)
{
	const char *setting =
		record->recovery_count > 0 ? record->recovery[0] : RECOVERY_DUMMY_SETTING;
	struct hasher hasher;
	char hash[HASH_SIZE];
	bool made;

	*index = record->recovery_count;
	(void)hash_open(&hasher);
	made = hash_make(&hasher, code, setting, hash);
	hash_close(&hasher);
	for (size_t i = 0; i < record->recovery_count; i++) {
		if (made && hash_same(hash, record->recovery[i]))
			*index = i;
	}
	explicit_bzero(hash, sizeof(hash));
	return made ? REASON_NONE : REASON_HASH_FAILED;
}

unsigned recovery_left(const struct record *record, const struct state *state)
{
	unsigned left = 0;

	for (size_t i = 0; i < record->recovery_count; i++)
		left += ((unsigned)state->recovery_spent >> i & 1u) == 0;
	return left;
}

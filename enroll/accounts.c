/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "accounts.h"
#include "host_users.h"

#define SECONDS_A_DAY 86400
#define SHADOW_FILE   "/etc/shadow"

/* What shadow(5) says of a user. */
struct shadow {
	char user[USERNAME_FILE_MAX + 1];
	bool usable;
	bool empty;
	bool expired;
};

struct shadows {
	struct shadow *sorted;
	size_t count;
};

/* Room for one more of ${size} bytes each: twice as much whenever it is used up. */
static void *grown(void *items, size_t count, size_t size)
{
	if ((count & (count - 1)) != 0)
		return items;
	return reallocarray(items, count == 0 ? 1 : 2 * count, size);
}

/* A hash that crypt(3) can make: '!' and '*' lock it, and nothing but a hash begins otherwise. */
static bool is_hash(const char *password)
{
	return password[0] != '\0' && password[0] != '!' && password[0] != '*';
}

/* Nobody with a longer name can be enrolled. Return false, with ${to} empty, for one. */
static bool copy_name(char to[USERNAME_FILE_MAX + 1], const char *name)
{
	size_t length = strlen(name);

	to[0] = '\0';
	if (length > USERNAME_FILE_MAX)
		return false;
	memcpy(to, name, length + 1);
	return true;
}

static bool add_shadow(struct shadows *shadows, const struct spwd *entry, long today)
{
	struct shadow *sorted;
	struct shadow shadow;

	if (account_is_compat(entry->sp_namp))
		return true;
	shadow = (struct shadow){
		.usable = is_hash(entry->sp_pwdp),
		.empty = entry->sp_pwdp[0] == '\0',
		.expired = entry->sp_expire >= 0 && entry->sp_expire <= today,
	};
	sorted = grown(shadows->sorted, shadows->count, sizeof(*sorted));
	if (sorted == NULL)
		return false;
	shadows->sorted = sorted;
	if (copy_name(shadow.user, entry->sp_namp))
		sorted[shadows->count++] = shadow;
	return true;
}

static int compare_shadows(const void *a, const void *b)
{
	return strcmp(((const struct shadow *)a)->user, ((const struct shadow *)b)->user);
}

static void sort_shadows(struct shadows *shadows)
{
	if (shadows->count > 0)
		qsort(shadows->sorted, shadows->count, sizeof(*shadows->sorted), compare_shadows);
}

/* Among the first ${count} of them; NULL if there is none. */
static const struct shadow *find_shadow(const struct shadows *shadows, size_t count,
					const char *user)
{
	struct shadow wanted = {.usable = false};

	if (count == 0 || !copy_name(wanted.user, user))
		return NULL;
	return bsearch(&wanted, shadows->sorted, count, sizeof(wanted), compare_shadows);
}

/* Who is not root may not read them, and is told so. */
static enum reason no_shadows(int error)
{
	return error == ENOENT || (error == EACCES && geteuid() != 0) ? REASON_NONE
								      : REASON_USERS_UNREADABLE;
}

/* By ourselves, as host_users does, and for the same reason. */
static enum reason read_local_shadows(struct shadows *shadows, long today)
{
	FILE *file = fopen(SHADOW_FILE, "re");
	enum reason reason = REASON_NONE;
	const struct spwd *entry;

	if (file == NULL)
		return no_shadows(errno);
	while (reason == REASON_NONE && (entry = fgetspent(file)) != NULL) {
		if (!add_shadow(shadows, entry, today))
			reason = REASON_NO_MEMORY;
	}
	if (reason == REASON_NONE && feof(file) == 0)
		reason = REASON_USERS_UNREADABLE;
	(void)fclose(file);
	return reason;
}

static enum reason read_other_shadows(struct shadows *shadows, long today)
{
	enum reason reason = REASON_NONE;
	size_t local = shadows->count;
	const struct spwd *entry;

	setspent();
	while (reason == REASON_NONE && (errno = 0, entry = getspent()) != NULL) {
		if (find_shadow(shadows, local, entry->sp_namp) == NULL &&
		    !add_shadow(shadows, entry, today))
			reason = REASON_NO_MEMORY;
	}
	if (reason == REASON_NONE && !host_users_ended(errno))
		reason = REASON_USERS_UNREADABLE;
	endspent();
	return reason;
}

static enum reason read_shadows(struct shadows *shadows)
{
	long today = (long)(time(NULL) / SECONDS_A_DAY);
	enum reason reason = read_local_shadows(shadows, today);

	sort_shadows(shadows);
	if (reason == REASON_NONE)
		reason = read_other_shadows(shadows, today);
	sort_shadows(shadows);
	return reason;
}

static struct shadow shadow_of(const struct shadows *shadows, const struct passwd *entry)
{
	const struct shadow *found = find_shadow(shadows, shadows->count, entry->pw_name);

	if (found != NULL)
		return *found;
	/* Without a line in shadow(5) the hash stands in passwd(5), or is not the host's. */
	return (struct shadow){.usable = is_hash(entry->pw_passwd) && entry->pw_passwd[1] != '\0',
			       .empty = entry->pw_passwd[0] == '\0'};
}

/* Shells that let nobody do anything. */
static bool runs(const char *shell)
{
	static const char *const none[] = {"nologin", "false", "sync", "halt", "shutdown"};
	const char *name = strrchr(shell, '/');

	if (shell[0] == '\0') /* passwd(5): /bin/sh */
		return true;
	for (size_t i = 0; name != NULL && i < sizeof(none) / sizeof(*none); i++) {
		if (strcmp(name + 1, none[i]) == 0)
			return false;
	}
	return access(shell, X_OK) == 0 || (errno != ENOENT && errno != ENOTDIR && errno != EACCES);
}

/*
 * Where sshd looks when sshd_config does not say otherwise. A home that root can't look into, as of
 * another host, may hold one.
 */
static bool has_public_key(const char *home)
{
	static const char *const files[] = {".ssh/authorized_keys", ".ssh/authorized_keys2"};
	char path[4096];
	struct stat status;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int length = snprintf(path, sizeof(path), "%s/%s", home, files[i]);

		if (length <= 0 || (size_t)length >= sizeof(path))
			continue;
		if (stat(path, &status) != 0 ? errno != ENOENT && errno != ENOTDIR
					     : S_ISREG(status.st_mode) && status.st_size > 0)
			return true;
	}
	return false;
}

static bool add_account(struct accounts *accounts, const struct shadows *shadows,
			const struct passwd *entry)
{
	struct shadow shadow = shadow_of(shadows, entry);
	struct account account = {.uid = entry->pw_uid, .has_password = shadow.usable};
	struct account *sorted;

	if (shadow.expired || !runs(entry->pw_shell) || !copy_name(account.user, entry->pw_name))
		return true;
	account.has_public_key = has_public_key(entry->pw_dir);
	if (!account.has_password && !account.has_public_key && !shadow.empty)
		return true;
	sorted = grown(accounts->sorted, accounts->count, sizeof(*sorted));
	if (sorted == NULL)
		return false;
	accounts->sorted = sorted;
	sorted[accounts->count++] = account;
	accounts->empty_passwords += shadow.empty;
	return true;
}

static int compare_accounts(const void *a, const void *b)
{
	return strcmp(((const struct account *)a)->user, ((const struct account *)b)->user);
}

enum reason accounts_read(struct accounts *accounts)
{
	struct shadows shadows = {.count = 0};
	const struct passwd *entry;
	struct host_users users;
	enum reason reason, ended;

	*accounts = (struct accounts){.count = 0};
	reason = read_shadows(&shadows);
	accounts->passwords_readable = shadows.count > 0;
	host_users_begin(&users);
	while (reason == REASON_NONE && (entry = host_users_next(&users)) != NULL) {
		if (!add_account(accounts, &shadows, entry))
			reason = REASON_NO_MEMORY;
	}
	ended = host_users_end(&users);
	free(shadows.sorted);
	if (accounts->count > 0)
		qsort(accounts->sorted, accounts->count, sizeof(*accounts->sorted),
		      compare_accounts);
	return reason != REASON_NONE ? reason : ended;
}

void accounts_free(struct accounts *accounts)
{
	free(accounts->sorted);
	*accounts = (struct accounts){.count = 0};
}

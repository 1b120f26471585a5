/* SPDX-License-Identifier: BSD-2-Clause */
#include "fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recovery.h"
#include "unit.h"

void fixture_record(struct record *record)
{
	static const struct device phone = {
		.name = "phone", .digits = 6, .period = 30, .key_length = 20, .key = "phone's key"};
	static const struct device token = {
		.name = "token", .type = OTP_HOTP, .digits = 6, .key_length = 20, .key = "token"};
	static char codes[2][RECOVERY_LENGTH + 1] = {"ACDEFHJKMNPQ", "234678234678"};

	*record = (struct record){.file = "alice", .device_count = 2, .devices = {phone, token}};
	assert_int_equal(recovery_replace(record, codes, COUNT(codes)), REASON_NONE);
}

void fixture_write(struct fixture *fixture, const struct state *state)
{
	struct change change;
	struct record record;

	fixture_record(&record);
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	assert_int_equal(change_write(&change, &record, state), REASON_NONE);
	change_end(&change);
}

enum reason fixture_begin(struct fixture *fixture, const char *user,
			  struct transaction *transaction)
{
	return store_begin(&fixture->store, user, SUBJECT_USER, store_deadline(), transaction);
}

enum reason fixture_try(struct fixture *fixture)
{
	struct transaction transaction;
	enum reason reason = fixture_begin(fixture, "alice", &transaction);

	store_end(&transaction);
	return reason;
}

struct state fixture_state(struct fixture *fixture)
{
	struct record record;
	struct state state;

	assert_int_equal(store_read(&fixture->store, "alice", &record, &state), REASON_NONE);
	return state;
}

const char *fixture_path(const struct fixture *fixture, const char *file, char path[128])
{
	(void)snprintf(path, 128, "%s/%s", fixture->path, file);
	return path;
}

void fixture_damage(const struct fixture *fixture, const char *file, long offset)
{
	char path[128];
	char byte;
	int fd = open(fixture_path(fixture, file, path), O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	byte = (char)(byte ^ 1);
	assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
	assert_int_equal(close(fd), 0);
}

/* And no link, which no store's path may have. */
static bool is_directory(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && access(path, W_OK) == 0;
}

int fixture_make(void **state)
{
	static const struct state fresh;
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct store_fault fault;
	char in_memory[] = "/dev/shm/twokey-unit.XXXXXX";
	char in_tmp[] = "/tmp/twokey-unit.XXXXXX";
	char *directory = is_directory("/dev/shm") ? in_memory : in_tmp;

	*state = fixture;
	if (fixture == NULL || mkdtemp(directory) == NULL)
		return -1;
	(void)snprintf(fixture->path, sizeof(fixture->path), "%s/store", directory);
	if (store_create(fixture->path, &fault) != REASON_NONE ||
	    store_open(fixture->path, &fixture->store) != REASON_NONE)
		return -1;
	fixture_write(fixture, &fresh);
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

int fixture_remove(void **state)
{
	struct fixture *fixture = *state;

	store_close(&fixture->store);
	*strrchr(fixture->path, '/') = '\0';
	(void)nftw(fixture->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(fixture);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the store refuses to trust, and what it takes as proof that a user is not enrolled. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture.h"
#include "unit.h"

static struct transaction transaction;

static void test_anothers_record(void **state)
{
	struct fixture *fixture = *state;
	char from[128], to[128];

	assert_int_equal(rename(fixture_path(fixture, "users/alice", from),
				fixture_path(fixture, "users/bob", to)),
			 0);
	assert_int_equal(fixture_begin(fixture, "bob", &transaction), REASON_RECORD_DAMAGED);
	store_end(&transaction);
	assert_non_null(strstr(fixture->store.fault.record.problem, "another user"));
}

/* Neither root nor the store's owner. */
#define SOMEBODY 12345

static void replace_by(struct fixture *fixture, const char *kind)
{
	char path[128], other[128];

	(void)fixture_path(fixture, "users/alice", path);
	(void)fixture_path(fixture, "users/other", other);
	(void)unlink(other);
	if (strcmp(kind, "hard link") == 0) {
		assert_int_equal(link(path, other), 0);
		return;
	}
	if (strcmp(kind, "mode") == 0) {
		assert_int_equal(chmod(path, 0640), 0);
		return;
	}
	if (strcmp(kind, "owner") == 0) {
		assert_int_equal(chown(path, SOMEBODY, (gid_t)-1), 0);
		return;
	}
	assert_int_equal(rename(path, other), 0);
	if (strcmp(kind, "link") == 0)
		assert_int_equal(symlink("other", path), 0);
	else if (strcmp(kind, "loop") == 0)
		assert_int_equal(symlink("alice", path), 0);
	else if (strcmp(kind, "fifo") == 0)
		assert_int_equal(mkfifo(path, 0600), 0);
	else
		assert_int_equal(mkdir(path, 0700), 0);
}

static void test_untrusted_files(void **state)
{
	static const char *const kinds[] = {"link",      "loop", "fifo", "directory",
					    "hard link", "mode", "owner"};

	/* The last is for root alone to make. */
	for (size_t i = 0; i < COUNT(kinds) - (geteuid() != 0); i++) {
		struct fixture *fixture = *state;

		replace_by(fixture, kinds[i]);
		assert_int_equal(fixture_try(fixture), REASON_FILE_UNTRUSTED);
		assert_string_equal(fixture->store.fault.file, "users/alice");
		(void)fixture_remove(state);
		assert_int_equal(fixture_make(state), 0);
	}
}

static void assert_store(const char *path, enum reason reason)
{
	struct store store;

	assert_int_equal(store_open(path, &store), reason);
	store_close(&store);
}

static void test_untrusted_stores(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	assert_store("/nonexistent/store", REASON_STORE_MISSING);
	assert_store("/etc/passwd", REASON_STORE_UNTRUSTED);
	assert_store("/tmp", REASON_STORE_UNTRUSTED);
	assert_int_equal(symlink(fixture->path, fixture_path(fixture, "link", path)), 0);
	assert_store(path, REASON_STORE_UNTRUSTED);
	(void)fixture_path(fixture, "link/users", path);
	assert_store(path, REASON_STORE_UNTRUSTED);
	assert_int_equal(mkfifo(fixture_path(fixture, "fifo", path), 0600), 0);
	assert_store(path, REASON_STORE_UNTRUSTED);
	assert_int_equal(chmod(fixture->path, 0750), 0);
	assert_store(fixture->path, REASON_STORE_UNTRUSTED);
	assert_int_equal(chmod(fixture->path, 0700), 0);
	assert_store(fixture->path, REASON_NONE);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(fixture->path, SOMEBODY, (gid_t)-1), 0);
	assert_store(fixture->path, REASON_STORE_UNTRUSTED);
}

/* Where the users' files are, there may be no link, not even to them, and nothing else. */
static void test_untrusted_users(void **state)
{
	struct fixture *fixture = *state;
	char from[128], to[128];

	(void)fixture_path(fixture, STORE_USERS, from);
	assert_int_equal(rename(from, fixture_path(fixture, "away", to)), 0);
	assert_int_equal(symlink("away", from), 0);
	assert_int_equal(fixture_try(fixture), REASON_STORE_UNTRUSTED);
	assert_string_equal(fixture->store.fault.file, STORE_USERS);
	assert_int_equal(unlink(from), 0);
	assert_int_equal(mkfifo(from, 0600), 0);
	assert_int_equal(fixture_try(fixture), REASON_STORE_UNTRUSTED);
	assert_string_equal(fixture->store.fault.file, STORE_USERS);
}

/* Absence is a proof only where the directory is there. */
static void test_absence(void **state)
{
	struct fixture *fixture = *state;
	char from[128], to[128];

	assert_int_equal(fixture_begin(fixture, "bob", &transaction), REASON_NONE);
	assert_int_equal(transaction.subject, SUBJECT_DECOY);
	assert_false(transaction.enrolled);
	assert_true(transaction.fd >= 0);
	store_end(&transaction);
	assert_int_equal(
		rename(fixture_path(fixture, "users", from), fixture_path(fixture, "away", to)), 0);
	assert_int_equal(fixture_begin(fixture, "bob", &transaction), REASON_STORE_MISSING);
	store_end(&transaction);
}

static void test_names_nobody_has(void **state)
{
	struct fixture *fixture = *state;
	char name[1001];

	memset(name, 'x', sizeof(name) - 1);
	name[1000] = '\0';
	assert_int_equal(fixture_begin(fixture, name, &transaction), REASON_NONE);
	assert_int_equal(transaction.subject, SUBJECT_DECOY);
	store_end(&transaction);
	assert_int_equal(fixture_begin(fixture, "../users/alice", &transaction), REASON_NONE);
	assert_int_equal(transaction.subject, SUBJECT_DECOY);
	store_end(&transaction);
}

/* Put a link to another directory, which has a file of alice's name, where the store had ${name}.
 */
static void divert(struct fixture *fixture, const char *name, char victim[128])
{
	char from[128], to[128];
	FILE *file;

	assert_int_equal(mkdir(fixture_path(fixture, "victim", victim), 0700), 0);
	file = fopen(fixture_path(fixture, "victim/alice", victim), "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(
		rename(fixture_path(fixture, name, from), fixture_path(fixture, "away", to)), 0);
	assert_int_equal(symlink("victim", from), 0);
}

static enum reason write_new_record(struct change *change)
{
	static const struct state fresh;
	struct record record;

	fixture_record(&record);
	return change_write(change, &record, &fresh);
}

/* The store's owner can replace its directories under root's hands: root follows no link there. */
static void test_directories_diverted(void **state)
{
	static const char *const names[] = {STORE_NEW, STORE_USERS};

	for (size_t i = 0; i < COUNT(names); i++) {
		struct fixture *fixture = *state;
		struct change change;
		struct stat status;
		char victim[128];

		assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
		assert_int_equal(write_new_record(&change), REASON_NONE);
		divert(fixture, names[i], victim);
		assert_int_equal(write_new_record(&change), REASON_STORE_UNWRITABLE);
		assert_int_equal(change_remove(&change),
				 i == 0 ? REASON_NONE : REASON_STORE_UNWRITABLE);
		change_end(&change);
		assert_int_equal(stat(victim, &status), 0);
		assert_int_equal(status.st_size, 0);
		assert_int_equal(fixture_remove(state), 0);
		assert_int_equal(fixture_make(state), 0);
	}
}

/* For good: kernels before Linux 5.6, and old seccomp filters, answer openat2(2) like this. */
static void test_openat2_is_no_more(void **state)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {COUNT(filter), filter};

	(void)state;
	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	assert_int_equal(syscall(SYS_openat2, AT_FDCWD, "/", NULL, 0), -1);
	assert_int_equal(errno, ENOSYS);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_make, fixture_remove)

/* The same is trusted, and the same is not, component by component. */
#define WITHOUT_OPENAT2(function)                                                                  \
	{                                                                                          \
		"without openat2: " #function, function, fixture_make, fixture_remove, NULL        \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_anothers_record),
		TEST(test_untrusted_files),
		TEST(test_untrusted_stores),
		TEST(test_untrusted_users),
		TEST(test_absence),
		TEST(test_names_nobody_has),
		TEST(test_directories_diverted),
		cmocka_unit_test(test_openat2_is_no_more),
		WITHOUT_OPENAT2(test_anothers_record),
		WITHOUT_OPENAT2(test_untrusted_files),
		WITHOUT_OPENAT2(test_untrusted_stores),
		WITHOUT_OPENAT2(test_untrusted_users),
		WITHOUT_OPENAT2(test_absence),
		WITHOUT_OPENAT2(test_names_nobody_has),
		WITHOUT_OPENAT2(test_directories_diverted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the store refuses to trust, and what it takes as proof that a user is not enrolled. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "unit.h"

static struct transaction transaction;

static enum reason begin(struct fixture *fixture, const char *user)
{
	return store_begin(&fixture->store, user, SUBJECT_USER, store_deadline(), &transaction);
}

/* How a begin for alice ends, nothing kept. */
static enum reason try_alice(struct fixture *fixture)
{
	enum reason reason = begin(fixture, "alice");

	store_end(&transaction);
	return reason;
}

static void test_anothers_record(void **state)
{
	struct fixture *fixture = *state;
	char from[128], to[128];

	assert_int_equal(rename(fixture_path(fixture, "users/alice", from),
				fixture_path(fixture, "users/bob", to)),
			 0);
	assert_int_equal(begin(fixture, "bob"), REASON_RECORD_DAMAGED);
	store_end(&transaction);
	assert_non_null(strstr(fixture->store.fault.record.problem, "another user"));
}

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
	static const char *const kinds[] = {"link",      "loop",      "fifo",
					    "directory", "hard link", "mode"};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct fixture *fixture = *state;

		replace_by(fixture, kinds[i]);
		assert_int_equal(try_alice(fixture), REASON_FILE_UNTRUSTED);
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
}

/* Absence is a proof only where the directory is there. */
static void test_absence(void **state)
{
	struct fixture *fixture = *state;
	char from[128], to[128];

	assert_int_equal(begin(fixture, "bob"), REASON_NONE);
	assert_int_equal(transaction.subject, SUBJECT_DECOY);
	assert_false(transaction.enrolled);
	assert_true(transaction.fd >= 0);
	store_end(&transaction);
	assert_int_equal(
		rename(fixture_path(fixture, "users", from), fixture_path(fixture, "away", to)), 0);
	assert_int_equal(begin(fixture, "bob"), REASON_STORE_MISSING);
	store_end(&transaction);
}

static void test_names_nobody_has(void **state)
{
	struct fixture *fixture = *state;
	char name[1001];

	memset(name, 'x', sizeof(name) - 1);
	name[1000] = '\0';
	assert_int_equal(begin(fixture, name), REASON_NONE);
	assert_int_equal(transaction.subject, SUBJECT_DECOY);
	store_end(&transaction);
	assert_int_equal(begin(fixture, "../users/alice"), REASON_NONE);
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

/* Kernels before Linux 5.6, and old seccomp filters, answer openat2 like this. */
static void forbid_openat2(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {COUNT(filter), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(1);
}

/* The same is trusted, and the same is not, component by component. */
static void old_kernel_child(struct fixture *fixture)
{
	char path[128];
	struct store store;

	forbid_openat2();
	if (store_open(fixture->path, &store) != REASON_NONE || try_alice(fixture) != REASON_NONE)
		_exit(2);
	if (symlink(fixture->path, fixture_path(fixture, "link", path)) != 0 ||
	    store_open(path, &store) != REASON_STORE_UNTRUSTED)
		_exit(3);
	(void)fixture_path(fixture, "link/users", path);
	if (store_open(path, &store) != REASON_STORE_UNTRUSTED)
		_exit(4);
	if (store_open("/nonexistent/store", &store) != REASON_STORE_MISSING)
		_exit(5);
	if (begin(fixture, "bob") != REASON_NONE || transaction.enrolled)
		_exit(6);
	store_end(&transaction);
	replace_by(fixture, "link");
	_exit(try_alice(fixture) == REASON_FILE_UNTRUSTED ? 0 : 7);
}

static void test_without_openat2(void **state)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		old_kernel_child(*state);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_make, fixture_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_anothers_record),      TEST(test_untrusted_files),
		TEST(test_untrusted_stores),     TEST(test_absence),
		TEST(test_names_nobody_has),     TEST(test_without_openat2),
		TEST(test_directories_diverted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

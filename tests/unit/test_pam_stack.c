/* SPDX-License-Identifier: BSD-2-Clause */
/* The stacks of /etc/pam.d as the command reads them, and as libpam itself goes through them. */
#include <fcntl.h>
#include <ftw.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pam_paths.h"
#include "pam_stack.h"
#include "unit.h"

static char directory[] = "/tmp/twokey-unit.XXXXXX";
static const char *const directories[] = {directory, NULL};

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *stream;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	stream = fopen(path, "w");
	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static void read_stack(const char *text, struct pam_stack *stack)
{
	write_file("service", text);
	assert_true(pam_stack_read(directories, "service", PAM_PHASE_AUTH, stack));
}

static void test_lines(void **state)
{
	static const char text[] =
		"# a comment\n"
		"\n"
		"auth required pam_one.so a b=c [d e \\] f] # and another\n"
		"account required pam_not_here.so\n"
		"-AUTH\tSufficient\tpam_two.so \\\n"
		"   further\n"
		"auth [success=2 user_unknown=ignore default=die] /a/pam_three.so";
	struct pam_stack stack;

	(void)state;
	read_stack(text, &stack);
	assert_null(stack.problem);
	assert_int_equal(stack.count, 3);
	assert_string_equal(stack.entries[0].module, "pam_one.so");
	assert_int_equal(stack.entries[0].line, 3);
	assert_int_equal(stack.entries[0].argument_count, 3);
	assert_string_equal(stack.entries[0].arguments[1], "b=c");
	assert_string_equal(stack.entries[0].arguments[2], "d e ] f");
	assert_int_equal(stack.entries[0].actions[PAM_AUTH_ERR], PAM_DO_BAD);
	assert_string_equal(stack.entries[1].arguments[0], "further");
	assert_int_equal(stack.entries[1].actions[PAM_SUCCESS], PAM_DO_DONE);
	assert_int_equal(stack.entries[2].actions[PAM_SUCCESS], 2);
	assert_int_equal(stack.entries[2].actions[PAM_USER_UNKNOWN], PAM_DO_IGNORE);
	assert_int_equal(stack.entries[2].actions[PAM_AUTH_ERR], PAM_DO_DIE);
	assert_true(pam_module_is(&stack.entries[2], "pam_three.so"));
	assert_false(pam_module_is(&stack.entries[2], "pam_thre.so"));
	pam_stack_free(&stack);
}

static void test_files(void **state)
{
	struct pam_stack stack;

	(void)state;
	write_file("common", "auth required pam_common.so\naccount required pam_other.so\n");
	write_file("sub", "auth required pam_sub.so\n@include common\n");
	read_stack(
		"@include common\nauth include common\nauth substack sub\nauth required pam_end.so",
		&stack);
	assert_null(stack.problem);
	assert_int_equal(stack.count, 6);
	assert_string_equal(stack.entries[0].module, "pam_common.so");
	assert_string_equal(stack.entries[1].module, "pam_common.so");
	assert_null(stack.entries[2].module);
	assert_int_equal(stack.entries[3].level, 1);
	assert_string_equal(stack.entries[4].module, "pam_common.so");
	assert_int_equal(stack.entries[4].level, 1);
	assert_int_equal(stack.entries[5].level, 0);
	pam_stack_free(&stack);
	assert_false(pam_stack_read(directories, "no-such-service", PAM_PHASE_AUTH, &stack));
	pam_stack_free(&stack);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
	} rows[] = {
		{"auth required pam_one.so\nauht required pam_two.so", 2},
		{"auth required", 1},
		{"auth needed pam_one.so", 1},
		{"auth [success=maybe] pam_one.so", 1},
		{"auth [sucess=ok] pam_one.so", 1},
		{"auth [success=0] pam_one.so", 1},
		{"@include", 1},
		{"@include not-there", 1},
		{"@include service", 1},
	};
	char overlong[2 * PAM_LINE_MAX];
	struct pam_stack stack;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		read_stack(rows[i].text, &stack);
		assert_non_null(stack.problem);
		assert_int_equal(stack.line, rows[i].line);
		pam_stack_free(&stack);
	}
	memset(overlong, 'x', sizeof(overlong));
	overlong[sizeof(overlong) - 1] = '\0';
	read_stack(overlong, &stack);
	assert_non_null(stack.problem);
	pam_stack_free(&stack);
}

/* --- Against libpam: every stack here is made of pam_debug.so, which answers what it is told */

static const char *const answers[] = {"success", "auth_err", "ignore", "user_unknown"};
static const int codes[] = {PAM_SUCCESS, PAM_AUTH_ERR, PAM_IGNORE, PAM_USER_UNKNOWN};
static const char *const controls[] = {
	"required",
	"requisite",
	"sufficient",
	"optional",
	"[success=1 default=ignore]",
	"[success=2 ignore=reset default=bad]",
	"[success=ok auth_err=1 user_unknown=done default=die]",
	"[success=reset auth_err=reset default=ok]",
	"[default=done]",
};

/*
 * One to seven lines, one of them may be a substack of up to three: by its path, for libpam looks
 * in /etc/pam.d for it, wherever the service is.
 */
static void write_random_stack(unsigned *seed)
{
	char text[4096] = "";
	char sub[2048] = "";
	unsigned count = 1 + next_random(seed, 7);

	for (unsigned i = 0; i < count; i++) {
		bool below = next_random(seed, 3) == 0 && sub[0] == '\0';
		char *to = below ? sub : text;
		size_t size = below ? sizeof(sub) : sizeof(text);
		unsigned lines = below ? 1 + next_random(seed, 3) : 1;

		if (below)
			(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
				       "auth substack %s/sub\n", directory);
		for (unsigned j = 0; j < lines; j++)
			(void)snprintf(to + strlen(to), size - strlen(to),
				       "auth %s pam_debug.so auth=%s\n",
				       controls[next_random(seed, COUNT(controls))],
				       answers[next_random(seed, COUNT(answers))]);
	}
	write_file("service", text);
	write_file("sub", sub);
}

static int no_conversation(int count, const struct pam_message **messages,
			   struct pam_response **responses, void *data)
{
	(void)count;
	(void)messages;
	(void)responses;
	(void)data;
	return PAM_CONV_ERR;
}

static void no_delay(int code, unsigned microseconds, void *data)
{
	(void)code;
	(void)microseconds;
	(void)data;
}

static bool libpam_lets_in(void)
{
	const struct pam_conv conversation = {no_conversation, NULL};
	pam_handle_t *pamh;
	int result;

	assert_int_equal(pam_start_confdir("service", "alice", &conversation, directory, &pamh),
			 PAM_SUCCESS);
	(void)pam_set_item(pamh, PAM_FAIL_DELAY, (const void *)no_delay);
	result = pam_authenticate(pamh, PAM_SILENT);
	(void)pam_end(pamh, result);
	return result == PAM_SUCCESS;
}

static bool we_let_in(void)
{
	struct pam_stack stack;
	int results[PAM_ENTRIES_MOST] = {0};
	bool in;

	assert_true(pam_stack_read(directories, "service", PAM_PHASE_AUTH, &stack));
	assert_null(stack.problem);
	for (size_t i = 0; i < stack.count; i++) {
		for (size_t j = 0; stack.entries[i].module != NULL && j < COUNT(answers); j++) {
			if (strcmp(stack.entries[i].arguments[0] + strlen("auth="), answers[j]) ==
			    0)
				results[i] = codes[j];
		}
	}
	in = pam_path_follow(&stack, results);
	pam_stack_free(&stack);
	return in;
}

static void test_like_libpam(void **state)
{
	unsigned seed = 20261125;
	unsigned in = 0;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		unsigned before = seed;
		bool theirs, ours;

		write_random_stack(&seed);
		theirs = libpam_lets_in();
		ours = we_let_in();
		if (ours != theirs)
			fail_msg("seed %u: libpam says %d, we say %d", before, theirs, ours);
		in += theirs;
	}
	/* Neither everybody nor nobody: the comparison has compared something. */
	assert_in_range(in, 300, 2700);
}

/* --- Ways through a stack */

static bool has_path(const char *text, struct pam_twokey twokey, struct pam_path wanted)
{
	struct pam_stack stack;
	struct pam_paths *paths = malloc(sizeof(*paths));
	bool found = false;

	assert_non_null(paths);
	read_stack(text, &stack);
	assert_null(stack.problem);
	assert_true(pam_paths_find(&stack, &twokey, paths));
	for (size_t i = 0; i < paths->count; i++)
		found = found || (paths->ends[i].let_in == wanted.let_in &&
				  paths->ends[i].twokey == wanted.twokey &&
				  paths->ends[i].password == wanted.password &&
				  paths->ends[i].diverter == wanted.diverter);
	pam_stack_free(&stack);
	free(paths);
	return found;
}

static void test_paths(void **state)
{
	static const char good[] = "auth required pam_twokey.so";
	static const char debian[] = "auth [success=1 default=ignore] pam_unix.so\n"
				     "auth requisite pam_deny.so\n"
				     "auth required pam_permit.so\n"
				     "auth required pam_twokey.so ask=code\n";
	static const char skipped[] = "auth [success=2 default=ignore] pam_unix.so\n"
				      "auth required pam_twokey.so ask=code\n"
				      "auth requisite pam_deny.so\n"
				      "auth required pam_permit.so\n";
	static const char optional[] = "auth required pam_unix.so\n"
				       "auth optional pam_twokey.so ask=code\n";
	const struct pam_twokey both = {.asks_password = true};
	const struct pam_twokey code = {.asks_password = false};
	const struct pam_twokey allowing = {.abstains = true};
	const struct pam_path in = {true, PAM_SAID_YES, true, false, 0};
	const struct pam_path by_code = {true, PAM_SAID_YES, false, false, 0};
	const struct pam_path bypass = {true, PAM_NOT_ASKED, true, false, 1};
	const struct pam_path ignored = {true, PAM_SAID_NO, true, false, 0};
	const struct pam_path nothing = {true, PAM_ABSTAINED, false, false, 0};

	(void)state;
	assert_true(has_path(good, both, in));
	assert_false(has_path(good, both, bypass));
	assert_false(has_path(good, both, ignored));
	assert_true(has_path(good, code, by_code));
	assert_false(has_path(good, allowing, nothing));
	assert_true(has_path("auth required pam_twokey.so\nauth required pam_permit.so\n", allowing,
			     nothing));
	assert_true(has_path(debian, code, in));
	assert_false(has_path(debian, code, by_code));
	assert_false(has_path(debian, code, bypass));
	assert_true(has_path(skipped, code, bypass));
	assert_true(has_path(optional, code, ignored));
	assert_true(has_path("auth sufficient pam_unix.so\nauth required pam_twokey.so\n", both,
			     bypass));
}

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *position)
{
	(void)status;
	(void)flag;
	(void)position;
	return remove(path);
}

static int remove_directory(void **state)
{
	(void)state;
	return nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),    cmocka_unit_test(test_files),
		cmocka_unit_test(test_mistakes), cmocka_unit_test(test_like_libpam),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* QR codes as text and as files, module by module; a camera reads them in tests/e2e/qr.sh. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qr.h"
#include "qr_file.h"
#include "unit.h"

static struct qr *code;
static char directory[] = "/tmp/twokey-unit.XXXXXX";

static int setup(void **state)
{
	(void)state;
	code = qr_encode("otpauth://totp/a:b?secret=GEZDGNBVGY3TQOJQ");
	return code != NULL && mkdtemp(directory) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	qr_free(code);
	return rmdir(directory);
}

static void test_quiet_zone(void **state)
{
	size_t size = qr_size(code);

	(void)state;
	for (size_t i = 0; i < size; i++) {
		for (size_t edge = 0; edge < QR_QUIET_ZONE; edge++) {
			assert_false(qr_is_dark(code, edge, i));
			assert_false(qr_is_dark(code, i, edge));
			assert_false(qr_is_dark(code, size - 1 - edge, i));
			assert_false(qr_is_dark(code, i, size - 1 - edge));
		}
	}
	/* The finder patterns begin right behind it. */
	assert_true(qr_is_dark(code, QR_QUIET_ZONE, QR_QUIET_ZONE));
	assert_true(qr_is_dark(code, QR_QUIET_ZONE, size - 1 - QR_QUIET_ZONE));
	assert_true(qr_is_dark(code, size - 1 - QR_QUIET_ZONE, QR_QUIET_ZONE));
}

static char *print(enum qr_format format, enum qr_colours colours)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	assert_non_null(stream);
	qr_print(code, format, colours, stream);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void test_ascii(void **state)
{
	char *text = print(QR_ASCII, QR_PLAIN);
	const char *at = text;

	(void)state;
	assert_int_equal(qr_columns(code, QR_ASCII), 2 * qr_size(code));
	assert_int_equal(qr_rows(code, QR_ASCII), qr_size(code));
	for (size_t row = 0; row < qr_size(code); row++) {
		for (size_t column = 0; column < qr_size(code); column++, at += 2)
			assert_int_equal(
				strncmp(at, qr_is_dark(code, row, column) ? "##" : "  ", 2), 0);
		assert_int_equal(*at++, '\n');
	}
	assert_int_equal(*at, '\0');
	free(text);
}

static void test_inverted(void **state)
{
	char *text = print(QR_ASCII, QR_INVERTED);
	const char *at = text;

	(void)state;
	for (size_t row = 0; row < qr_size(code); row++, at++) {
		for (size_t column = 0; column < qr_size(code); column++, at += 2)
			assert_int_equal(
				strncmp(at, qr_is_dark(code, row, column) ? "  " : "##", 2), 0);
	}
	assert_int_equal(*at, '\0');
	free(text);
}

static void test_half_blocks(void **state)
{
	static const char *const blocks[2][2] = {{" ", "\xe2\x96\x84"},
						 {"\xe2\x96\x80", "\xe2\x96\x88"}};
	char *text = print(QR_UTF8, QR_PLAIN);
	const char *at = text;
	size_t rows = 0;

	(void)state;
	for (size_t row = 0; row < qr_size(code); row += 2, rows++) {
		for (size_t column = 0; column < qr_size(code); column++) {
			const char *block = blocks[qr_is_dark(code, row, column)]
						  [qr_is_dark(code, row + 1, column)];

			assert_int_equal(strncmp(at, block, strlen(block)), 0);
			at += strlen(block);
		}
		assert_int_equal(*at++, '\n');
	}
	assert_int_equal(*at, '\0');
	assert_int_equal(rows, qr_rows(code, QR_UTF8));
	free(text);
}

static void test_every_line_resets_its_colours(void **state)
{
	static const enum qr_format formats[] = {QR_UTF8, QR_ASCII};

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		char *text = print(formats[i], QR_COLOURED);
		size_t lines = 0;

		for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
			assert_int_equal(strncmp(line, "\033[", 2), 0);
			assert_string_equal(line + strlen(line) - 4, "\033[0m");
			lines++;
		}
		assert_int_equal(lines, qr_rows(code, formats[i]));
		free(text);
	}
}

static void test_options(void **state)
{
	static const char *const bad[] = {"", "utf", "UTF8", "png", "png=", "svg=", "jpg=x"};
	struct qr_option option;

	(void)state;
	assert_true(qr_option_parse("utf8", &option) && option.format == QR_UTF8);
	assert_true(qr_option_parse("ascii", &option) && option.format == QR_ASCII);
	assert_true(qr_option_parse("none", &option) && option.format == QR_NONE);
	assert_true(qr_option_parse("svg=a=b", &option) && option.format == QR_SVG);
	assert_string_equal(option.path, "a=b");
	assert_true(qr_option_parse("png=x.png", &option) && option.format == QR_PNG);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(qr_option_parse(bad[i], &option));
		assert_int_equal(option.format, QR_PNG);
	}
}

static void test_text_that_is_too_long(void **state)
{
	static char text[8000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_null(qr_encode(text));
	qr_free(NULL);
}

/* A code is made by another process, in memory that both have. */
static void test_no_memory(void **state)
{
	struct rlimit before, none;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	assert_null(qr_encode("x"));
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
}

static void test_files(void **state)
{
	static const enum qr_format formats[] = {QR_PNG, QR_SVG};
	char path[64];
	struct stat status;

	(void)state;
	(void)umask(0);
	(void)snprintf(path, sizeof(path), "%s/file", directory);
	for (size_t i = 0; i < COUNT(formats); i++) {
		const struct qr_option option = {formats[i], path};
		int result = qr_write_file(code, &option);

		if (result != 0 && errno == ENOTSUP) /* built without libpng */
			continue;
		assert_int_equal(result, 0);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_mode, S_IFREG | 0600);
		assert_true(status.st_size > 100);
		assert_int_equal(qr_write_file(code, &option), -1);
		assert_int_equal(errno, EEXIST);
		assert_int_equal(unlink(path), 0);
	}
}

static void test_failed_file_is_gone(void **state)
{
	const struct rlimit small = {20, RLIM_INFINITY};
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	char path[64];
	const struct qr_option option = {QR_SVG, path};

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)snprintf(path, sizeof(path), "%s/file", directory);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(qr_write_file(code, &option), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	assert_int_equal(access(path, F_OK), -1);
	(void)snprintf(path, sizeof(path), "%s/none/file", directory);
	assert_int_equal(qr_write_file(code, &option), -1);
	assert_int_equal(errno, ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet_zone),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_inverted),
		cmocka_unit_test(test_half_blocks),
		cmocka_unit_test(test_every_line_resets_its_colours),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_text_that_is_too_long),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_failed_file_is_gone),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fill a store with users who are enrolled, faster than enrolment makes them durable: for tests of
 * how long a login takes beside a million others.
 *
 * usage: bench_fill STORE FIRST COUNT
 *
 * They are called user0000000 and so on, from FIRST, and all have one key and one recovery code.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record.h"
#include "state.h"

struct image {
	char record[RECORD_SIZE];
	char blocks[STATE_SLOTS][STATE_BLOCK_SIZE];
};

__attribute__((noreturn)) static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void make_image(const char *user, struct image *image)
{
	struct record record = {.device_count = 1, .recovery_count = 1};
	struct state state = {.sequence = 0};

	if (!username_to_file(user, record.file) || !device_set_name(&record.devices[0], "phone") ||
	    !device_set_type(&record.devices[0], "totp") ||
	    !device_set_algorithm(&record.devices[0], "SHA1") ||
	    !device_set_digits(&record.devices[0], "6") ||
	    !device_set_period(&record.devices[0], "30") ||
	    !device_set_key(&record.devices[0], "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
		fail(user);
	(void)snprintf(record.recovery[0], sizeof(record.recovery[0]), "$y$j/.$salt$none");
	memset(image, '\n', sizeof(*image));
	if (!record_format(&record, image->record))
		fail(user);
	for (size_t i = 0; i < STATE_SLOTS; i++) {
		state.sequence = i + 1;
		state_format(&state, image->blocks[i]);
	}
}

static void write_user(int directory, const char *user)
{
	struct image image;
	int fd = openat(directory, user, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	make_image(user, &image);
	if (fd < 0 || write(fd, &image, sizeof(image)) != sizeof(image) || close(fd) != 0)
		fail(user);
}

int main(int argc, char **argv)
{
	char path[4096];
	int directory;
	long first, count;

	if (argc != 4)
		return 2;
	first = strtol(argv[2], NULL, 10);
	count = strtol(argv[3], NULL, 10);
	(void)snprintf(path, sizeof(path), "%s/users", argv[1]);
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		fail(path);
	for (long i = first; i < first + count; i++) {
		char user[32];

		(void)snprintf(user, sizeof(user), "user%07ld", i);
		write_user(directory, user);
	}
	if (syncfs(directory) != 0)
		fail("syncfs");
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"
#include "span.h"
#include "trusted.h"

/* What is read at first; it doubles. */
#define ROOM_FIRST 4096

/* realloc would leave keys in what it frees. */
static bool enlarge(struct source *source, size_t *room)
{
	char *larger = malloc(2 * *room + 1);

	if (larger == NULL)
		return false;
	memcpy(larger, source->text, source->length);
	explicit_bzero(source->text, source->length);
	free(source->text);
	source->text = larger;
	*room *= 2;
	return true;
}

/* Standard input may be a pipe, so the end is where read(2) says. */
static int read_all(int fd, size_t most, struct source *source)
{
	size_t room = ROOM_FIRST;

	source->text = malloc(room + 1);
	while (source->text != NULL) {
		ssize_t got = read(fd, source->text + source->length, room - source->length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		source->length += (size_t)got;
		if (source->length > most)
			return EFBIG;
		if (got == 0)
			break;
		if (source->length == room && !enlarge(source, &room))
			return ENOMEM;
	}
	if (source->text == NULL)
		return ENOMEM;
	source->text[source->length] = '\0';
	return memchr(source->text, '\0', source->length) != NULL ? EILSEQ : 0;
}

static int read_and_close(int fd, size_t most, struct source *source)
{
	int error = read_all(fd, most, source);

	if (fd != STDIN_FILENO)
		(void)close(fd);
	if (error != 0)
		source_wipe(source);
	return error;
}

int source_open(const char *path, struct source *source)
{
	struct stat status;
	int fd;

	*source = (struct source){.text = NULL};
	if (strcmp(path, "-") == 0)
		return read_and_close(STDIN_FILENO, SOURCE_MAX, source);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		(void)close(fd);
		return EINVAL;
	}
	return read_and_close(fd, SOURCE_MAX, source);
}

int source_open_home(const char *path, uid_t owner, struct source *source)
{
	struct stat status;
	int fd = trusted_open(AT_FDCWD, path, O_RDONLY);
	int error = 0;

	*source = (struct source){.text = NULL};
	if (fd < 0)
		return errno;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1)
		error = EINVAL;
	else if (status.st_uid != owner && status.st_uid != 0)
		error = EPERM;
	if (error == 0)
		return read_and_close(fd, SOURCE_HOME_MAX, source);
	(void)close(fd);
	return error;
}

bool source_next(struct source *source, size_t *at, size_t *end)
{
	if (source->at >= source->length)
		return false;
	*at = source->at;
	*end = span_find(source->text, *at, source->length, '\n');
	source->at = *end + 1;
	source->line++;
	if (*end > *at && source->text[*end - 1] == '\r')
		*end -= 1;
	return true;
}

char *source_line(struct source *source)
{
	size_t at, end;

	if (!source_next(source, &at, &end))
		return NULL;
	source->text[end] = '\0';
	return source->text + at;
}

void source_wipe(struct source *source)
{
	if (source->text != NULL)
		explicit_bzero(source->text, source->length);
	free(source->text);
	*source = (struct source){.text = NULL};
}

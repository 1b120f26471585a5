/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * twokey-qr utf8|ascii dark|light: draw the QR code of standard input, for a dark or a light
 * screen. It is what pam_twokey runs where it enrols at a login: a library that draws has no
 * business in sshd. What it is told is a secret; it has no rights of its own and keeps nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "qr.h"
#include "uri.h"

static bool read_text(char text[URI_MAX + 1])
{
	size_t length = 0;
	ssize_t got;

	do {
		got = read(STDIN_FILENO, text + length, URI_MAX - length);
		if (got > 0)
			length += (size_t)got;
	} while (got > 0 && length < URI_MAX);
	text[length] = '\0';
	return got == 0 && length > 0;
}

static bool draw(const char *text, enum qr_format format, enum qr_colours colours)
{
	struct qr *qr = qr_encode(text);

	if (qr == NULL)
		return false;
	qr_print(qr, format, colours, stdout);
	qr_free(qr);
	return fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
	static char buffer[BUFSIZ];
	char text[URI_MAX + 1];
	bool drawn = false;

	(void)prctl(PR_SET_DUMPABLE, 0);
	if (argc != 3) {
		(void)fprintf(stderr, "usage: twokey-qr utf8|ascii dark|light <TEXT\n");
		return EXIT_FAILURE;
	}
	(void)setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	if (read_text(text))
		drawn = draw(text, strcmp(argv[1], "ascii") == 0 ? QR_ASCII : QR_UTF8,
			     strcmp(argv[2], "light") == 0 ? QR_PLAIN : QR_INVERTED);
	explicit_bzero(text, sizeof(text));
	explicit_bzero(buffer, sizeof(buffer));
	return drawn ? EXIT_SUCCESS : EXIT_FAILURE;
}

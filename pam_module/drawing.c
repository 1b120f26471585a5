/* SPDX-License-Identifier: BSD-2-Clause */
/* P9, bounded: what is written and read fits into a pipe, so that nobody waits for anybody. */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "drawing.h"

/* Seconds; it takes milliseconds. */
#define PATIENCE 10

static void close_both(const int ends[2])
{
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static bool write_all(int fd, const char *text)
{
	size_t length = strlen(text);

	return write(fd, text, length) == (ssize_t)length;
}

/* Until the end, or until the page is full. */
static void read_all(int fd, struct page *page)
{
	ssize_t got;

	do {
		got = read(fd, page->text + page->length, sizeof(page->text) - 1 - page->length);
		if (got > 0)
			page->length += (size_t)got;
	} while (got > 0);
	page->text[page->length] = '\0';
}

static bool run(int input, int output, enum prompt_qr qr, enum drawing_ink ink)
{
	char name[] = "twokey-qr", utf8[] = "utf8", ascii[] = "ascii", dark[] = "dark",
	     light[] = "light";
	char *const argv[] = {name, qr == PROMPT_QR_ASCII ? ascii : utf8,
			      ink == DRAWING_FOR_DARK_SCREEN ? dark : light, NULL};

	return child_run(&(struct child){.path = QR_PATH,
					 .argv = argv,
					 .input = input,
					 .output = output,
					 .patience = PATIENCE}) == 0;
}

void drawing_add(struct page *page, const char *text, enum prompt_qr qr, enum drawing_ink ink)
{
	int question[2], answer[2];
	bool drawn;

	if (qr == PROMPT_QR_OFF || pipe2(question, O_CLOEXEC) != 0)
		return;
	if (pipe2(answer, O_CLOEXEC | O_NONBLOCK) != 0) {
		close_both(question);
		return;
	}
	drawn = write_all(question[1], text);
	(void)close(question[1]);
	drawn = drawn && run(question[0], answer[1], qr, ink);
	if (drawn)
		read_all(answer[0], page);
	(void)close(question[0]);
	close_both(answer);
}

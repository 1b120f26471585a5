/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P8, secrets stay secret: libqrencode copies a text in parts, and frees them as they are. So a
 * code is made by a child, into memory that both have, and what the library leaves ends with the
 * child.
 */
#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "qr.h"

_Static_assert(QR_WIDTH_MAX == 17 + 4 * QRSPEC_VERSION_MAX, "libqrencode's largest code has room");

__attribute__((noreturn)) static void encode(const char *text, struct qr *qr)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	int error = code != NULL ? 0 : errno;

	if (code != NULL) {
		qr->width = (size_t)code->width;
		memcpy(qr->modules, code->data, qr->width * qr->width);
	}
	QRcode_free(code);
	qr->error = error;
	_exit(EXIT_SUCCESS);
}

static void encode_aside(const char *text, struct qr *qr)
{
	pid_t child, ended;

	qr->error = ECANCELED; /* until the child says more: it may be killed */
	child = fork();
	if (child == 0)
		encode(text, qr);
	if (child < 0) {
		qr->error = errno;
		return;
	}
	do
		ended = waitpid(child, NULL, 0);
	while (ended < 0 && errno == EINTR);
}

struct qr *qr_encode(const char *text)
{
	struct qr *qr =
		mmap(NULL, sizeof(*qr), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int error;

	if (qr == MAP_FAILED)
		return NULL;
	encode_aside(text, qr);
	error = qr->error;
	if (error == 0)
		return qr;
	qr_free(qr);
	errno = error;
	return NULL;
}

void qr_free(struct qr *qr)
{
	if (qr == NULL)
		return;
	/* No more than was written: each page that is touched costs a page fault. */
	explicit_bzero(qr->modules, qr->width * qr->width);
	(void)munmap(qr, sizeof(*qr));
}

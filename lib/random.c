/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "random.h"

bool random_bytes(void *bytes, size_t length)
{
	ssize_t got;

	do
		got = getrandom(bytes, length, 0);
	while (got < 0 && errno == EINTR);
	if (got == (ssize_t)length)
		return true;
	explicit_bzero(bytes, length);
	return false;
}

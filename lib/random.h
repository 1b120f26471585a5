/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_RANDOM_H
#define TWOKEY_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

/* getrandom(2) gives this many bytes whole or not at all. */
#define RANDOM_MAX 256

/*
 * random_bytes(bytes, length):
 * Fill at most RANDOM_MAX ${bytes} from getrandom(2). Return false, with them wiped, if the kernel
 * gave none.
 */
bool random_bytes(void *bytes, size_t length);

#endif

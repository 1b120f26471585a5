/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PAGE_H
#define TWOKEY_PAGE_H

#include <stddef.h>

/* Bytes: a QR code of the longest URI, two characters a module, and the words around it. */
#define PAGE_SIZE 65536

/* A text that a prompt shows; it may hold a key, so whoever fills one wipes it. */
struct page {
	size_t length;
	char text[PAGE_SIZE];
};

/* page_add(page, format, ...): Append as printf(3) does; what is too long is cut. */
__attribute__((format(printf, 2, 3))) void page_add(struct page *page, const char *format, ...);

#endif

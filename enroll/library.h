/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_LIBRARY_H
#define TWOKEY_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* A function of a library that is loaded late, and the pointer that it is called by from then on.
 */
struct library_symbol {
	const char *name;
	void *place; /* of a pointer to a function of the type that the library's header gives */
};

/*
 * library_load(name, symbols, count):
 * Load the shared library ${name} for the rest of the process, as if it had been linked, and fill
 * the places. Return false if it, or one of its ${symbols}, is not there; errno is ELIBACC then.
 */
bool library_load(const char *name, const struct library_symbol *symbols, size_t count);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is linked is loaded at each start, at 30 to 150 microseconds a library: as much as all that
 * an enrolment does with the store. What few commands need, and brings others with it, is loaded by
 * them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "library.h"

bool library_load(const char *name, const struct library_symbol *symbols, size_t count)
{
	void *library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
	size_t found = 0;

	while (library != NULL && found < count) {
		void *address = dlsym(library, symbols[found].name);

		if (address == NULL)
			break;
		memcpy(symbols[found].place, &address, sizeof(address));
		found++;
	}
	if (library != NULL && found == count)
		return true;
	if (library != NULL)
		(void)dlclose(library);
	errno = ELIBACC;
	return false;
}

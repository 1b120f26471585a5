/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded, a directory to which case is nothing, as that of Active Directory: who is looked up by
 * capitals is found, and called by the name that the host has.
 */
#include <ctype.h>
#include <dlfcn.h>
#include <pwd.h>
#include <stddef.h>
#include <string.h>

#define NAME_SIZE 256

int getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
	       struct passwd **found)
{
	int (*real)(const char *, struct passwd *, char *, size_t, struct passwd **);
	void *symbol = dlsym(RTLD_NEXT, "getpwnam_r");
	char folded[NAME_SIZE];
	size_t length = strnlen(name, NAME_SIZE - 1);

	for (size_t i = 0; i < length; i++)
		folded[i] = (char)tolower((unsigned char)name[i]);
	folded[length] = '\0';
	memcpy(&real, &symbol, sizeof(real));
	return real(folded, entry, buffer, size, found);
}

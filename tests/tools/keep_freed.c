/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To be preloaded: what is freed stays where it is and as it is, so that who looks through the
 * memory of a process finds whatever was not wiped. The C library would write over the first 16
 * bytes of a freed chunk, and a code, a password or a recovery code is no longer. A marker each is
 * left at the beginning of a freed chunk and on the stack when the process begins, so that a search
 * that finds no secret can be seen to find something there.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* Spelt so that it stands nowhere before it is put together. */
static void put_marker(char *at, const char *where)
{
	const char *const parts[] = {"left", where, "by", "hand"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		*at++ = '<';
		for (const char *c = parts[i]; *c != '\0'; c++)
			*at++ = *c;
	}
	*at = '>';
}

void free(void *chunk)
{
	(void)chunk;
}

void *realloc(void *chunk, size_t size)
{
	size_t old = malloc_usable_size(chunk);
	void *copy = malloc(size);

	if (copy != NULL && chunk != NULL)
		(void)memcpy(copy, chunk, old < size ? old : size);
	return copy;
}

/* Below what the program itself will use of its stack. */
__attribute__((noinline)) static void mark_stack(void)
{
	char deep[1 << 19];

	put_marker(deep, "below");
	__asm__ volatile("" : : "r"(deep) : "memory");
}

__attribute__((constructor)) static void mark(void)
{
	char *chunk = malloc(64);

	if (chunk != NULL)
		put_marker(chunk, "free");
	free(chunk);
	mark_stack();
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "nearest.h"

/* With more mistakes than one in so many letters it is another word. */
#define LETTERS_A_MISTAKE 3

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool is_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Row by row: how many mistakes make the first row letters of one the first column of the other. */
static size_t count_mistakes(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[NEAREST_NAME_MAX + 1][NEAREST_NAME_MAX + 1];

	memset(rows, 0, sizeof(rows));
	for (size_t i = 0; i <= a_length; i++) {
		rows[i][0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			if (i == 0) {
				rows[i][j] = j;
				continue;
			}
			rows[i][j] =
				least(least(rows[i - 1][j], rows[i][j - 1]) + 1,
				      rows[i - 1][j - 1] + (is_same(a[i - 1], b[j - 1]) ? 0 : 1));
			if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) &&
			    is_same(a[i - 2], b[j - 1]))
				rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
		}
	}
	return rows[a_length][b_length];
}

struct nearest nearest_begin(const char *typed)
{
	return (struct nearest){.typed = typed};
}

void nearest_offer(struct nearest *nearest, const char *name)
{
	size_t typed = strlen(nearest->typed);
	size_t length = strlen(name);
	size_t mistakes;

	if (typed > NEAREST_NAME_MAX || length > NEAREST_NAME_MAX)
		return;
	mistakes = count_mistakes(nearest->typed, typed, name, length);
	if (mistakes * LETTERS_A_MISTAKE > length ||
	    (nearest->name != NULL && mistakes >= nearest->mistakes))
		return;
	nearest->name = name;
	nearest->mistakes = mistakes;
}

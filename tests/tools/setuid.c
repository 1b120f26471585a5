/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in the place of twokey-helper, set-user-ID like it, and runs the helper, which lies beside
 * it as twokey-helper.real, under UNDER: a string, whose words are a tool and its options.
 */
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 64

int main(int argc, char **argv)
{
	static char tool[] = UNDER;
	char *words[WORDS_MAX];
	size_t count = 0;

	for (char *word = strtok(tool, " "); word != NULL; word = strtok(NULL, " "))
		words[count++] = word;
	words[count++] = HELPER ".real";
	for (int i = 1; i < argc && count < WORDS_MAX - 1; i++)
		words[count++] = argv[i];
	words[count] = NULL;
	(void)execvp(words[0], words);
	return 127;
}

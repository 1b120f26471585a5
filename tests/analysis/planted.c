/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mistakes, planted so that every tool shows first that it sees them where it is asked to look: in
 * a program (planted MISTAKE), and in a module that PAM loads (auth required planted.so MISTAKE).
 */
#include <security/pam_modules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv);

/* What the compiler can't know. */
static volatile int one = 1;
static volatile int count;
static void *volatile place;

static void overflow(void)
{
	char *block = malloc(8);

	place = block;
	if (block != NULL)
		block[7 + one] = 'x';
	free(block);
}

static void used_after_free(void)
{
	char *block = calloc(8, 1);

	place = block;
	free(block);
	count = ((volatile char *)place)[one];
}

static void leak(void)
{
	place = malloc(8);
	place = NULL;
}

static void undefined(void)
{
	count = 2147483647;
	count = count + one;
}

static void uninitialised(void)
{
	char *block = malloc(8);

	place = block;
	if (block != NULL && ((volatile char *)block)[one] == 'x')
		(void)puts("x");
	free(block);
}

/* Where several threads come here. */
static void race(void)
{
	for (int i = 0; i < 1000; i++)
		count = count + one;
}

/* Memory of its own, so that threads may come here. */
static void nothing(void)
{
	char *volatile block = malloc(8);

	free(block);
}

static const struct {
	const char *name;
	void (*make)(void);
} mistakes[] = {
	{"nothing", nothing}, {"overflow", overflow},   {"used_after_free", used_after_free},
	{"leak", leak},       {"undefined", undefined}, {"uninitialised", uninitialised},
	{"race", race},
};

static int make_mistake(const char *name)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		if (strcmp(mistakes[i].name, name) != 0)
			continue;
		mistakes[i].make();
		return 0;
	}
	return 2;
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	return argc == 1 && make_mistake(argv[0]) == 0 ? PAM_SUCCESS : PAM_SERVICE_ERR;
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}

int main(int argc, char **argv)
{
	return argc == 2 ? make_mistake(argv[1]) : 2;
}

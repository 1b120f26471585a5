/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library to preload that lets memory run out, for tests. Allocations are counted while
 * pam_authenticate(3), pam_acct_mgmt(3), pam_chauthtok(3) and pam_open_session(3) run, or from the
 * start of a program.
 *
 *   STARVE_AT=N           the N-th allocation fails; with a + behind it, all from there on
 *   STARVE_FROM_START=1   count from the start
 *   STARVE_ONLY=NAME      in no program of another name
 *   STARVE_PAM=0          but not what PAM and its modules allocate
 *   STARVE_COUNT=FILE     how many there were goes to its end when a process ends
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* AddressSanitizer's, where a program was built with it: what it frees it must have allocated. */
#pragma weak __interceptor_malloc
#pragma weak __interceptor_calloc
#pragma weak __interceptor_realloc
#pragma weak __interceptor_memalign
void *__interceptor_malloc(size_t size);
void *__interceptor_calloc(size_t count, size_t size);
void *__interceptor_realloc(void *old, size_t size);
void *__interceptor_memalign(size_t alignment, size_t size);

static bool counting;
static unsigned long count;
static unsigned long at;
static bool and_on;
static bool pam_counts = true;
static const char *count_path; /* found early: a program may clear its environment */

static bool starved(void)
{
	if (!counting)
		return false;
	count++;
	if (at == 0 || count < at || (count > at && !and_on))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	if (starved())
		return NULL;
	return __interceptor_malloc != NULL ? __interceptor_malloc(size) : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
	if (starved())
		return NULL;
	return __interceptor_calloc != NULL ? __interceptor_calloc(number, size)
					    : __libc_calloc(number, size);
}

void *realloc(void *old, size_t size)
{
	if (starved())
		return NULL;
	return __interceptor_realloc != NULL ? __interceptor_realloc(old, size)
					     : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	if (starved())
		return NULL;
	return __interceptor_memalign != NULL ? __interceptor_memalign(alignment, size)
					      : __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
	*block = aligned_alloc(alignment, size);
	return *block == NULL ? ENOMEM : 0;
}

/* The caller's own allocations, before and after, are not the subject. */
#define STARVE_DURING(phase)                                                                       \
	int phase(pam_handle_t *pamh, int flags)                                                   \
	{                                                                                          \
		int (*real)(pam_handle_t *, int);                                                  \
		void *symbol = dlsym(RTLD_NEXT, #phase);                                           \
		bool before = counting;                                                            \
		int result;                                                                        \
                                                                                                   \
		memcpy(&real, &symbol, sizeof(real));                                              \
		counting = pam_counts;                                                             \
		result = real(pamh, flags);                                                        \
		counting = before;                                                                 \
		return result;                                                                     \
	}

STARVE_DURING(pam_authenticate)
STARVE_DURING(pam_acct_mgmt)
STARVE_DURING(pam_chauthtok)
STARVE_DURING(pam_open_session)

int pam_start(const char *service, const char *user, const struct pam_conv *conversation,
	      pam_handle_t **pamh)
{
	int (*real)(const char *, const char *, const struct pam_conv *, pam_handle_t **);
	void *symbol = dlsym(RTLD_NEXT, "pam_start");
	bool before = counting;
	int result;

	memcpy(&real, &symbol, sizeof(real));
	counting = before && pam_counts;
	result = real(service, user, conversation, pamh);
	counting = before;
	return result;
}

static bool is_meant(void)
{
	const char *only = getenv("STARVE_ONLY");

	return only == NULL || strcmp(only, program_invocation_short_name) == 0;
}

/*
 * The first lookup of a name is done before any is counted, as programs that ask PAM do it: in
 * glibc 2.36 what reads nsswitch.conf ends by an assertion where memory runs out.
 */
__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("STARVE_AT");

	(void)getpwnam("root");
	if (text != NULL) {
		at = strtoul(text, NULL, 10);
		and_on = strchr(text, '+') != NULL;
	}
	count_path = getenv("STARVE_COUNT");
	pam_counts = getenv("STARVE_PAM") == NULL;
	counting = getenv("STARVE_FROM_START") != NULL && is_meant();
}

__attribute__((destructor)) static void end(void)
{
	int fd = count_path != NULL
			 ? open(count_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
			 : -1;
	char text[32];
	int length = snprintf(text, sizeof(text), "%lu\n", count);

	counting = false;
	if (fd >= 0) {
		(void)!write(fd, text, (size_t)length);
		(void)close(fd);
	}
}

/* What ends in a hurry has allocated too. */
__attribute__((noreturn)) void _exit(int status)
{
	end();
	for (;;)
		(void)syscall(SYS_exit_group, status);
}

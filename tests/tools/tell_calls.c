/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library for LD_AUDIT, rtld-audit(7), that lets strace see two functions of libraries, whoever
 * asks the loader for them and whenever: each call is told before by access(2) on a file that there
 * is not. Of crypt_ra(3) its name has the hash's kind and cost; the salt is left out, which tells
 * users apart. Of pam_fail_delay(3) it has the microseconds.
 */
#include <crypt.h>
#include <link.h>
#include <security/pam_appl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static __typeof__(&crypt_ra) real_crypt_ra;
static __typeof__(&pam_fail_delay) real_pam_fail_delay;

/* "$y$j9T$" of yescrypt, whose cost is a field of its own; "$6$" and its like of all others. */
static int kind_length(const char *setting)
{
	int fields = strncmp(setting, "$y$", 3) == 0 ? 3 : 2;
	int length = 0;

	while (setting[length] != '\0' && fields > 0)
		fields -= setting[length++] == '$';
	return length;
}

static char *tell_crypt_ra(const char *phrase, const char *setting, void **data, int *size)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "a hash: %.*s", kind_length(setting), setting);
	(void)access(text, F_OK);
	return real_crypt_ra(phrase, setting, data, size);
}

static int tell_pam_fail_delay(pam_handle_t *pamh, unsigned microseconds)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "a delay is asked for: %u us", microseconds);
	(void)access(text, F_OK);
	return real_pam_fail_delay(pamh, microseconds);
}

unsigned la_version(unsigned version)
{
	(void)version;
	return LAV_CURRENT;
}

unsigned la_objopen(struct link_map *map, Lmid_t list, uintptr_t *cookie)
{
	(void)map;
	(void)list;
	(void)cookie;
	return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}

uintptr_t la_symbind64(Elf64_Sym *symbol, unsigned index, uintptr_t *from, uintptr_t *to,
		       unsigned *flags, const char *name)
{
	uintptr_t address = (uintptr_t)symbol->st_value;

	(void)index;
	(void)from;
	(void)to;
	(void)flags;
	if (strcmp(name, "crypt_ra") == 0) {
		memcpy(&real_crypt_ra, &address, sizeof(real_crypt_ra));
		return (uintptr_t)tell_crypt_ra;
	}
	if (strcmp(name, "pam_fail_delay") == 0) {
		memcpy(&real_pam_fail_delay, &address, sizeof(real_pam_fail_delay));
		return (uintptr_t)tell_pam_fail_delay;
	}
	return address;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "request.h"

/* Raised when a field is added: a module and a helper of two releases must not half understand. */
#define VERSION "1"

/* The rows of a table. */
#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static const char *const kinds[] = {
	[REQUEST_LOOK] = "look",
	[REQUEST_CODE] = "code",
	[REQUEST_PASSWORD_CODE] = "password,code",
	[REQUEST_ENROL] = "enroll",
	[REQUEST_STATUS] = "status",
	[REQUEST_RECOVERY] = "recovery",
	[REQUEST_REMOVE] = "remove",
};

static const char *const unenrolled_words[] = {
	[REQUEST_UNENROLLED_DENY] = "deny",
	[REQUEST_UNENROLLED_AS_CONFIGURED] = "conf",
};

bool request_format(const struct request *request, struct fields *fields)
{
	const struct {
		const char *name;
		const char *value;
	} parts[] = {
		{"twokey", VERSION},
		{"kind", kinds[request->kind]},
		{"user", request->user},
		{"service", request->service},
		{"rhost", request->rhost},
		{"tty", request->tty},
		{"ruser", request->ruser},
		{"store", request->store},
		{"unenrolled", unenrolled_words[request->unenrolled]},
		{"password", request->password.text},
		{"code", request->code.text},
	};
	bool fits = true;

	*fields = (struct fields){0};
	for (size_t i = 0; fits && i < COUNT(parts); i++)
		fits = fields_put(fields, parts[i].name, parts[i].value);
	return fits;
}

/* Take a field that is one of ${words}. */
static bool take_word(struct fields *fields, const char *name, const char *const *words,
		      size_t count, size_t *index)
{
	char word[sizeof("password,code")] = {0};

	if (!fields_take(fields, name, word, sizeof(word)))
		return false;
	for (*index = 0; *index < count; (*index)++) {
		if (strcmp(words[*index], word) == 0)
			return true;
	}
	return false;
}

static bool take_version(struct fields *fields)
{
	char version[sizeof(VERSION)] = {0};

	return fields_take(fields, "twokey", version, sizeof(version)) &&
	       strcmp(version, VERSION) == 0;
}

static bool take_secret(struct fields *fields, const char *name, struct secret *secret)
{
	bool good = fields_take(fields, name, secret->text, sizeof(secret->text));

	secret->length = strlen(secret->text);
	return good;
}

static bool take_all(struct fields *fields, struct request *request)
{
	size_t kind, unenrolled;

	if (!take_version(fields) || !take_word(fields, "kind", kinds, COUNT(kinds), &kind))
		return false;
	request->kind = (enum request_kind)kind;
	if (!fields_take(fields, "user", request->user, sizeof(request->user)) ||
	    !fields_take(fields, "service", request->service, sizeof(request->service)) ||
	    !fields_take(fields, "rhost", request->rhost, sizeof(request->rhost)) ||
	    !fields_take(fields, "tty", request->tty, sizeof(request->tty)) ||
	    !fields_take(fields, "ruser", request->ruser, sizeof(request->ruser)) ||
	    !fields_take(fields, "store", request->store, sizeof(request->store)) ||
	    !take_word(fields, "unenrolled", unenrolled_words, COUNT(unenrolled_words),
		       &unenrolled))
		return false;
	request->unenrolled = (enum request_unenrolled)unenrolled;
	return take_secret(fields, "password", &request->password) &&
	       take_secret(fields, "code", &request->code) && fields_end(fields);
}

bool request_parse(struct fields *fields, struct request *request)
{
	*request = (struct request){.kind = REQUEST_LOOK};
	if (take_all(fields, request))
		return true;
	explicit_bzero(request, sizeof(*request));
	return false;
}

void request_text(char text[REQUEST_TEXT_MAX + 1], const char *value)
{
	size_t length = strnlen(value, REQUEST_TEXT_MAX);

	memcpy(text, value, length);
	text[length] = '\0';
}

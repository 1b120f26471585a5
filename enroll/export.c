/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "message.h"
#include "options.h"
#include "otp.h"
#include "overview.h"
#include "policy.h"
#include "store_change.h"
#include "text.h"
#include "uri.h"

static const char usage[] = N_(
	"usage: twokey export uri|oath [USER...] [--json] [--store DIR]\n"
	"\n"
	"Print the keys of these users, or of all, for another program. What it prints is secret.\n"
	"  uri            otpauth URIs, one a device\n"
	"  oath           lines of pam_oath's users file; what it does not know is named\n"
	"Recovery codes stay behind: they are kept as hashes.\n"
	"  --json         print the result as JSON, an object a device\n"
	"  --store DIR    (default /var/lib/twokey)\n");

/* Room for a device in either form: the URI is the longer one. */
#define TEXT_SIZE (URI_MAX + 1)

struct form {
	const char *name;
	const char *field; /* of a device in JSON */
	/* Write ${device} to ${text}, which is empty. Return an enum status, after a complaint. */
	int (*write)(const char *user, const struct device *device,
		     const struct device_state *state, char text[TEXT_SIZE]);
};

/* One export, from user to user. */
struct exporter {
	struct store *store;
	const char *path; /* of the store */
	const struct form *form;
	bool json;
	bool any;   /* device was printed */
	int status; /* the exit status, as it stands */
};

static int write_uri(const char *user, const struct device *device,
		     const struct device_state *state, char text[TEXT_SIZE])
{
	(void)user;
	uri_format(device, state->watermark, text);
	return STATUS_DONE;
}

/* What pam_oath knows: SHA1, periods of 30 and 60 seconds, and no blank in a user's name. */
static bool is_known_to_oath(const char *user, const struct device *device)
{
	char name[PRINTABLE_MAX + 1];

	if (strpbrk(user, " \t\n\r") != NULL || user[0] == '#')
		complain(_("%s: a name like this can't stand in a users file"),
			 printable(user, name));
	else if (device->algorithm != OTP_SHA1)
		complain(_("%s: device %s: pam_oath knows SHA1 alone"), printable(user, name),
			 device->name);
	else if (device->type == OTP_TOTP && device->period != 30 && device->period != 60)
		complain(_("%s: device %s: pam_oath knows periods of 30 and 60 seconds alone"),
			 printable(user, name), device->name);
	else
		return true;
	return false;
}

__attribute__((format(printf, 2, 3))) static void append(char text[TEXT_SIZE], const char *format,
							 ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text + length, TEXT_SIZE - length, format, arguments);
	va_end(arguments);
}

/* The last code and its time, by which pam_oath refuses it a second time. */
static bool append_last_code(const struct device *device, const struct device_state *state,
			     char text[TEXT_SIZE])
{
	time_t last_used = (time_t)state->last_used;
	char code[OTP_DIGITS_MAX + 1];
	char when[32];
	struct tm parts;

	if (state->last_used == 0 || state->watermark == 0)
		return true;
	if (!otp_code(device, state->watermark - 1, code) ||
	    localtime_r(&last_used, &parts) == NULL ||
	    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SL", &parts) == 0)
		return false;
	append(text, "\t%s\t%s", code, when);
	explicit_bzero(code, sizeof(code));
	return true;
}

static int write_oath(const char *user, const struct device *device,
		      const struct device_state *state, char text[TEXT_SIZE])
{
	bool used = state->last_used != 0 && state->watermark > 0;

	if (!is_known_to_oath(user, device))
		return STATUS_REFUSED;
	if (device->type == OTP_TOTP)
		append(text, "HOTP/T%u/%u", device->period, device->digits);
	else
		append(text, "HOTP/E/%u", device->digits);
	append(text, "\t%s\t-\t", user);
	for (size_t i = 0; i < device->key_length; i++)
		append(text, "%02x", device->key[i]);
	/* The counter is that of the last code, where there is one; with TOTP it means nothing. */
	if (device->type == OTP_HOTP)
		append(text, "\t%" PRIu64, used ? state->watermark - 1 : state->watermark);
	else
		append(text, "\t0");
	if (append_last_code(device, state, text))
		return STATUS_DONE;
	return complain_reason(REASON_NO_MEMORY, user, "", NULL);
}

static int print_device(struct exporter *export, const char *user, const struct device *device,
			const char *text)
{
	if (export->json)
		return overview_print_item(json_pack("{s:s, s:s, s:s}", "user", user, "device",
						     device->name, export->form->field, text),
					   stdout, &export->any);
	(void)printf("%s\n", text);
	return STATUS_DONE;
}

static void export_device(struct exporter *export, const char *user, const struct device *device,
			  const struct device_state *state)
{
	char text[TEXT_SIZE] = "";
	int status = export->form->write(user, device, state, text);

	if (status == STATUS_DONE)
		status = print_device(export, user, device, text);
	explicit_bzero(text, sizeof(text));
	if (status == STATUS_DONE)
		audit(user, "the key of device %s was exported", device->name);
	status_worsen(&export->status, status);
}

static bool export_user(const char *user, void *context)
{
	struct exporter *export = context;
	struct record record;
	struct state state;
	enum reason reason = store_read(export->store, user, &record, &state);

	if (reason != REASON_NONE)
		status_worsen(&export->status,
			      complain_reason(reason, user, export->path, &export->store->fault));
	for (size_t i = 0; reason == REASON_NONE && i < record.device_count; i++)
		export_device(export, user, &record.devices[i], &state.devices[i]);
	explicit_bzero(&record, sizeof(record));
	return true;
}

/* The form that is asked for, or NULL after a complaint. */
static const struct form *find_form(const struct options *options)
{
	static const struct form forms[] = {
		{"uri", "uri", write_uri},
		{"oath", "line", write_oath},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (options->operand_count > 0 && strcmp(forms[i].name, options->operands[0]) == 0)
			return &forms[i];
	}
	complain(_("in what form? uri or oath; see --help"));
	return NULL;
}

static void export_users(struct exporter *export, const struct options *options)
{
	enum reason reason = REASON_NONE;

	if (export->json)
		(void)printf("[\n");
	for (int i = 1; i < options->operand_count; i++)
		(void)export_user(options->operands[i], export);
	if (options->operand_count == 1)
		reason = store_list(export->store, export_user, export);
	if (reason != REASON_NONE)
		status_worsen(&export->status,
			      complain_reason(reason, NULL, export->path, &export->store->fault));
	if (export->json)
		(void)printf("\n]\n");
}

int command_export(int argc, char **argv)
{
	const struct syntax syntax = {.usage = _(usage), .operand = OPERAND_OWN};
	struct exporter export = {.status = STATUS_DONE};
	struct options options;
	struct store store;
	enum reason reason;
	int status = options_read(argc, argv, &syntax, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	export.form = find_form(&options);
	if (export.form == NULL)
		return STATUS_USAGE;
	reason = store_open(options.store, &store);
	if (reason != REASON_NONE)
		return complain_reason(reason, NULL, options.store, &store.fault);
	export.store = &store;
	export.path = options.store;
	export.json = options.json;
	export_users(&export, &options);
	store_close(&store);
	return export.status;
}

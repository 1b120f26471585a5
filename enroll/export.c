/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "message.h"
#include "options.h"
#include "otp.h"
#include "policy.h"
#include "store_change.h"
#include "text.h"
#include "uri.h"

static const char usage[] = N_(
	"usage: twokey export uri|oath [USER...] [--store DIR]\n"
	"\n"
	"Print the keys of these users, or of all, for another program. What it prints is secret.\n"
	"  uri            otpauth URIs, one a device\n"
	"  oath           lines of pam_oath's users file; what it does not know is named\n"
	"Recovery codes stay behind: they are kept as hashes.\n"
	"  --store DIR    (default /var/lib/twokey)\n");

/* One export, from user to user. */
struct exporter {
	struct store *store;
	const char *path; /* of the store */
	bool (*print)(const char *user, const struct device *device,
		      const struct device_state *state);
	int status; /* the exit status, as it stands */
};

static void worsen(struct exporter *export, int status)
{
	if (status > export->status)
		export->status = status;
}

static bool print_uri(const char *user, const struct device *device,
		      const struct device_state *state)
{
	char uri[URI_MAX + 1];
	bool made = uri_format(device, state->watermark, uri);

	(void)user;
	if (made)
		(void)printf("%s\n", uri);
	explicit_bzero(uri, sizeof(uri));
	return made;
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

/* The last code and its time, by which pam_oath refuses it a second time. */
static bool print_last_code(const struct device *device, const struct device_state *state)
{
	time_t last_used = (time_t)state->last_used;
	char code[OTP_DIGITS_MAX + 1];
	char text[32];
	struct tm parts;

	if (state->last_used == 0 || state->watermark == 0)
		return true;
	if (!otp_code(device, state->watermark - 1, code) ||
	    localtime_r(&last_used, &parts) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SL", &parts) == 0)
		return false;
	(void)printf("\t%s\t%s", code, text);
	explicit_bzero(code, sizeof(code));
	return true;
}

static bool print_oath(const char *user, const struct device *device,
		       const struct device_state *state)
{
	bool used = state->last_used != 0 && state->watermark > 0;
	char type[16];

	if (!is_known_to_oath(user, device))
		return false;
	if (device->type == OTP_TOTP)
		(void)snprintf(type, sizeof(type), "HOTP/T%u/%u", device->period, device->digits);
	else
		(void)snprintf(type, sizeof(type), "HOTP/E/%u", device->digits);
	(void)printf("%s\t%s\t-\t", type, user);
	for (size_t i = 0; i < device->key_length; i++)
		(void)printf("%02x", device->key[i]);
	/* The counter is that of the last code, where there is one; with TOTP it means nothing. */
	if (device->type == OTP_HOTP)
		(void)printf("\t%" PRIu64, used ? state->watermark - 1 : state->watermark);
	else
		(void)printf("\t0");
	return print_last_code(device, state) && putchar('\n') != EOF;
}

static bool export_user(const char *user, void *context)
{
	struct exporter *export = context;
	struct record record;
	struct state state;
	enum reason reason = store_read(export->store, user, &record, &state);

	if (reason != REASON_NONE)
		worsen(export, complain_reason(reason, user, export->path, &export->store->fault));
	for (size_t i = 0; reason == REASON_NONE && i < record.device_count; i++) {
		const struct device *device = &record.devices[i];

		if (export->print(user, device, &state.devices[i]))
			audit(user, "the key of device %s was exported", device->name);
		else
			worsen(export, STATUS_REFUSED);
	}
	explicit_bzero(&record, sizeof(record));
	return true;
}

static bool choose(struct exporter *export, const struct options *options)
{
	const char *format = options->operand_count > 0 ? options->operands[0] : "";

	if (strcmp(format, "uri") == 0)
		export->print = print_uri;
	else if (strcmp(format, "oath") == 0)
		export->print = print_oath;
	else
		complain(_("in what form? uri or oath; see --help"));
	return export->print != NULL;
}

int command_export(int argc, char **argv)
{
	const struct syntax syntax = {.usage = _(usage), .operand = OPERAND_OWN};
	struct exporter export = {.status = STATUS_DONE};
	struct options options;
	struct store store;
	enum reason reason = REASON_NONE;
	int status = options_read(argc, argv, &syntax, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!choose(&export, &options))
		return STATUS_USAGE;
	reason = store_open(options.store, &store);
	if (reason != REASON_NONE)
		return complain_reason(reason, NULL, options.store, &store.fault);
	export.store = &store;
	export.path = options.store;
	for (int i = 1; i < options.operand_count; i++)
		(void)export_user(options.operands[i], &export);
	if (options.operand_count == 1)
		reason = store_list(&store, export_user, &export);
	if (reason != REASON_NONE)
		worsen(&export, complain_reason(reason, NULL, options.store, &store.fault));
	store_close(&store);
	return export.status;
}

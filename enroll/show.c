/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "message.h"
#include "options.h"
#include "overview.h"
#include "present.h"
#include "store_change.h"
#include "terminal.h"
#include "text.h"
#include "uri.h"

static const char usage[] =
	N_("usage: twokey show USER [--device NAME] [--qr FORM] [--json] [--store DIR]\n"
	   "\n"
	   "Show a device's QR code, key and URI again.\n"
	   "  --device NAME  which one (default the user's only one)\n"
	   "  --qr FORM      utf8, ascii, none, png=FILE or svg=FILE\n");

enum { OPTION_DEVICE = 1, OPTION_QR };

static const struct option own[] = {
	{"device", required_argument, NULL, OPTION_DEVICE},
	{"qr", required_argument, NULL, OPTION_QR},
	{0},
};

struct wish {
	const char *device;
	struct qr_option qr;
};

static bool take(int option, const char *value, void *context)
{
	struct wish *wish = context;

	if (option == OPTION_DEVICE) {
		wish->device = value;
		return true;
	}
	if (qr_option_parse(value, &wish->qr))
		return true;
	complain(_("--qr must be utf8, ascii, none, png=FILE or svg=FILE"));
	return false;
}

/* The device that is meant, or NULL after a complaint. */
static const struct device *find_device(const struct record *record, const char *name)
{
	size_t index = name != NULL ? record_device(record, name) : 0;

	if (index == record->device_count) {
		complain(_("there is no device '%s'; see 'twokey status'"), name);
		return NULL;
	}
	if (name == NULL && record->device_count > 1) {
		complain(_("there are %zu devices; name one with --device"), record->device_count);
		return NULL;
	}
	return &record->devices[index];
}

/* The screen stays until Enter, for the phone's camera. */
static int show_person(const struct device *device, const char *uri, const struct wish *wish)
{
	struct presentation presentation = {
		.device = device, .uri = uri, .qr = wish->qr, .stream = stdout};
	struct terminal_size size;
	struct secret line = {0};
	int status = present_begin(&presentation);

	if (status == STATUS_DONE && terminal_size(stdout, &size))
		(void)terminal_read(_("Press Enter when the phone has it. "), ECHO_HIDDEN, &line);
	secret_wipe(&line);
	present_end(&presentation);
	return status;
}

static int show_json(const struct options *options, const struct device *device, const char *uri)
{
	char key[DEVICE_KEY_BASE32_MAX + 1];
	json_t *json;

	device_key_text(device, key);
	json = json_pack("{s:s, s:s, s:s, s:s}", "user", options->user, "device", device->name,
			 "secret", key, "uri", uri);
	explicit_bzero(key, sizeof(key));
	return overview_print_json(json);
}

static int show(const struct options *options, const struct wish *wish, const struct record *record,
		const struct state *state)
{
	const struct device *device = find_device(record, wish->device);
	char uri[URI_MAX + 1];
	int status;

	if (device == NULL)
		return STATUS_REFUSED;
	uri_format(device, state->devices[device - record->devices].watermark, uri);
	status = options->json ? show_json(options, device, uri) : show_person(device, uri, wish);
	if (status == STATUS_DONE)
		audit(options->user, "the key of device %s was shown", device->name);
	explicit_bzero(uri, sizeof(uri));
	return status;
}

int command_show(int argc, char **argv)
{
	struct wish wish = {.device = NULL};
	const struct syntax syntax = {.usage = _(usage),
				      .operand = OPERAND_USER,
				      .own = own,
				      .take = take,
				      .context = &wish};
	struct options options;
	struct store store;
	struct record record = {.device_count = 0};
	struct state state;
	enum reason reason;
	int status;

	qr_option_default(&wish.qr);
	status = options_open(argc, argv, &syntax, &options, &store);
	if (status != OPTIONS_GO_ON)
		return status;
	reason = store_read(&store, options.user, &record, &state);
	if (reason == REASON_NONE)
		status = show(&options, &wish, &record, &state);
	else
		status = complain_reason(reason, options.user, options.store, &store.fault);
	explicit_bzero(&record, sizeof(record));
	store_close(&store);
	return status;
}

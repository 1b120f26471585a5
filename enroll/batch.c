/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "codes_show.h"
#include "command.h"
#include "message.h"
#include "policy.h"
#include "settings.h"
#include "store_change.h"
#include "text.h"

static const char usage[] = N_(
	"usage: twokey enroll --batch FILE --out DIR [options]\n"
	"\n"
	"Enrol all users of a list without asking for a first code, and write a sheet for each, "
	"to\n"
	"be printed or mailed: steps, QR code, key and recovery codes. Broken off at any moment "
	"and\n"
	"run again, it goes on where it stopped.\n"
	"  --batch FILE         one user a line, CSV with a header or as user,issuer,device; - is\n"
	"                       standard input; lines that begin with # are comments\n"
	"  --out DIR            where the sheets go; nobody else may write there\n"
	"  --sheet FORM         txt (default) or html\n"
	"  --image FORM         png (default), svg or none: the QR code as a file of its own\n"
	"  --issuer TEXT        where the list has none (default the host's name)\n"
	"  --device NAME        where the list has none (default phone)\n"
	"  --recovery-codes N   0 to 16 (default 10)\n"
	"  --quiet              no progress and no summary; failures are told\n"
	"  --json               print the result as JSON\n"
	"  --store DIR          (default /var/lib/twokey)\n");

enum {
	OPTION_BATCH = 1,
	OPTION_OUT,
	OPTION_SHEET,
	OPTION_IMAGE,
	OPTION_ISSUER,
	OPTION_DEVICE,
	OPTION_RECOVERY_CODES,
	OPTION_QUIET,
};

static const struct option own[] = {
	{"batch", required_argument, NULL, OPTION_BATCH},
	{"out", required_argument, NULL, OPTION_OUT},
	{"sheet", required_argument, NULL, OPTION_SHEET},
	{"image", required_argument, NULL, OPTION_IMAGE},
	{"issuer", required_argument, NULL, OPTION_ISSUER},
	{"device", required_argument, NULL, OPTION_DEVICE},
	{"recovery-codes", required_argument, NULL, OPTION_RECOVERY_CODES},
	{"quiet", no_argument, NULL, OPTION_QUIET},
	{0},
};

static bool take_sheet(struct batch *batch, const char *value)
{
	if (strcmp(value, "txt") == 0)
		batch->sheet = SHEET_TXT;
	else if (strcmp(value, "html") == 0)
		batch->sheet = SHEET_HTML;
	else
		complain(_("--sheet must be txt or html"));
	return strcmp(value, sheet_ending(batch->sheet)) == 0;
}

static bool take_image(struct batch *batch, const char *value)
{
	static const struct {
		const char *name;
		enum qr_format format;
	} names[] = {{"png", QR_PNG}, {"svg", QR_SVG}, {"none", QR_NONE}};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i].name, value) == 0) {
			batch->image = names[i].format;
			return true;
		}
	}
	complain(_("--image must be png, svg or none"));
	return false;
}

static bool good_or(bool good, const char *problem)
{
	if (!good)
		complain("%s", problem);
	return good;
}

static bool take(int option, const char *value, void *context)
{
	struct batch *batch = context;
	struct enrolment *defaults = &batch->defaults;

	switch (option) {
	case OPTION_BATCH:
		batch->list_path = value;
		return true;
	case OPTION_OUT:
		batch->out_path = value;
		return true;
	case OPTION_SHEET:
		return take_sheet(batch, value);
	case OPTION_IMAGE:
		return take_image(batch, value);
	case OPTION_ISSUER:
		return good_or(device_set_issuer(&defaults->device, value),
			       _("--issuer must be 1 to 64 bytes without a colon"));
	case OPTION_DEVICE:
		return good_or(device_set_name(&defaults->device, value),
			       _("--device must be 1 to 32 letters, digits, or . _ -"));
	case OPTION_RECOVERY_CODES:
		return codes_parse_count(value, &defaults->codes);
	default:
		batch->quiet = true;
		return true;
	}
}

bool batch_is_asked(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--batch") == 0 || strncmp(argv[i], "--batch=", 8) == 0)
			return true;
	}
	return false;
}

static int open_store(struct batch *batch)
{
	struct store_fault fault;
	enum reason reason = store_create(batch->options.store, &fault);

	if (reason == REASON_NONE) {
		reason = store_open(batch->options.store, &batch->store);
		fault = batch->store.fault;
	}
	if (reason == REASON_NONE)
		return STATUS_DONE;
	return complain_reason(reason, NULL, batch->options.store, &fault);
}

static int run(struct batch *batch, struct batch_list *list)
{
	struct batch_tally tally = {.failed = 0};
	int status = batch_finish(batch, &tally);
	int end;

	if (status != STATUS_DONE)
		return status;
	status = batch_run(batch, list, &tally);
	end = batch_tell_end(batch, &tally);
	return status > end ? status : end;
}

static int open_failed(const char *path)
{
	char shown[PRINTABLE_MAX + 1];

	complain("%s: %s", printable(path, shown), strerror(errno));
	return STATUS_SYSTEM;
}

static int run_list(struct batch *batch)
{
	struct batch_list list = {.stream = stdin};
	int status;

	if (strcmp(batch->list_path, "-") == 0)
		return run(batch, &list);
	list.stream = fopen(batch->list_path, "re");
	if (list.stream == NULL)
		return open_failed(batch->list_path);
	status = run(batch, &list);
	(void)fclose(list.stream);
	return status;
}

int batch_enroll(int argc, char **argv)
{
	struct batch batch = {.image = QR_PNG, .out = -1};
	const struct syntax syntax = {.usage = _(usage),
				      .operand = OPERAND_OWN,
				      .own = own,
				      .take = take,
				      .context = &batch};
	int status;

	enrolment_defaults(&batch.defaults, &settings()->site);
	status = options_read(argc, argv, &syntax, &batch.options);
	if (status != OPTIONS_GO_ON)
		return status;
	if (batch.list_path == NULL || batch.out_path == NULL || batch.options.operand_count > 0) {
		complain(_("--batch FILE goes with --out DIR, and with no user; see --help"));
		return STATUS_USAGE;
	}
	status = open_store(&batch);
	if (status != STATUS_DONE)
		return status;
	status = batch_out_open(&batch);
	if (status == STATUS_DONE)
		status = run_list(&batch);
	if (batch.out >= 0)
		(void)close(batch.out);
	store_close(&batch.store);
	return status;
}

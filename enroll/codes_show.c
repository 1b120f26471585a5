/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "codes_show.h"
#include "decimal.h"
#include "message.h"
#include "recovery.h"
#include "text.h"

bool codes_parse_count(const char *value, struct codes *codes)
{
	uint64_t count;

	if (!decimal_parse(value, RECORD_RECOVERY_MAX, &count)) {
		complain(_("the number of recovery codes must be 0 to %d"), RECORD_RECOVERY_MAX);
		return false;
	}
	codes->count = (size_t)count;
	return true;
}

void codes_print(const struct codes *codes, FILE *stream)
{
	char shown[RECOVERY_SHOWN + 1];

	if (codes->count == 0)
		return;
	say(stream, _("Recovery codes, each good for one login without the device."));
	say(stream, _("They are shown this once: print them, or write them down."));
	(void)fprintf(stream, "\n");
	for (size_t i = 0; i < codes->count; i++) {
		recovery_show(codes->items[i], shown);
		(void)fprintf(stream, "%s%s", i % 2 == 0 ? "    " : "      ", shown);
		if (i % 2 == 1 || i + 1 == codes->count)
			(void)fprintf(stream, "\n");
	}
	(void)fprintf(stream, "\n");
	explicit_bzero(shown, sizeof(shown));
}

json_t *codes_json(const struct codes *codes)
{
	json_t *array = json_array();
	char shown[RECOVERY_SHOWN + 1];

	for (size_t i = 0; i < codes->count; i++) {
		recovery_show(codes->items[i], shown);
		if (json_array_append_new(array, json_string(shown)) != 0) {
			json_decref(array);
			array = NULL;
			break;
		}
	}
	explicit_bzero(shown, sizeof(shown));
	return array;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What anybody may send to twokey-helper: an input is the message. One that is taken is, written
 * again, the same bytes; one that is refused leaves no secret.
 */
#include "request.h"

#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fields fields, again;
	struct request request;

	memset(&fields, 0, sizeof(fields));
	fields.length = size < FIELDS_MAX ? size : FIELDS_MAX;
	memcpy(fields.text, data, fields.length);
	if (!request_parse(&fields, &request)) {
		FUZZ_REQUIRE(fuzz_is_zero(&request, sizeof(request)));
		return 0;
	}
	FUZZ_REQUIRE(request.kind <= REQUEST_REMOVE);
	FUZZ_REQUIRE(request.unenrolled <= REQUEST_UNENROLLED_AS_CONFIGURED);
	FUZZ_REQUIRE(strlen(request.password.text) == request.password.length);
	FUZZ_REQUIRE(strlen(request.code.text) == request.code.length);
	FUZZ_REQUIRE(request_format(&request, &again));
	FUZZ_REQUIRE(again.length == fields.length);
	FUZZ_REQUIRE(memcmp(again.text, fields.text, again.length) == 0);
	return 0;
}

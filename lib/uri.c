/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "uri.h"

struct writer {
	char *text;
	size_t length;
};

/* URI_MAX has room for the longest of everything, so nothing is ever cut off. */
__attribute__((format(printf, 2, 3))) static void put(struct writer *writer, const char *format,
						      ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(writer->text + writer->length, URI_MAX + 1 - writer->length, format,
			   arguments);
	va_end(arguments);
	if (length > 0)
		writer->length += (size_t)length;
}

/* All but the unreserved characters of RFC 3986 section 2.3 are percent-encoded. */
static void put_encoded(struct writer *writer, const char *text)
{
	static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					 "0123456789-._~";

	for (const char *c = text; *c != '\0'; c++) {
		if (strchr(unreserved, *c) != NULL)
			put(writer, "%c", *c);
		else
			put(writer, "%%%02X", (unsigned char)*c);
	}
}

void uri_format(const struct device *device, uint64_t counter, char uri[URI_MAX + 1])
{
	struct writer writer = {.text = uri};
	char key[DEVICE_KEY_BASE32_MAX + 1];

	device_key_text(device, key);
	put(&writer, "otpauth://%s/", otp_type_name(device->type));
	if (device->issuer[0] != '\0') {
		put_encoded(&writer, device->issuer);
		put(&writer, ":");
	}
	put_encoded(&writer, device->label);
	put(&writer, "?secret=%s", key);
	if (device->issuer[0] != '\0') {
		put(&writer, "&issuer=");
		put_encoded(&writer, device->issuer);
	}
	put(&writer, "&algorithm=%s&digits=%u", otp_algorithm_name(device->algorithm),
	    device->digits);
	if (device->type == OTP_TOTP)
		put(&writer, "&period=%u", device->period);
	else
		put(&writer, "&counter=%" PRIu64, counter);
	explicit_bzero(key, sizeof(key));
}

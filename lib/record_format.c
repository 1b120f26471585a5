/* SPDX-License-Identifier: BSD-2-Clause */
/* How a record is written: lib/record.c reads nothing that is not written so. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "record.h"

/* A text being written; it overflows once and stays so. */
struct writer {
	char *text;
	size_t length;
	bool overflow;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *writer, const char *format,
						      ...)
{
	size_t room = RECORD_SIZE - writer->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(writer->text + writer->length, room, format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length >= room)
		writer->overflow = true;
	else
		writer->length += (size_t)length;
}

static void put_device(struct writer *writer, const struct device *device)
{
	char key[DEVICE_KEY_BASE32_MAX + 1];

	device_key_text(device, key);
	put(writer, "device: %s\n", device->name);
	if (device->issuer[0] != '\0')
		put(writer, "issuer: %s\n", device->issuer);
	if (device->label[0] != '\0')
		put(writer, "label: %s\n", device->label);
	put(writer, "type: %s\nalgorithm: %s\ndigits: %u\n", otp_type_name(device->type),
	    otp_algorithm_name(device->algorithm), device->digits);
	if (device->type == OTP_TOTP)
		put(writer, "period: %u\n", device->period);
	put(writer, "key: %s\n", key);
	explicit_bzero(key, sizeof(key));
}

bool record_format(const struct record *record, char text[RECORD_SIZE])
{
	struct writer writer = {.text = text};

	put(&writer, "twokey: " RECORD_VERSION "\nuser: %s\n", record->file);
	for (size_t i = 0; i < record->device_count; i++)
		put_device(&writer, &record->devices[i]);
	for (size_t i = 0; i < record->recovery_count; i++)
		put(&writer, "recovery: %s\n", record->recovery[i]);
	put(&writer, "checksum: %016" PRIx64 "\n", checksum(text, writer.length));
	if (writer.overflow) {
		explicit_bzero(text, RECORD_SIZE);
		return false;
	}
	memset(text + writer.length, '\n', RECORD_SIZE - writer.length);
	return true;
}

bool record_same(const struct record *one, const struct record *other)
{
	char texts[2][RECORD_SIZE];
	bool same = record_format(one, texts[0]) && record_format(other, texts[1]) &&
		    memcmp(texts[0], texts[1], RECORD_SIZE) == 0;

	explicit_bzero(texts, sizeof(texts));
	return same;
}

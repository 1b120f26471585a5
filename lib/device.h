/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_DEVICE_H
#define TWOKEY_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base32.h"

#define DEVICE_NAME_MAX   32
#define DEVICE_ISSUER_MAX 64
#define DEVICE_LABEL_MAX  128

/* RFC 4226 section 4, R6: at least 128 bits. The longest that RFC 6238 uses is 64 bytes. */
#define DEVICE_KEY_MIN 16
#define DEVICE_KEY_MAX 64

/* Unpadded base32 of the longest key. */
#define DEVICE_KEY_BASE32_MAX BASE32_LENGTH(DEVICE_KEY_MAX)

/* Seconds. Below ten nobody types a code in time; above five minutes it is no one-time code. */
#define DEVICE_PERIOD_MIN 10
#define DEVICE_PERIOD_MAX 300

enum otp_type { OTP_TOTP, OTP_HOTP };
enum otp_algorithm { OTP_SHA1, OTP_SHA256, OTP_SHA512 };

/* A phone or token. Holds a key: whoever fills one wipes it. */
struct device {
	char name[DEVICE_NAME_MAX + 1]; /* letters, digits, and . _ - */
	char issuer[DEVICE_ISSUER_MAX + 1];
	char label[DEVICE_LABEL_MAX + 1];
	enum otp_type type;
	enum otp_algorithm algorithm;
	unsigned digits;
	unsigned period; /* seconds; 0 for HOTP */
	size_t key_length;
	unsigned char key[DEVICE_KEY_MAX];
};

/*
 * device_set_*(device, value):
 * Read one value from its text, as the record's lines and the command's options have it. Return
 * false, with ${device} unchanged, if it is not allowed. Issuer and label hold no colon, which
 * parts them in the Key URI format, and no control character.
 */
bool device_set_name(struct device *device, const char *value);
bool device_set_issuer(struct device *device, const char *value);
bool device_set_label(struct device *device, const char *value);
bool device_set_type(struct device *device, const char *value);
bool device_set_algorithm(struct device *device, const char *value);
bool device_set_digits(struct device *device, const char *value);
bool device_set_period(struct device *device, const char *value);

/*
 * device_set_key(device, value):
 * Take the key from base32 (RFC 4648 section 6): either case, padding and spaces allowed.
 * Return false, with ${device} unchanged, for anything else, and for a key shorter than
 * DEVICE_KEY_MIN or longer than DEVICE_KEY_MAX bytes.
 */
bool device_set_key(struct device *device, const char *value);

/*
 * device_same_key(one, other):
 * Whether both have one key, whatever else they differ in: a code of eight digits ends in that of
 * six, and what is a counter for one may be a step for the other.
 */
bool device_same_key(const struct device *one, const struct device *other);

/*
 * device_key_text(device, text):
 * Write the key as upper-case base32 without padding; the caller wipes ${text}.
 */
void device_key_text(const struct device *device, char text[DEVICE_KEY_BASE32_MAX + 1]);

/* The names that the record, the URI and --json use: "totp", "SHA1". */
const char *otp_type_name(enum otp_type type);
const char *otp_algorithm_name(enum otp_algorithm algorithm);

#endif

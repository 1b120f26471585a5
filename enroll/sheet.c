/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "qr_file.h"
#include "recovery.h"
#include "sheet.h"
#include "text.h"

#define KEY_GROUP 4

/* A page being written; an HTML page shows every name as text, whatever is in it. */
struct page {
	const struct sheet *sheet;
	const char *key; /* in base32 */
	enum sheet_format format;
	FILE *stream;
};

static void put(const struct page *page, const char *text)
{
	(void)fputs(text, page->stream);
}

/* A name from outside: no control character reaches a terminal, no tag a browser. */
static void put_name(const struct page *page, const char *name)
{
	static const char *const escapes[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
	static const char special[] = "&<>\"'";

	for (const char *c = name; *c != '\0'; c++) {
		const char *found = page->format == SHEET_HTML ? strchr(special, *c) : NULL;

		if ((unsigned char)*c < ' ' || *c == '\x7f')
			put(page, "?");
		else if (found != NULL)
			put(page, escapes[found - special]);
		else
			(void)putc(*c, page->stream);
	}
}

static void put_key(const struct page *page)
{
	for (size_t i = 0; page->key[i] != '\0'; i++) {
		if (i > 0 && i % KEY_GROUP == 0)
			put(page, " ");
		(void)putc(page->key[i], page->stream);
	}
}

static void put_kind(const struct page *page)
{
	const struct device *device = page->sheet->device;

	(void)fprintf(page->stream, _("by time, %s, %u digits, %u seconds"),
		      otp_algorithm_name(device->algorithm), device->digits, device->period);
}

static void put_codes(const struct page *page, const char *before, const char *after)
{
	const struct codes *codes = page->sheet->codes;
	char shown[RECOVERY_SHOWN + 1];

	for (size_t i = 0; i < codes->count; i++) {
		recovery_show(codes->items[i], shown);
		(void)fprintf(page->stream, "%s%s%s", before, shown, after);
	}
	explicit_bzero(shown, sizeof(shown));
}

static void put_title(const struct page *page)
{
	put(page, _("A second key for your login: "));
	put_name(page, page->sheet->device->issuer);
}

static const char *const steps[] = {
	N_("Install an authenticator app on your phone, one for time-based codes (TOTP)."),
	N_("In the app add an account, and scan this code:"),
	N_("If the phone can't scan it, type this key into the app instead:"),
	N_("At your next login type the digits that the app shows where a verification code is "
	   "asked for. A code is good for one login."),
};

static const char recovery_text[] = N_(
	"Without the phone type one of these recovery codes instead. Each is good for one login: "
	"cross it out then.");
static const char keep_text[] = N_("Whoever has this sheet has your second key. Keep it where you "
				   "keep your passport, and tear "
				   "off or burn what you no longer need.");

static void write_txt(const struct page *page)
{
	FILE *stream = page->stream;

	put_title(page);
	(void)fprintf(stream, "\n%s", _("For: "));
	put_name(page, page->sheet->user);
	(void)fprintf(stream, "\n\n1. %s\n\n2. %s\n\n", _(steps[0]), _(steps[1]));
	qr_print(page->sheet->qr, QR_UTF8, QR_PLAIN, stream);
	(void)fprintf(stream, "\n3. %s\n\n       ", _(steps[2]));
	put_key(page);
	(void)fprintf(stream, "\n       (");
	put_kind(page);
	(void)fprintf(stream, ")\n\n4. %s\n\n", _(steps[3]));
	if (page->sheet->codes->count > 0) {
		(void)fprintf(stream, "%s\n\n", _(recovery_text));
		put_codes(page, "       [ ] ", "\n");
		put(page, "\n");
	}
	(void)fprintf(stream, "%s\n", _(keep_text));
}

static void write_html(const struct page *page)
{
	FILE *stream = page->stream;

	put(page, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>");
	put_title(page);
	put(page, "</title>\n<style>body{font-family:sans-serif;max-width:40em;margin:2em auto}"
		  "svg{width:16em;height:auto}code{font-size:1.1em}"
		  "ul{list-style:none;columns:2}</style></head><body>\n<h1>");
	put_title(page);
	(void)fprintf(stream, "</h1>\n<p>%s<b>", _("For: "));
	put_name(page, page->sheet->user);
	(void)fprintf(stream, "</b></p>\n<ol>\n<li>%s</li>\n<li>%s<br>\n", _(steps[0]),
		      _(steps[1]));
	(void)qr_write(page->sheet->qr, QR_SVG, stream);
	(void)fprintf(stream, "</li>\n<li>%s<br><code>", _(steps[2]));
	put_key(page);
	put(page, "</code><br>(");
	put_kind(page);
	(void)fprintf(stream, ")</li>\n<li>%s</li>\n</ol>\n", _(steps[3]));
	if (page->sheet->codes->count > 0) {
		(void)fprintf(stream, "<p>%s</p>\n<ul>\n", _(recovery_text));
		put_codes(page, "<li>&#9744; <code>", "</code></li>\n");
		put(page, "</ul>\n");
	}
	(void)fprintf(stream, "<p>%s</p>\n</body></html>\n", _(keep_text));
}

int sheet_write(const struct sheet *sheet, enum sheet_format format, FILE *stream)
{
	char key[DEVICE_KEY_BASE32_MAX + 1];
	const struct page page = {sheet, key, format, stream};

	device_key_text(sheet->device, key);
	if (format == SHEET_HTML)
		write_html(&page);
	else
		write_txt(&page);
	explicit_bzero(key, sizeof(key));
	return ferror(stream) == 0 ? 0 : -1;
}

const char *sheet_ending(enum sheet_format format)
{
	return format == SHEET_HTML ? "html" : "txt";
}

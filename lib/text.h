/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_TEXT_H
#define TWOKEY_TEXT_H

/*
 * Texts in the language of the one who reads them, by gettext(3). What a person sees is wrapped;
 * log lines, tokens and JSON stay as they are.
 *
 * The domain is named each time, so that the module needs nothing of its host: it neither sets a
 * locale nor a domain, which are the whole process's. A host that has set its locale (su, sudo, a
 * display manager) finds the catalogue where glibc looks for it; one that has not (sshd) asks in
 * English. What a prompt says depends on that alone, never on the user (P1).
 */
#include <libintl.h>

#define TEXT_DOMAIN "twokey"

/* _(text): ${text} in the reader's language. A literal, or what N_ has marked. */
#define _(text) dgettext(TEXT_DOMAIN, text)

/* P_(one, many, count): The one of two texts that goes with ${count}. */
#define P_(one, many, count) dngettext(TEXT_DOMAIN, one, many, count)

/* N_(text): Mark an entry of a table, or a static text, that is handed to _ when it is printed. */
#define N_(text) text

#endif

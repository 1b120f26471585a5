/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PAM_CODE_H
#define TWOKEY_PAM_CODE_H

/* pam_code_name(code): "PAM_AUTH_ERR" and its like, as the man pages have them. Never NULL. */
const char *pam_code_name(int code);

/*
 * pam_code_text(code):
 * What ${code} means for the one who wants in, as the end of a sentence that says that they are
 * refused. Never NULL; a static text, for _().
 */
const char *pam_code_text(int code);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_USERNAME_H
#define TWOKEY_USERNAME_H

#include <stdbool.h>

/* NAME_MAX of Linux (limits.h): the longest file name. */
#define USERNAME_FILE_MAX 255

/*
 * username_to_file(user, file):
 * The name of the file that holds ${user}: itself where it is a plain file name, else with the
 * other bytes percent-encoded (RFC 3986 section 2.1), so that no user name leads out of the store
 * or meets another's file. Return false, with ${file} empty, if ${user} is empty or too long for
 * one; nobody of that name can be enrolled.
 */
bool username_to_file(const char *user, char file[USERNAME_FILE_MAX + 1]);

/*
 * username_from_file(file, user):
 * The reverse. Return false, with ${user} empty, for a file name that username_to_file never makes.
 */
bool username_from_file(const char *file, char user[USERNAME_FILE_MAX + 1]);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_FAULTS_H
#define TWOKEY_FAULTS_H

#include <stdbool.h>

/* Not an errno: the call reads or writes less than it was asked to. */
#define FAULT_SHORT (-1)

/* faults_arm(number, error): Let the ${number}th system call on files from now fail with ${error}.
 */
void faults_arm(unsigned number, int error);

/* faults_disarm(): No more faults. Return whether there were so many calls. */
bool faults_disarm(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_FAULTS_H
#define TWOKEY_FAULTS_H

#include <stdbool.h>

/* Not an errno: the call reads or writes less than it was asked to. */
#define FAULT_SHORT (-1)

/* faults_arm(number, error): Let the ${number}th system call on files from now fail with ${error}.
 */
void faults_arm(unsigned number, int error);

/* faults_set_kernel(kernel): From now on it has openat2(2), or is one before Linux 5.6. */
enum faults_kernel { FAULTS_KERNEL_OF_TODAY, FAULTS_KERNEL_OLD };
void faults_set_kernel(enum faults_kernel kernel);

/* faults_disarm(): No more faults. Return whether there were so many calls. */
bool faults_disarm(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_OPERATIONS_H
#define TWOKEY_OPERATIONS_H

#include "fixture.h"
#include "login.h"

/* The devices that alice has by fixture_record. */
#define OPERATIONS_DEVICES 2

/* All that logins and commands do with a store. */
struct operation {
	const char *name;
	enum reason (*run)(struct fixture *fixture);
	void (*require)(struct fixture *fixture); /* what is on disk once all went well; or NULL */
	size_t devices;                           /* that alice has afterwards */
};

extern const struct operation operations[];
extern const size_t operations_count;

/* operations_login(fixture, password, typed): How an attempt of alice ends. */
enum reason operations_login(struct fixture *fixture, enum password password, const char *typed);

/* operations_step(device): The time step of now. */
uint64_t operations_step(const struct device *device);

/* operations_code(device, step): Its code, in static memory. */
const char *operations_code(const struct device *device, uint64_t step);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_LOG_WATCH_H
#define TWOKEY_LOG_WATCH_H

#include <stdbool.h>
#include <sys/types.h>

/* Bytes of one log line: RFC 5424 section 6.1 asks a receiver for 2048, glibc sends up to this. */
#define LOG_LINE_MAX 8192

/* Bytes of the text that tells log_watch_each's datagrams from everybody else's. */
#define LOG_MARK_SIZE 32

/*
 * What this process, and those that it starts, send to syslog(3). The process moves into a mount
 * namespace of its own, where a socket of ours stands in the place of /dev/log: whatever reads the
 * real one - journald, rsyslog, a test - need not be known, and gets every line all the same, for
 * it is handed on.
 */
struct log_watch {
	pid_t reader;             /* hands on, and keeps a copy */
	int copy;                 /* the lines, each with its NUL */
	int done;                 /* a byte comes when a mark was read */
	int log;                  /* to /dev/log, as everybody here sees it */
	off_t seen;               /* bytes of ${copy} that were visited */
	char mark[LOG_MARK_SIZE]; /* never a log line of anybody else */
	const char *problem;      /* why nothing is watched: a text for _(); else NULL */
	int error;                /* errno of it, or 0 */
};

/* One log line as it was sent. */
struct log_line {
	int severity;     /* of syslog(3), LOG_EMERG to LOG_DEBUG */
	const char *text; /* from the sender's name on */
};

/*
 * log_watch_begin(watch):
 * Watch from now on. Return false with ${watch}->problem if that can't be done here; the other
 * functions are harmless then. The caller must be root, and is in a mount namespace of its own
 * afterwards.
 */
bool log_watch_begin(struct log_watch *watch);

/*
 * log_watch_each(watch, visit, context):
 * Call ${visit} for every line that was sent since the last call, in order.
 */
void log_watch_each(struct log_watch *watch,
		    void (*visit)(const struct log_line *line, void *context), void *context);

/* log_watch_end(watch): No more is watched. */
void log_watch_end(struct log_watch *watch);

/* log_severity_name(severity): "warning" and its like, as syslog.conf(5) has them. Never NULL. */
const char *log_severity_name(int severity);

#endif

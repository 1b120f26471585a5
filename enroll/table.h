/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_TABLE_H
#define TWOKEY_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "screen.h"

#define TABLE_COLUMNS_MOST 8

/* A column; the first of a table is as wide as what stands in it, or as there is room for. */
struct column {
	const char *title; /* for _() */
	size_t width;      /* of what stands in it; the title may be wider */
	unsigned rank;     /* where there is no room for all, the lowest are left out first */
};

struct cell {
	const char *text;
	enum paint paint;
};

/* A table that fits its screen. */
struct table {
	struct screen screen;
	const struct column *columns;
	size_t count;
	size_t widths[TABLE_COLUMNS_MOST]; /* 0: left out */
};

/*
 * table_fit(table, columns, count, longest):
 * Begin a table on standard output, whose first column has texts of up to ${longest} columns.
 */
void table_fit(struct table *table, const struct column *columns, size_t count, size_t longest);

/* table_heading(table): Print the titles to standard output. */
void table_heading(const struct table *table);

/*
 * table_row(table, stream, cells):
 * Print a row, a cell for each column that the table was begun with, to ${stream}, which leads to
 * standard output in the end.
 */
void table_row(const struct table *table, FILE *stream, const struct cell *cells);

#endif

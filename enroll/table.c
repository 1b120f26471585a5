/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>

#include "table.h"
#include "text.h"

/* A first column that is narrower would tell nobody from the next one. */
#define FIRST_LEAST ((size_t)12)

static size_t width_without_first(const struct table *table)
{
	size_t width = 0;

	for (size_t i = 1; i < table->count; i++)
		width += table->widths[i] > 0 ? table->widths[i] + 1 : 0;
	return width;
}

/* Leave out the column that will be missed least. Return false if only the first is left. */
static bool leave_one_out(struct table *table)
{
	size_t least = 0;

	for (size_t i = 1; i < table->count; i++) {
		if (table->widths[i] > 0 &&
		    (least == 0 || table->columns[i].rank < table->columns[least].rank))
			least = i;
	}
	table->widths[least] = 0;
	return least != 0;
}

void table_fit(struct table *table, const struct column *columns, size_t count, size_t longest)
{
	size_t needed;

	*table = (struct table){.screen = screen_of(stdout), .columns = columns, .count = count};
	for (size_t i = 0; i < count; i++) {
		size_t title = screen_width(_(columns[i].title));
		size_t width = i == 0 ? longest : columns[i].width;

		table->widths[i] = width > title ? width : title;
	}
	needed = table->widths[0] < FIRST_LEAST ? table->widths[0] : FIRST_LEAST;
	longest = table->widths[0];
	while (needed + width_without_first(table) > table->screen.columns && leave_one_out(table))
		;
	if (longest + width_without_first(table) > table->screen.columns)
		longest = table->screen.columns - width_without_first(table);
	table->widths[0] = longest;
}

void table_row(const struct table *table, FILE *stream, const struct cell *cells)
{
	struct screen screen = table->screen;
	size_t last = table->count - 1;

	screen.stream = stream;
	while (last > 0 && table->widths[last] == 0)
		last--;
	for (size_t i = 0; i <= last; i++) {
		size_t width = table->widths[i];

		if (width == 0)
			continue;
		if (i == last && screen_width(cells[i].text) < width)
			width = screen_width(cells[i].text);
		screen_cell(&screen, cells[i].paint, cells[i].text, width);
		(void)fputc(i == last ? '\n' : ' ', stream);
	}
}

void table_heading(const struct table *table)
{
	struct cell titles[TABLE_COLUMNS_MOST] = {{NULL, PAINT_STRONG}};

	for (size_t i = 0; i < table->count; i++)
		titles[i] = (struct cell){_(table->columns[i].title), PAINT_STRONG};
	table_row(table, stdout, titles);
}

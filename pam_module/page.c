/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>

#include "page.h"

void page_add(struct page *page, const char *format, ...)
{
	size_t room = sizeof(page->text) - page->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(page->text + page->length, room, format, arguments);
	va_end(arguments);
	if (length > 0)
		page->length += (size_t)length < room ? (size_t)length : room - 1;
}

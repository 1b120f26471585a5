/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

#include "config.h"
#include "library.h"
#include "qr_png.h"

#ifdef HAVE_LIBPNG
#include <png.h>

/* Pixels a module: a code of 49 modules is 392 pixels wide, sharp on paper and on a screen. */
#define PNG_SCALE 8

static struct {
	bool loaded;
	__typeof__(png_create_write_struct) *create_write_struct;
	__typeof__(png_create_info_struct) *create_info_struct;
	__typeof__(png_destroy_write_struct) *destroy_write_struct;
	__typeof__(png_set_longjmp_fn) *set_longjmp_fn;
	__typeof__(png_init_io) *init_io;
	__typeof__(png_set_compression_level) *set_compression_level;
	__typeof__(png_set_filter) *set_filter;
	__typeof__(png_set_IHDR) *set_header;
	__typeof__(png_write_info) *write_info;
	__typeof__(png_write_row) *write_row;
	__typeof__(png_write_end) *write_end;
} libpng;

/* Once a process, which may draw thousands. */
static bool load(void)
{
	static const struct library_symbol symbols[] = {
		{"png_create_write_struct", &libpng.create_write_struct},
		{"png_create_info_struct", &libpng.create_info_struct},
		{"png_destroy_write_struct", &libpng.destroy_write_struct},
		{"png_set_longjmp_fn", &libpng.set_longjmp_fn},
		{"png_init_io", &libpng.init_io},
		{"png_set_compression_level", &libpng.set_compression_level},
		{"png_set_filter", &libpng.set_filter},
		{"png_set_IHDR", &libpng.set_header},
		{"png_write_info", &libpng.write_info},
		{"png_write_row", &libpng.write_row},
		{"png_write_end", &libpng.write_end},
	};

	if (!libpng.loaded)
		libpng.loaded =
			library_load(PNG_SONAME, symbols, sizeof(symbols) / sizeof(*symbols));
	return libpng.loaded;
}

/* One bit a pixel: a module is a byte wide. */
static void fill_row(const struct qr *qr, size_t row, png_bytep bytes)
{
	for (size_t column = 0; column < qr_size(qr); column++)
		bytes[column] = qr_is_dark(qr, row, column) ? 0x00 : 0xff;
}

/* Rows repeat, which the fastest compression sees as well as the best. */
static void write_rows(const struct qr *qr, png_structp png, png_infop info, png_bytep bytes,
		       FILE *stream)
{
	size_t width = qr_size(qr) * PNG_SCALE;

	libpng.init_io(png, stream);
	libpng.set_compression_level(png, 1);
	libpng.set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
	libpng.set_header(png, info, (png_uint_32)width, (png_uint_32)width, 1, PNG_COLOR_TYPE_GRAY,
			  PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
			  PNG_FILTER_TYPE_DEFAULT);
	libpng.write_info(png, info);
	for (size_t y = 0; y < width; y++) {
		if (y % PNG_SCALE == 0)
			fill_row(qr, y / PNG_SCALE, bytes);
		libpng.write_row(png, bytes);
	}
	libpng.write_end(png, NULL);
}

/* What png_jmpbuf stands for. */
static jmp_buf *place_to_return(png_structp png)
{
	return libpng.set_longjmp_fn(png, longjmp, sizeof(jmp_buf));
}

int qr_png_write(const struct qr *qr, FILE *stream)
{
	volatile int result = -1;
	png_structp png;
	png_infop info;
	png_bytep bytes;

	if (!load())
		return -1;
	png = libpng.create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	info = png != NULL ? libpng.create_info_struct(png) : NULL;
	bytes = info != NULL ? malloc(qr_size(qr)) : NULL;
	/* libpng comes back here on any error. */
	if (bytes != NULL && setjmp(*place_to_return(png)) == 0) {
		write_rows(qr, png, info, bytes, stream);
		result = 0;
	}
	free(bytes);
	libpng.destroy_write_struct(&png, &info);
	return result;
}
#else
int qr_png_write(const struct qr *qr, FILE *stream)
{
	(void)qr;
	(void)stream;
	errno = ENOTSUP;
	return -1;
}
#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "qr_file.h"

#ifdef HAVE_LIBPNG
#include <png.h>

/* Pixels a module: a code of 49 modules is 392 pixels wide, sharp on paper and on a screen. */
#define PNG_SCALE 8

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

	png_init_io(png, stream);
	png_set_compression_level(png, 1);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
	png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)width, 1, PNG_COLOR_TYPE_GRAY,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (size_t y = 0; y < width; y++) {
		if (y % PNG_SCALE == 0)
			fill_row(qr, y / PNG_SCALE, bytes);
		png_write_row(png, bytes);
	}
	png_write_end(png, NULL);
}

static int write_png(const struct qr *qr, FILE *stream)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
	png_bytep bytes = info != NULL ? malloc(qr_size(qr)) : NULL;
	volatile int result = -1;

	/* libpng comes back here on any error. */
	if (bytes != NULL && setjmp(png_jmpbuf(png)) == 0) {
		write_rows(qr, png, info, bytes, stream);
		result = 0;
	}
	free(bytes);
	png_destroy_write_struct(&png, &info);
	return result;
}
#else
static int write_png(const struct qr *qr, FILE *stream)
{
	(void)qr;
	(void)stream;
	errno = ENOTSUP;
	return -1;
}
#endif

static int write_svg(const struct qr *qr, FILE *stream)
{
	size_t size = qr_size(qr);

	(void)fprintf(stream,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %zu %zu\" "
		      "width=\"%zu\" height=\"%zu\" shape-rendering=\"crispEdges\">\n"
		      "<rect width=\"%zu\" height=\"%zu\" fill=\"#fff\"/>\n<path d=\"",
		      size, size, size * 8, size * 8, size, size);
	for (size_t row = 0; row < size; row++) {
		for (size_t column = 0; column < size; column++) {
			if (qr_is_dark(qr, row, column))
				(void)fprintf(stream, "M%zu,%zuh1v1h-1z", column, row);
		}
	}
	(void)fprintf(stream, "\" fill=\"#000\"/>\n</svg>\n");
	return ferror(stream) == 0 ? 0 : -1;
}

int qr_write(const struct qr *qr, enum qr_format format, FILE *stream)
{
	return format == QR_PNG ? write_png(qr, stream) : write_svg(qr, stream);
}

static int write_all(const struct qr *qr, enum qr_format format, FILE *stream)
{
	if (qr_write(qr, format, stream) != 0 || fflush(stream) != 0)
		return -1;
	return fsync(fileno(stream));
}

int qr_write_file(const struct qr *qr, const struct qr_option *option)
{
	int fd = open(option->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      S_IRUSR | S_IWUSR);
	FILE *stream = fd >= 0 ? fdopen(fd, "w") : NULL;
	int result = -1;
	int error;

	if (fd < 0)
		return -1;
	errno = 0;
	if (stream != NULL && fchmod(fd, S_IRUSR | S_IWUSR) == 0)
		result = write_all(qr, option->format, stream);
	error = errno;
	if (stream != NULL ? fclose(stream) != 0 : close(fd) != 0)
		result = -1;
	if (result != 0)
		(void)unlink(option->path);
	errno = result != 0 && error == 0 ? EIO : error;
	return result;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qr_file.h"
#include "qr_png.h"

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
	return format == QR_PNG ? qr_png_write(qr, stream) : write_svg(qr, stream);
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

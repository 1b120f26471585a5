/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library to preload: what the sanitizers are to do in every program, whatever has become of its
 * environment. OPTIONS is a string.
 */
const char *__asan_default_options(void);
const char *__lsan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
	return OPTIONS;
}

const char *__lsan_default_options(void)
{
	return OPTIONS;
}

const char *__ubsan_default_options(void)
{
	return OPTIONS;
}

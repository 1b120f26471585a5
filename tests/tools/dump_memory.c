/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To be preloaded: writes all memory that the process can write to - heap, freed chunks, stacks,
 * data - to a new file in the directory DUMP_MEMORY when it ends, and whenever it calls
 * dump_memory. See keep_freed.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static void copy(int memory, int out, unsigned long begin, unsigned long end)
{
	static char block[1 << 16];

	while (begin < end) {
		size_t size = end - begin < sizeof(block) ? end - begin : sizeof(block);
		ssize_t got = pread(memory, block, size, (off_t)begin);

		if (got <= 0 || write(out, block, (size_t)got) != got)
			return;
		begin += (size_t)got;
	}
}

static void copy_all(int memory, int out, FILE *maps)
{
	static char line[4096];
	unsigned long begin, end;

	while (fgets(line, sizeof(line), maps) != NULL) {
		char mode[8];

		if (sscanf(line, "%lx-%lx %7s", &begin, &end, mode) == 3 &&
		    strncmp(mode, "rw", 2) == 0)
			copy(memory, out, begin, end);
	}
}

static void dump(void)
{
	const char *directory = getenv("DUMP_MEMORY");
	static char path[4096], buffer[1 << 16];
	static int dumps;
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	int out;

	if (directory == NULL || maps == NULL || memory < 0)
		return;
	(void)setvbuf(maps, buffer, _IOFBF, sizeof(buffer));
	(void)snprintf(path, sizeof(path), "%s/%s.%d.%d", directory, program_invocation_short_name,
		       (int)getpid(), ++dumps);
	out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out >= 0)
		copy_all(memory, out, maps);
	(void)close(out);
	(void)close(memory);
	(void)fclose(maps);
}

/*
 * On a stack of its own, so that it writes over nothing that is to be found. No signal has it run
 * there: the kernel would put what vector registers still hold into memory.
 */
__attribute__((destructor)) void dump_memory(void)
{
	static char stack[1 << 16];
	static ucontext_t here, there;

	(void)getcontext(&there);
	there.uc_stack = (stack_t){.ss_sp = stack, .ss_size = sizeof(stack)};
	there.uc_link = &here;
	makecontext(&there, dump, 0);
	(void)swapcontext(&here, &there);
}

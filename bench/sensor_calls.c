// SPDX-License-Identifier: Apache-2.0
// One process that makes the same system call many times and prints nanoseconds of CPU time for each.
//   sensor_calls same PATH N     openat + close of one file
//   sensor_calls many FOLDER N   openat + close of N different files (made before, not timed)
//   sensor_calls ppid - N        getppid
//   sensor_calls rate FOLDER N   N seconds of 1,100 opens a second, one in ten of a file not opened before
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int rate(const char *folder, long seconds)
{
	struct timespec next;
	char path[256], old[100][256];
	long fresh = 0;

	for (int i = 0; i < 100; i++)
		snprintf(old[i], sizeof(old[i]), "%s/old%d", folder, i);
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long tick = 0; tick < seconds * 100; tick++) {
		for (int i = 0; i < 11; i++) {
			snprintf(path, sizeof(path), "%s/new%ld", folder, fresh);
			fresh += i == 0;
			close(open(i == 0 ? path : old[(tick * 10 + i) % 100], O_RDONLY));
		}
		next.tv_nsec += 10000000;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	long count = atol(argv[3]);
	if (!strcmp(argv[1], "rate"))
		return rate(argv[2], count);
	char (*names)[128] = NULL;
	if (!strcmp(argv[1], "many")) {
		names = calloc(count, sizeof(*names));
		for (long i = 0; i < count; i++) {
			snprintf(names[i], sizeof(*names), "%s/f%ld", argv[2], i);
			close(open(names[i], O_CREAT | O_WRONLY, 0600));
		}
	}
	fprintf(stderr, "ready\n");
	if (getchar() == EOF)
		return 1;
	double begin = now();
	if (!strcmp(argv[1], "ppid"))
		for (long i = 0; i < count; i++)
			syscall(SYS_getppid);
	else
		for (long i = 0; i < count; i++)
			syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, names ? names[i] : argv[2], O_RDONLY, 0));
	printf("%.1f\n", (now() - begin) / count);
	return 0;
}

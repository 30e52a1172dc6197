// SPDX-License-Identifier: Apache-2.0
// The floor for draining: libbpf's own ring reader with a callback that copies the row out of each record.
// Usage: ring_drain PINNED_RING. Prints records, and nanoseconds of CPU time for each.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t records, sum;

static int each(void *context, void *data, size_t size)
{
	static char rows[8192][128];

	(void)context;
	memcpy(rows[records++ % 8192], data, 128);
	sum += rows[records % 8192][0] + size;
	return 0;
}

int main(int argc, char **argv)
{
	struct timespec begin, end;
	struct ring_buffer *ring;
	int fd = argc == 2 ? bpf_obj_get(argv[1]) : -1;

	if (fd < 0 || !(ring = ring_buffer__new(fd, each, NULL, NULL)))
		return 1;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	ring_buffer__consume(ring);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	printf("%lu %.1f %lu\n", records,
	       ((end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec)) / (records ? records : 1), sum & 1);
	return 0;
}

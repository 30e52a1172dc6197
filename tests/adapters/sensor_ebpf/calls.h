// SPDX-License-Identifier: Apache-2.0
// What the parts of the caller share.
#include <linux/io_uring.h>
#include <stddef.h>

long int80(long nr, long a, long b, long c, long d);
void *low(const void *from, size_t length);
int uring(struct io_uring_sqe *what);
int changes(const char *what, char **arg); // calls on paths: changes.c
int powers(const char *what, char **arg); // memory, signals, users, names: powers.c

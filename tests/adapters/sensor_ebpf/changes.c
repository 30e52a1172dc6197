// SPDX-License-Identifier: Apache-2.0
// Calls that change paths, each in every variant that the kernel has.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include "calls.h"

#define IS(name) (!strcmp(what, name))

static long name32(const char *name)
{
	return (long)low(name, strlen(name) + 1);
}

static int by_ring(int opcode, int dfd, const char *first, int length, const char *second, int flags)
{
	struct io_uring_sqe sqe = { .opcode = opcode, .fd = dfd, .addr = (uintptr_t)first, .len = length, .off = (uintptr_t)second };

	sqe.rename_flags = flags;
	return uring(&sqe);
}

static int links(const char *what, char **a)
{
	if (IS("rename"))
		return syscall(SYS_rename, a[0], a[1]);
	if (IS("renameat"))
		return syscall(SYS_renameat, AT_FDCWD, a[0], AT_FDCWD, a[1]);
	if (IS("renameat2"))
		return syscall(SYS_renameat2, AT_FDCWD, a[0], AT_FDCWD, a[1], 1 /* RENAME_NOREPLACE */);
	if (IS("rename-below")) // folder, old, new
		return syscall(SYS_renameat, open(a[0], O_PATH), a[1], open(a[0], O_PATH), a[2]);
	if (IS("rename32"))
		return int80(38, name32(a[0]), name32(a[1]), 0, 0);
	if (IS("uring-rename"))
		return by_ring(IORING_OP_RENAMEAT, AT_FDCWD, a[0], AT_FDCWD, a[1], 0);
	if (IS("link"))
		return syscall(SYS_link, a[0], a[1]);
	if (IS("linkat"))
		return syscall(SYS_linkat, AT_FDCWD, a[0], AT_FDCWD, a[1], 0);
	if (IS("link32"))
		return int80(9, name32(a[0]), name32(a[1]), 0, 0);
	if (IS("uring-link"))
		return by_ring(IORING_OP_LINKAT, AT_FDCWD, a[0], AT_FDCWD, a[1], 0);
	if (IS("symlink"))
		return syscall(SYS_symlink, a[0], a[1]);
	if (IS("symlinkat"))
		return syscall(SYS_symlinkat, a[0], AT_FDCWD, a[1]);
	if (IS("symlink32"))
		return int80(83, name32(a[0]), name32(a[1]), 0, 0);
	if (IS("uring-symlink"))
		return by_ring(IORING_OP_SYMLINKAT, AT_FDCWD, a[0], 0, a[1], 0);
	return -2;
}

static int names(const char *what, char **a)
{
	if (IS("unlink"))
		return syscall(SYS_unlink, a[0]);
	if (IS("unlinkat"))
		return syscall(SYS_unlinkat, AT_FDCWD, a[0], 0);
	if (IS("unlink-here"))
		return chdir(a[0]) ?: syscall(SYS_unlink, a[1]);
	if (IS("unlink32"))
		return int80(10, name32(a[0]), 0, 0, 0);
	if (IS("uring-unlink"))
		return by_ring(IORING_OP_UNLINKAT, AT_FDCWD, a[0], 0, NULL, 0);
	if (IS("rmdir"))
		return syscall(SYS_rmdir, a[0]);
	if (IS("mkdir"))
		return syscall(SYS_mkdir, a[0], 0750);
	if (IS("mkdirat"))
		return syscall(SYS_mkdirat, AT_FDCWD, a[0], 0750);
	if (IS("mkdir32"))
		return int80(39, name32(a[0]), 0750, 0, 0);
	if (IS("uring-mkdir"))
		return by_ring(IORING_OP_MKDIRAT, AT_FDCWD, a[0], 0750, NULL, 0);
	return -2;
}

static int times(const char *what, char **a)
{
	struct utimbuf old = { 5, 1000000000 };
	struct timeval pair[2] = { { 5, 0 }, { 1000000000, 0 } };
	struct timespec fine[2] = { { 5, 0 }, { 1000000000, 0 } }, now[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	int32_t narrow[4] = { 5, 0, 1000000000, 0 };

	if (IS("utime"))
		return syscall(SYS_utime, a[0], &old);
	if (IS("utimes"))
		return syscall(SYS_utimes, a[0], pair);
	if (IS("futimesat"))
		return syscall(SYS_futimesat, AT_FDCWD, a[0], pair);
	if (IS("utimensat"))
		return syscall(SYS_utimensat, AT_FDCWD, a[0], fine, 0);
	if (IS("futimens"))
		return syscall(SYS_utimensat, open(a[0], O_RDONLY), NULL, fine, 0);
	if (IS("utimensat32"))
		return int80(320, AT_FDCWD, name32(a[0]), (long)low(narrow, sizeof(narrow)), 0);
	if (IS("touch"))
		return syscall(SYS_utimensat, AT_FDCWD, a[0], now, 0);
	return -2;
}

int changes(const char *what, char **a)
{
	int result = links(what, a), immutable = FS_NODUMP_FL;

	if (result == -2)
		result = names(what, a);
	if (result == -2)
		result = times(what, a);
	if (result != -2)
		return result;
	if (IS("truncate"))
		return syscall(SYS_truncate, a[0], 0);
	if (IS("ftruncate"))
		return syscall(SYS_ftruncate, open(a[0], O_RDWR), 0);
	if (IS("truncate32"))
		return int80(92, name32(a[0]), 0, 0, 0);
	if (IS("truncate-memory")) // nobody's file
		return syscall(SYS_ftruncate, syscall(SYS_memfd_create, "m", 0), 4096);
	if (IS("chown"))
		return syscall(SYS_chown, a[0], 11, 12);
	if (IS("lchown"))
		return syscall(SYS_lchown, a[0], 11, 12);
	if (IS("fchown"))
		return syscall(SYS_fchown, open(a[0], O_RDONLY), 11, 12);
	if (IS("fchownat"))
		return syscall(SYS_fchownat, AT_FDCWD, a[0], 11, 12, 0);
	if (IS("chown32"))
		return int80(212, name32(a[0]), 11, 12, 0);
	if (IS("chattr"))
		return ioctl(open(a[0], O_RDONLY), FS_IOC_SETFLAGS, &immutable);
	if (IS("umount"))
		return mount("nothing", a[0], "tmpfs", 0, NULL) ?: syscall(SYS_umount2, a[0], MNT_DETACH);
	if (IS("pivot_root"))
		return syscall(SYS_pivot_root, a[0], a[1]);
	return -2;
}

// SPDX-License-Identifier: Apache-2.0
// Makes one system call variant, named by the first argument, so that a test can ask whether the sensor told of it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

long int80(long nr, long a, long b, long c, long d)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d) : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

// Memory below 4 GiB, where the 32-bit entry can reach it.
void *low(const void *from, size_t length)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	memcpy(at, from, length);
	return at;
}

// Submits one request to an io_uring of its own and returns its result.
int uring(struct io_uring_sqe *what)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	char *sq, *cq;
	struct io_uring_sqe *sqes;

	if (ring < 0)
		return -errno;
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + params.cq_entries * 16, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	sqes = mmap(NULL, params.sq_entries * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	sqes[0] = *what;
	((uint32_t *)(sq + params.sq_off.array))[0] = 0;
	__atomic_store_n((uint32_t *)(sq + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -errno;
	return ((struct io_uring_cqe *)(cq + params.cq_off.cqes))[0].res;
}

static struct sockaddr_in inet_of(const char *address, int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, address, &in.sin_addr);
	return in;
}

static int files(const char *what, char **arg)
{
	struct open_how how = { .flags = O_WRONLY | O_CREAT, .mode = 0640 };
	struct io_uring_sqe sqe = {};

	if (!strcmp(what, "open"))
		return syscall(SYS_open, arg[0], O_RDONLY, 0);
	if (!strcmp(what, "creat"))
		return syscall(SYS_creat, arg[0], 0600);
	if (!strcmp(what, "openat"))
		return syscall(SYS_openat, AT_FDCWD, arg[0], O_RDONLY, 0);
	if (!strcmp(what, "openat2"))
		return syscall(SYS_openat2, AT_FDCWD, arg[0], &how, sizeof(how));
	if (!strcmp(what, "open-below")) // folder, name
		return syscall(SYS_openat, open(arg[0], O_PATH), arg[1], O_RDONLY, 0);
	if (!strcmp(what, "open-here"))
		return chdir(arg[0]) ?: syscall(SYS_openat, AT_FDCWD, arg[1], O_RDONLY, 0);
	if (!strcmp(what, "open32"))
		return int80(5, (long)low(arg[0], strlen(arg[0]) + 1), 0, 0, 0);
	if (!strcmp(what, "openat32"))
		return int80(295, AT_FDCWD, (long)low(arg[0], strlen(arg[0]) + 1), 0, 0);
	if (!strcmp(what, "uring-openat") || !strcmp(what, "uring-openat2")) {
		struct open_how readonly = {};

		sqe.opcode = !strcmp(what, "uring-openat") ? IORING_OP_OPENAT : IORING_OP_OPENAT2;
		sqe.fd = AT_FDCWD;
		sqe.addr = (uintptr_t)arg[0];
		if (sqe.opcode == IORING_OP_OPENAT2) {
			sqe.len = sizeof(readonly);
			sqe.off = (uintptr_t)&readonly;
		}
		return uring(&sqe);
	}
	if (!strcmp(what, "uring-other")) {
		sqe.opcode = IORING_OP_FALLOCATE;
		sqe.fd = open(arg[0], O_RDWR);
		sqe.addr = 16;
		return uring(&sqe);
	}
	if (!strcmp(what, "chmod"))
		return syscall(SYS_chmod, arg[0], 04755);
	if (!strcmp(what, "fchmod"))
		return syscall(SYS_fchmod, open(arg[0], O_RDONLY), 0711);
	if (!strcmp(what, "fchmodat"))
		return syscall(SYS_fchmodat, AT_FDCWD, arg[0], 0700);
	if (!strcmp(what, "fchmodat2"))
		return syscall(SYS_fchmodat2, AT_FDCWD, arg[0], 0701, 0);
	if (!strcmp(what, "chroot"))
		return syscall(SYS_chroot, arg[0]);
	if (!strcmp(what, "mount"))
		return mount("nothing", arg[0], "tmpfs", MS_NOEXEC, NULL);
	if (!strcmp(what, "fsopen"))
		return syscall(SYS_fsopen, "tmpfs", 0);
	if (!strcmp(what, "memfd"))
		return syscall(SYS_memfd_create, "hidden", MFD_CLOEXEC);
	if (!strcmp(what, "memfd-exec")) {
		char *argv[] = { "innocent", "argument", NULL };
		int from = open(arg[0], O_RDONLY), to = syscall(SYS_memfd_create, "payload", 0);
		char buffer[65536];
		ssize_t got;

		while ((got = read(from, buffer, sizeof(buffer))) > 0)
			if (write(to, buffer, got) != got)
				return -1;
		return syscall(SYS_execveat, to, "", argv, environ, AT_EMPTY_PATH);
	}
	if (!strcmp(what, "execveat")) {
		char *argv[] = { "by-descriptor", NULL };

		return syscall(SYS_execveat, open(arg[0], O_PATH), arg[1], argv, environ, 0);
	}
	return -2;
}

static int sockets(const char *what, char **arg)
{
	struct sockaddr_in in = inet_of("127.0.0.1", arg[0] ? atoi(arg[0]) : 0);
	int tcp = socket(AF_INET, SOCK_STREAM, 0);

	if (!strcmp(what, "connect"))
		return connect(tcp, (void *)&in, sizeof(in));
	if (!strcmp(what, "connect6")) {
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = in.sin_port, .sin6_addr = IN6ADDR_LOOPBACK_INIT };

		return connect(socket(AF_INET6, SOCK_STREAM, 0), (void *)&in6, sizeof(in6));
	}
	if (!strcmp(what, "connect-mapped")) {
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = in.sin_port };

		inet_pton(AF_INET6, "::ffff:127.0.0.1", &in6.sin6_addr);
		return connect(socket(AF_INET6, SOCK_STREAM, 0), (void *)&in6, sizeof(in6));
	}
	if (!strcmp(what, "connect-unix") || !strcmp(what, "connect-abstract")) {
		struct sockaddr_un un = { .sun_family = AF_UNIX };
		int abstract = !strcmp(what, "connect-abstract");

		strcpy(un.sun_path + abstract, arg[0]);
		return connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&un, 2 + abstract + strlen(arg[0]));
	}
	if (!strcmp(what, "connect32")) {
		uint32_t args[3] = { tcp, (uint32_t)(uintptr_t)low(&in, sizeof(in)), sizeof(in) };

		return int80(102, 3, (long)low(args, sizeof(args)), 0, 0);
	}
	if (!strcmp(what, "sendto"))
		return sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (void *)&in, sizeof(in));
	if (!strcmp(what, "sendmsg")) {
		struct iovec piece = { "x", 1 };
		struct msghdr message = { .msg_name = &in, .msg_namelen = sizeof(in), .msg_iov = &piece, .msg_iovlen = 1 };

		return sendmsg(socket(AF_INET, SOCK_DGRAM, 0), &message, 0);
	}
	if (!strcmp(what, "uring-connect")) {
		struct io_uring_sqe sqe = { .opcode = IORING_OP_CONNECT, .fd = tcp, .addr = (uintptr_t)&in, .off = sizeof(in) };

		return uring(&sqe);
	}
	if (!strcmp(what, "serve")) { // bind, listen, accept from itself
		struct sockaddr_in bound;
		socklen_t length = sizeof(bound);
		int other = socket(AF_INET, SOCK_STREAM, 0);

		if (bind(tcp, (void *)&in, sizeof(in)) || listen(tcp, 1) || getsockname(tcp, (void *)&bound, &length))
			return -1;
		if (connect(other, (void *)&bound, sizeof(bound)))
			return -1;
		return syscall(SYS_accept4, tcp, NULL, NULL, SOCK_CLOEXEC);
	}
	if (!strcmp(what, "dup2") || !strcmp(what, "dup3") || !strcmp(what, "fcntl") || !strcmp(what, "stdio-exec")) {
		if (connect(tcp, (void *)&in, sizeof(in)))
			return -1;
		if (!strcmp(what, "dup3"))
			return syscall(SYS_dup3, tcp, 0, 0);
		if (!strcmp(what, "fcntl"))
			return close(0) ?: fcntl(tcp, F_DUPFD, 0);
		if (syscall(SYS_dup2, tcp, 0) || !strcmp(what, "dup2"))
			return 0;
		return execl(arg[1], "shell", NULL);
	}
	if (!strcmp(what, "packet"))
		return socket(AF_PACKET, SOCK_RAW, 0);
	if (!strcmp(what, "raw"))
		return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	return -2;
}

static int tasks(const char *what, char **arg)
{
	if (!strcmp(what, "setns"))
		return setns(open("/proc/self/ns/uts", O_RDONLY), 0);
	if (!strcmp(what, "unshare"))
		return unshare(CLONE_NEWUTS);
	if (!strcmp(what, "clone3")) {
		struct clone_args args = { .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD };
		int pid = syscall(SYS_clone3, &args, sizeof(args));

		return pid ? waitpid(pid, NULL, 0) : (_exit(0), 0);
	}
	if (!strcmp(what, "ptrace"))
		return ptrace(PTRACE_TRACEME, 0, 0, 0);
	if (!strcmp(what, "bpf"))
		return syscall(SYS_bpf, 1, NULL, 0);
	if (!strcmp(what, "init_module"))
		return syscall(SYS_init_module, NULL, 0, "");
	if (!strcmp(what, "finit_module"))
		return syscall(SYS_finit_module, open(arg[0], O_RDONLY), "", 0);
	if (!strcmp(what, "setuid"))
		return syscall(SYS_setuid, 65534);
	if (!strcmp(what, "setresuid"))
		return syscall(SYS_setresuid, 65533, 65533, 65533);
	if (!strcmp(what, "process_vm")) {
		char from[8] = "secret", to[8];
		struct iovec local = { to, 8 }, remote = { from, 8 };

		syscall(SYS_process_vm_writev, getpid(), &local, 1, &remote, 1, 0);
		return syscall(SYS_process_vm_readv, getpid(), &local, 1, &remote, 1, 0);
	}
	if (!strcmp(what, "fork-open")) { // the child does not exec, its parent is gone when it acts
		if (fork())
			return 0;
		usleep(200000);
		return syscall(SYS_openat, AT_FDCWD, arg[0], O_RDONLY, 0);
	}
	if (!strcmp(what, "fork-only")) {
		for (int i = 0; i < atoi(arg[0]); i++)
			if (!fork())
				_exit(0);
			else
				wait(NULL);
		return 0;
	}
	if (!strcmp(what, "getppid-each")) { // one call for each byte that it is given
		char byte;

		while (read(0, &byte, 1) == 1) {
			syscall(SYS_getppid);
			write(1, &byte, 1);
		}
		return 0;
	}
	if (!strcmp(what, "open-many")) { // path, count: the same again and again
		for (int i = 0; i < atoi(arg[1]); i++)
			close(syscall(SYS_openat, AT_FDCWD, arg[0], O_RDONLY, 0));
		return 0;
	}
	if (!strcmp(what, "open-each")) { // folder, count: never the same twice
		char path[4096];

		for (int i = 0; i < atoi(arg[1]); i++) {
			snprintf(path, sizeof(path), "%s/%d", arg[0], i);
			close(syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0));
		}
		return 0;
	}
	if (!strcmp(what, "fork-exec")) { // program, count: as fast as it can, each with arguments of its own
		for (int i = 0; i < atoi(arg[1]); i++) {
			char number[16];

			snprintf(number, sizeof(number), "%d", i);
			if (!vfork()) {
				execl(arg[0], arg[0], number, NULL);
				_exit(127);
			}
			wait(NULL);
		}
		return 0;
	}
	return -2;
}

int main(int argc, char **argv)
{
	int result;

	if (argc < 2)
		return 2;
	result = files(argv[1], argv + 2);
	if (result == -2)
		result = tasks(argv[1], argv + 2);
	if (result == -2)
		result = changes(argv[1], argv + 2);
	if (result == -2)
		result = powers(argv[1], argv + 2);
	if (result == -2)
		result = sockets(argv[1], argv + 2);
	return result < 0 ? 1 : 0;
}

// SPDX-License-Identifier: Apache-2.0
// Calls on memory, signals, users, names and questions to name servers.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

#define IS(name) (!strcmp(what, name))
#define PAGE 4096

static int memory(const char *what, char **arg)
{
	int mode = PROT_READ | PROT_EXEC;
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (IS("protect"))
		return syscall(SYS_mprotect, page, PAGE, mode);
	if (IS("protect32")) {
		char *below = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

		return int80(125, (long)below, PAGE, mode, 0);
	}
	if (IS("map-wx"))
		return mmap(NULL, PAGE, mode | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
	if (IS("protect-written") || IS("protect-file")) { // a private page of a file, written or not
		char *file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, open(arg[0], O_RDONLY), 0);

		if (IS("protect-written"))
			file[0] = 1;
		return mprotect(file, PAGE, mode);
	}
	if (IS("library"))
		return mmap(NULL, PAGE, mode, MAP_PRIVATE, open(arg[0], O_RDONLY), 0) == MAP_FAILED;
	if (IS("userfaultfd"))
		return syscall(SYS_userfaultfd, O_CLOEXEC | 1);
	return -2;
}

static int signals(const char *what)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	int child = -1, result;

	if (strncmp(what, "signal-", 7))
		return -2;
	child = fork();
	if (!child)
		pause(), _exit(0);
	info.si_pid = getpid();
	if (IS("signal-kill"))
		result = syscall(SYS_kill, child, SIGUSR1);
	else if (IS("signal-tkill"))
		result = syscall(SYS_tkill, child, SIGUSR1);
	else if (IS("signal-tgkill"))
		result = syscall(SYS_tgkill, child, child, SIGUSR1);
	else if (IS("signal-queue"))
		result = syscall(SYS_rt_sigqueueinfo, child, SIGUSR1, &info);
	else if (IS("signal-pidfd"))
		result = syscall(SYS_pidfd_send_signal, syscall(SYS_pidfd_open, child, 0), SIGUSR1, NULL, 0);
	else if (IS("signal-kill32"))
		result = int80(37, child, SIGUSR1, 0, 0);
	else // neither nobody nor oneself
		result = syscall(SYS_kill, child, 0) | raise(SIGWINCH) | kill(child, SIGUSR1) * 0;
	waitpid(child, NULL, 0);
	return result;
}

static void *as_nobody(void *unused)
{
	(void)unused;
	syscall(SYS_setresuid, 65534, 65534, 65534); // of this thread alone
	if (!fork())
		_exit(0);
	wait(NULL);
	return NULL;
}

static int users(const char *what)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 1 << CAP_CHOWN, 1 << CAP_CHOWN, 0 } };
	pthread_t thread;

	if (IS("setgid"))
		return syscall(SYS_setgid, 60001);
	if (IS("setresgid"))
		return syscall(SYS_setresgid, 60002, 60002, 60002);
	if (IS("setgid32"))
		return int80(214, 60003, 0, 0, 0);
	if (IS("setreuid"))
		return syscall(SYS_setreuid, 60004, 60004);
	if (IS("capset"))
		return syscall(SYS_capset, &header, data);
	if (IS("keyctl"))
		return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	if (IS("change-and-wait"))
		return syscall(SYS_setresuid, 60005, 60005, 60005) ?: pause(); // until it is killed
	if (IS("honest")) { // everything that may change a task, and forks after each
		if (pthread_create(&thread, NULL, as_nobody, NULL) || pthread_join(thread, NULL))
			return -1;
		if (unshare(CLONE_NEWNS | CLONE_NEWPID) || setns(open("/proc/self/ns/mnt", O_RDONLY), 0))
			return -1;
		if (!fork()) {
			syscall(SYS_setresgid, 65534, 65534, 65534);
			syscall(SYS_setresuid, 1234, 1234, 0);
			if (!fork())
				_exit(0);
			syscall(SYS_setuid, 0);
			syscall(SYS_capset, &header, data);
			if (!unshare(CLONE_NEWUSER) && !fork())
				execl("/bin/true", "true", NULL);
			wait(NULL);
			execl("/bin/true", "true", NULL);
			_exit(0);
		}
		return wait(NULL) < 0;
	}
	return -2;
}

// A question for the address of Some.Example.org.
static const char QUESTION[] = "\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x04Some\x07" "Example\x03org\0\0\x10\0\x01";

static int questions(const char *what)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(53) };
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	struct iovec piece = { (void *)QUESTION, sizeof(QUESTION) - 1 };
	struct mmsghdr message = { .msg_hdr = { .msg_iov = &piece, .msg_iovlen = 1 } };

	inet_pton(AF_INET, "127.0.0.9", &in.sin_addr);
	if (strncmp(what, "dns-", 4))
		return -2;
	if (IS("dns-sendto"))
		return sendto(udp, piece.iov_base, piece.iov_len, 0, (void *)&in, sizeof(in));
	if (IS("dns-sendmsg-to")) {
		message.msg_hdr.msg_name = &in;
		message.msg_hdr.msg_namelen = sizeof(in);
		return sendmsg(udp, &message.msg_hdr, 0);
	}
	if (connect(udp, (void *)&in, sizeof(in)))
		return -1;
	if (IS("dns-send"))
		return send(udp, piece.iov_base, piece.iov_len, 0);
	if (IS("dns-write"))
		return write(udp, piece.iov_base, piece.iov_len);
	if (IS("dns-writev"))
		return writev(udp, &piece, 1);
	if (IS("dns-sendmsg"))
		return sendmsg(udp, &message.msg_hdr, 0);
	if (IS("dns-sendmmsg"))
		return syscall(SYS_sendmmsg, udp, &message, 1, 0);
	if (IS("dns-uring")) {
		struct io_uring_sqe sqe = { .opcode = IORING_OP_SEND, .fd = udp, .addr = (uintptr_t)QUESTION, .len = sizeof(QUESTION) - 1 };

		return uring(&sqe);
	}
	if (IS("dns-write32"))
		return int80(4, udp, (long)low(QUESTION, sizeof(QUESTION)), sizeof(QUESTION) - 1, 0);
	return write(udp, "no question at all, but long enough", 35); // dns-other
}

int powers(const char *what, char **arg)
{
	int result = memory(what, arg);

	if (result == -2)
		result = signals(what);
	if (result == -2)
		result = users(what);
	if (result == -2)
		result = questions(what);
	if (result != -2)
		return result;
	if (IS("name"))
		return prctl(PR_SET_NAME, arg[0]);
	if (IS("inject")) {
		int other = posix_openpt(O_RDWR | O_NOCTTY);
		int terminal = grantpt(other) || unlockpt(other) ? -1 : open(ptsname(other), O_RDWR | O_NOCTTY);

		return ioctl(terminal, TIOCSTI, "x");
	}
	if (IS("exec")) { // program and its arguments, with this environment
		execv(arg[0], arg);
		return -1;
	}
	if (IS("exec-piped")) { // between two pipes
		int in[2], out[2];

		if (pipe(in) || pipe(out) || dup2(in[0], 0) || dup2(out[1], 1) != 1)
			return -1;
		execl(arg[0], arg[0], NULL);
	}
	return -2;
}
